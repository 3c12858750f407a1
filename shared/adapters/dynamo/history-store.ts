import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { History } from '../../domain/recommend/history.ts';
import type { HistoryOwner } from '../../domain/recommend/history-facts.ts';
import { emptyHistory, type HistoryFacts, historyOf, noFacts } from '../../domain/recommend/history-fold.ts';
import type { VisitorLink } from '../../domain/recommend/visitor-link.ts';
import { batchGet } from './batch-get.ts';
import { fromColumns, type HistoryColumns, toColumns } from './history-columns.ts';
import { type Key, recommendKeys } from './keys.ts';
import { type Item, putRecord, readRecord, writeFailure } from './profile-records.ts';

export const historyParts = ['interactions', 'purchases', 'shown'] as const;
/** Each kind of event writes one part: so what a view costs does not grow with what was bought. */
export type HistoryPart = (typeof historyParts)[number];

/** A part of somebody's history; of a visitor who turned out to be a member, it says which. `version` counts the writes. */
export type HistoryRecord = {
  owner: HistoryOwner;
  part: HistoryPart;
  version: number;
  facts: HistoryFacts;
  link?: VisitorLink | undefined;
};

export type HistoryStore = {
  /** A part as it is at this moment; what should have been forgotten by now is. */
  load(owner: HistoryOwner, part: HistoryPart, nowMs: number): Promise<HistoryRecord>;
  /** Keeps a part until an instant. Throws WriteConflict where it has changed since it was read. */
  save(record: HistoryRecord, forgetAtMs: number): Promise<void>;
  /** All of a history, as far as it can be read without waiting for the last write. */
  read(owner: HistoryOwner, nowMs: number): Promise<History>;
};

/** The keys of all parts, to read them together with other items of the Recommend table. */
export function historyKeys(owner: HistoryOwner): Key[] {
  return historyParts.map((part) => recommendKeys.history(owner, part));
}

/** The history that items of the Recommend table hold, whatever else is among them. */
export function historyIn(items: readonly Item[], owner: HistoryOwner, nowMs: number): History {
  const parts = historyParts.map((part) => {
    const key = recommendKeys.history(owner, part);
    const item = items.find(({ pk, sk }) => pk?.S === key.pk && sk?.S === key.sk);
    return historyOf(recordOf(item, owner, part, nowMs).facts, nowMs);
  });
  const [{ interactions } = emptyHistory, { purchases } = emptyHistory, { shown } = emptyHistory] = parts;
  return { interactions, purchases, shown };
}

/** What members and visitors did lately, in the Recommend table. */
export function historyStore(client: DynamoDBClient, table: string): HistoryStore {
  return {
    async load(owner, part, nowMs) {
      const [item] = await batchGet(client, table, [recommendKeys.history(owner, part)], { consistent: true });
      return recordOf(item, owner, part, nowMs);
    },

    async save({ owner, part, version, facts, link }, forgetAtMs) {
      const content = { version, ...toColumns(facts), ...(link && { link }) };
      const put = putRecord(table, recommendKeys.history(owner, part), content);
      const ttl = { N: String(Math.ceil(forgetAtMs / 1_000)) };
      try {
        await client.send(new PutItemCommand({ ...put, Item: { ...put.Item, ttl } }));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async read(owner, nowMs) {
      return historyIn(await batchGet(client, table, historyKeys(owner)), owner, nowMs);
    },
  };
}

/** What has outlived its time is as good as gone, though DynamoDB may take days to remove it. */
function recordOf(item: Item | undefined, owner: HistoryOwner, part: HistoryPart, nowMs: number): HistoryRecord {
  const record = readRecord<HistoryColumns & { link?: VisitorLink }>(item);
  const isForgotten = item?.ttl?.N !== undefined && Number(item.ttl.N) * 1_000 <= nowMs;
  if (record === undefined || isForgotten) return { owner, part, version: record?.version ?? 0, facts: noFacts };
  const { version, link, ...columns } = record;
  return { owner, part, version, facts: fromColumns(columns), ...(link && { link }) };
}
