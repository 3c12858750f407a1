import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Fault } from '../../domain/fault.ts';
import type { Key } from './keys.ts';

const KEYS_PER_REQUEST = 100;
const ATTEMPTS = 6;
const BACKOFF_BASE_MS = 20;

type Item = Record<string, AttributeValue>;

/**
 * Reads many items by key, eventually consistent unless told otherwise, in no particular order; what is not there is
 * left out. Keys that DynamoDB hands back unprocessed are asked for again with jitter; after six rounds it throws.
 */
export async function batchGet(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
  options: { attributes?: readonly string[]; consistent?: boolean } = {},
): Promise<Item[]> {
  const unique = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
  const chunks: Key[][] = [];
  for (let from = 0; from < unique.length; from += KEYS_PER_REQUEST) {
    chunks.push(unique.slice(from, from + KEYS_PER_REQUEST));
  }
  const answers = await Promise.all(chunks.map((chunk) => getChunk(client, table, chunk, options)));
  return answers.flat();
}

async function getChunk(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
  options: { attributes?: readonly string[]; consistent?: boolean },
): Promise<Item[]> {
  const names = Object.fromEntries((options.attributes ?? []).map((name, index) => [`#a${index}`, name]));
  const projection =
    options.attributes === undefined
      ? {}
      : { ProjectionExpression: Object.keys(names).join(', '), ExpressionAttributeNames: names };
  let pending: Item[] = keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
  const found: Item[] = [];
  for (let attempt = 0; pending.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS) throw new Fault(`${table}: ${pending.length} keys stayed unprocessed`);
    if (attempt > 0) await new Promise((done) => setTimeout(done, Math.random() * BACKOFF_BASE_MS * 2 ** attempt));
    const answer = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: { Keys: pending, ConsistentRead: options.consistent ?? false, ...projection } },
      }),
    );
    found.push(...(answer.Responses?.[table] ?? []));
    pending = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
}
