import { createHash } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { vaultKeys } from '../../shared/adapters/dynamo/keys.ts';
import { keyItem } from '../../shared/adapters/dynamo/profile-records.ts';
import type { KeyWrapping } from '../../shared/adapters/kms/key-wrapping.ts';
import { type PersonalItems, type Vault, vault } from '../../shared/adapters/vault/vault.ts';
import { type WordsStore, wordsStore } from '../../shared/adapters/vault/words.ts';

export type TestVault = Vault & PersonalItems & { words: WordsStore; calls: { generated: number; unwrapped: number } };

/** The vault of a test's own table, with keys that are wrapped by nothing but their owner's name, and how often a key service was asked. */
export function testVault(client: DynamoDBClient, table: string): TestVault {
  const calls = { generated: 0, unwrapped: 0 };
  const keyFor = (owner: string, wrapped: Uint8Array) =>
    new Uint8Array(createHash('sha256').update(owner).update(wrapped).digest());
  const wrapping: KeyWrapping = {
    async generate(owner) {
      calls.generated += 1;
      const wrapped = new Uint8Array(createHash('sha256').update(`${owner} ${calls.generated}`).digest());
      return { key: keyFor(owner, wrapped), wrapped };
    },
    async unwrap(owner, wrapped) {
      calls.unwrapped += 1;
      return keyFor(owner, wrapped);
    },
  };
  const opened = vault(client, table, wrapping);
  return { ...opened, words: wordsStore(opened), calls };
}

/** Takes an owner's key away for good, as an erasure does first of all. */
export async function eraseKey(client: DynamoDBClient, table: string, owner: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table, Item: keyItem(vaultKeys.key(owner)) }));
}
