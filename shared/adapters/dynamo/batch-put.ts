import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { Fault } from '../../domain/fault.ts';
import type { Key } from './keys.ts';
import { type Item, keyItem } from './profile-records.ts';

const ITEMS_PER_REQUEST = 25;
const ATTEMPTS = 6;
const BACKOFF_BASE_MS = 20;

/**
 * Writes many items that nobody else writes otherwise, whatever stood under their keys. What DynamoDB hands back unprocessed is sent
 * again with jitter; after six rounds it throws, and some may have been written.
 */
export async function batchPut(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
  const unique = [...new Map(items.map((item) => [`${item.pk?.S}\n${item.sk?.S}`, item])).values()];
  const requests = unique.map((Item): WriteRequest => ({ PutRequest: { Item } }));
  await Promise.all(chunksOf(requests).map((chunk) => writeChunk(client, table, chunk)));
}

/** Removes many items; those that are not there are removed as well. Fails as `batchPut` does. */
export async function batchDelete(client: DynamoDBClient, table: string, keys: readonly Key[]): Promise<void> {
  const unique = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
  const requests = unique.map((key): WriteRequest => ({ DeleteRequest: { Key: keyItem(key) } }));
  for (const chunk of chunksOf(requests)) await writeChunk(client, table, chunk);
}

function chunksOf(requests: readonly WriteRequest[]): WriteRequest[][] {
  const chunks: WriteRequest[][] = [];
  for (let from = 0; from < requests.length; from += ITEMS_PER_REQUEST) {
    chunks.push(requests.slice(from, from + ITEMS_PER_REQUEST));
  }
  return chunks;
}

async function writeChunk(client: DynamoDBClient, table: string, requests: readonly WriteRequest[]): Promise<void> {
  let pending = [...requests];
  for (let attempt = 0; pending.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS) throw new Fault(`${table}: ${pending.length} items stayed unprocessed`);
    if (attempt > 0) await new Promise((done) => setTimeout(done, Math.random() * BACKOFF_BASE_MS * 2 ** attempt));
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: pending } }));
    pending = answer.UnprocessedItems?.[table] ?? [];
  }
}
