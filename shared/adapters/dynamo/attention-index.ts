import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { ATTENTION_INDEX, ATTENTION_SHARDS, type AttentionStateName, attentionState, type Key } from './keys.ts';

/** One thing that needs a person's eye, as the index knows it: its key and the ISO instant since when. */
export type AttentionEntry = { key: Key; since: string };

/** Where a listing stands: per shard the last entry it has given, `[since, pk, sk]`, or null before the first. */
export type AttentionPosition = (readonly [since: string, pk: string, sk: string] | null)[];

export type AttentionPage = { entries: AttentionEntry[]; next?: AttentionPosition };

export type AttentionQuestion = {
  state: AttentionStateName;
  /** Only what has waited since this ISO instant or longer. */
  until: string;
  limit: number;
  position?: AttentionPosition | undefined;
};

/** Lists the attention index of a table, longest waiting first, over all its shards. */
export async function attentionPage(
  client: DynamoDBClient,
  table: string,
  question: AttentionQuestion,
): Promise<AttentionPage> {
  const position: AttentionPosition = Array.from(
    { length: ATTENTION_SHARDS },
    (_, shard) => question.position?.[shard] ?? null,
  );
  const shards = await Promise.all(
    position.map((after, shard) => queryShard(client, table, attentionState(question.state, shard), question, after)),
  );
  const merged = shards
    .flatMap(({ entries }, shard) => entries.map((entry) => ({ entry, shard })))
    .sort((a, b) => (a.entry.since < b.entry.since ? -1 : a.entry.since > b.entry.since ? 1 : a.shard - b.shard));
  const taken = merged.slice(0, question.limit);
  for (const { entry, shard } of taken) position[shard] = [entry.since, entry.key.pk, entry.key.sk];
  const more = merged.length > taken.length || shards.some((it) => it.more);
  return { entries: taken.map(({ entry }) => entry), ...(more ? { next: position } : {}) };
}

async function queryShard(
  client: DynamoDBClient,
  table: string,
  state: string,
  question: AttentionQuestion,
  after: AttentionPosition[number],
): Promise<{ entries: AttentionEntry[]; more: boolean }> {
  const answer = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: ATTENTION_INDEX,
      KeyConditionExpression: 'attentionState = :state AND attentionSince <= :until',
      ExpressionAttributeValues: { ':state': { S: state }, ':until': { S: question.until } },
      Limit: question.limit,
      ...(after === null ? {} : { ExclusiveStartKey: startKey(state, after) }),
    }),
  );
  return { entries: (answer.Items ?? []).map(toEntry), more: answer.LastEvaluatedKey !== undefined };
}

function startKey(state: string, [since, pk, sk]: readonly [string, string, string]): Record<string, AttributeValue> {
  return { attentionState: { S: state }, attentionSince: { S: since }, pk: { S: pk }, sk: { S: sk } };
}

function toEntry(item: Record<string, AttributeValue>): AttentionEntry {
  const { pk, sk, attentionSince } = item;
  if (pk?.S === undefined || sk?.S === undefined || attentionSince?.S === undefined) {
    throw new TypeError('An entry of the attention index lacks its keys');
  }
  return { key: { pk: pk.S, sk: sk.S }, since: attentionSince.S };
}
