import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Item } from './profile-records.ts';

const ITEMS_PER_REQUEST = 25;
const ATTEMPTS = 6;
const BACKOFF_BASE_MS = 20;

/**
 * Writes many items that nobody else writes otherwise, whatever stood under their keys. What DynamoDB hands back unprocessed is sent
 * again with jitter; after six rounds it throws, and some may have been written.
 */
export async function batchPut(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
  const unique = [...new Map(items.map((item) => [`${item.pk?.S}\n${item.sk?.S}`, item])).values()];
  const chunks: Item[][] = [];
  for (let from = 0; from < unique.length; from += ITEMS_PER_REQUEST) {
    chunks.push(unique.slice(from, from + ITEMS_PER_REQUEST));
  }
  await Promise.all(chunks.map((chunk) => putChunk(client, table, chunk)));
}

async function putChunk(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
  let pending: WriteRequest[] = items.map((Item) => ({ PutRequest: { Item } }));
  for (let attempt = 0; pending.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS) throw new Error(`${table}: ${pending.length} items stayed unprocessed`);
    if (attempt > 0) await new Promise((done) => setTimeout(done, Math.random() * BACKOFF_BASE_MS * 2 ** attempt));
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: pending } }));
    pending = answer.UnprocessedItems?.[table] ?? [];
  }
}
