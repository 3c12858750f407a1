import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnv } from '../../runtime/env.ts';
import { keyWrapping } from '../kms/key-wrapping.ts';
import { type PersonalItems, type Vault, vault } from './vault.ts';

/** The vault that a function's environment names. */
export function openVault(client: DynamoDBClient): Vault & PersonalItems {
  const env = readEnv('VAULT_TABLE', 'VAULT_KEY_ID');
  return vault(client, env.VAULT_TABLE, keyWrapping(env.VAULT_KEY_ID));
}
