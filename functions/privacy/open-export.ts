import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { historyStore } from '../../shared/adapters/dynamo/history-store.ts';
import { memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../shared/adapters/vault/words.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import type { ExportStores } from './export-stores.ts';

/** Opens what an export reads, from the function's environment. */
export function openExport(client: DynamoDBClient): Pick<ExportStores, 'members' | 'words' | 'histories'> {
  const { PROFILE_TABLE, RECOMMEND_TABLE } = readEnv('PROFILE_TABLE', 'RECOMMEND_TABLE');
  const vault = openVault(client);
  return {
    members: memberStore(client, PROFILE_TABLE, vault),
    words: wordsStore(vault),
    histories: historyStore(client, RECOMMEND_TABLE),
  };
}
