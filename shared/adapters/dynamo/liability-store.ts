import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Revision } from '../../domain/liability/revise.ts';
import type { RunRecord } from '../../domain/liability/run.ts';
import { liabilityKeys } from './keys.ts';
import { type Item, keyItem, putRecord, readRecord, writeFailure } from './profile-records.ts';

/** A stretch of a list, newest first: from what comes before `below` down. */
export type ListStretch<Position> = { below?: Position | undefined; limit: number };

/** A revision of a day, and the one that it replaces. */
export type Replacement = { revision: Revision; before: Revision | undefined };

/** So many days are written at once; each may be two of the 100 items that a transaction takes. */
export const DAYS_AT_ONCE = 40;

export type LiabilityStore = {
  /** The revision that counts of each day that has one. */
  loadDays(): Promise<Map<string, Revision>>;
  loadDay(day: string): Promise<Revision | undefined>;
  /**
   * Keeps revisions as those that count, and what each replaces for ever; all of them or none. Throws WriteConflict where
   * there is another of one's number.
   */
  saveRevisions(replacements: readonly Replacement[]): Promise<void>;
  /** The days from one to another, both included, newest first: the revision of each that counts. */
  listDays(days: { from: string; to: string; limit: number }): Promise<{ revisions: Revision[]; more: boolean }>;
  /** All revisions of a day, newest first. */
  listRevisions(day: string, stretch: ListStretch<number>): Promise<{ revisions: Revision[]; more: boolean }>;
  saveRun(run: RunRecord): Promise<void>;
  /** Runs by the instant at which they began, newest first. */
  listRuns(stretch: ListStretch<number>): Promise<{ runs: RunRecord[]; more: boolean }>;
};

/** After every other sort key of a day or a run; keys are of ASCII alone. */
const LAST = '\uffff';

/** The liability journal in the Profile table. */
export function liabilityStore(client: DynamoDBClient, table: string): LiabilityStore {
  const { partition, day: dayKey, revision: revisionKey, run: runKey } = liabilityKeys;

  /** Items between two sort keys, newest first. */
  const query = async (from: string, to: string, limit: number | undefined, start?: Item) =>
    client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: from }, ':to': { S: to } },
        ScanIndexForward: false,
        ConsistentRead: true,
        ...(limit !== undefined && { Limit: limit }),
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
  const list = async <Content>(from: string, to: string, limit: number) => {
    // One more than asked for says whether there are any after it.
    const { Items = [] } = await query(from, to, limit + 1);
    const records = Items.slice(0, limit).map((item) => readRecord<Content>(item));
    return { records: records.filter((it) => it !== undefined), more: Items.length > limit };
  };

  return {
    async loadDays() {
      const days = new Map<string, Revision>();
      let start: Item | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await query(dayKey('').sk, dayKey(LAST).sk, undefined, start);
        for (const item of Items) {
          const revision = revisionOf(readRecord<DayContent>(item));
          if (revision !== undefined) days.set(revision.row.day, revision);
        }
        start = LastEvaluatedKey;
      } while (start !== undefined);
      return days;
    },

    async loadDay(day) {
      const get = new GetItemCommand({ TableName: table, Key: keyItem(dayKey(day)), ConsistentRead: true });
      return revisionOf(readRecord<DayContent>((await client.send(get)).Item));
    },

    async saveRevisions(replacements) {
      const puts = replacements.flatMap(({ revision, before }) => {
        // The number is the version of the day's own item: nobody can write it twice.
        const counts = putRecord(table, dayKey(revision.row.day), asRecord(revision));
        if (before === undefined) return [counts];
        const stays = revisionKey(before.row.day, before.revision);
        return [counts, putRecord(table, stays, { version: 1, kept: before })];
      });
      const [only] = puts;
      if (only === undefined) return;
      try {
        if (puts.length === 1) await client.send(new PutItemCommand(only));
        else await client.send(new TransactWriteItemsCommand({ TransactItems: puts.map((Put) => ({ Put })) }));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async listDays({ from, to, limit }) {
      if (from > to) return { revisions: [], more: false };
      const { records, more } = await list<DayContent>(dayKey(from).sk, dayKey(to).sk, limit);
      return { revisions: records.map(revisionOf).filter((it) => it !== undefined), more };
    },

    async listRevisions(day, { below = Number.POSITIVE_INFINITY, limit }) {
      const last = await this.loadDay(day);
      if (last === undefined) return { revisions: [], more: false };
      const counts = last.revision < below ? [last] : [];
      const to = Math.min(below, last.revision) - 1;
      if (to < 1) return { revisions: counts, more: false };
      const [first, top] = [revisionKey(day, 1).sk, revisionKey(day, to).sk];
      const { records, more } = await list<{ kept: Revision }>(first, top, limit);
      const revisions = [...counts, ...records.map(({ kept }) => kept)];
      return { revisions: revisions.slice(0, limit), more: more || revisions.length > limit };
    },

    async saveRun(run) {
      const put = putRecord(table, runKey(timeOf(run.atMs)), { version: 1, run });
      // Told twice of the same instant, it is the same run.
      const { ConditionExpression: _, ...always } = put;
      await client.send(new PutItemCommand(always));
    },

    async listRuns({ below, limit }) {
      const to = below === undefined ? runKey(LAST).sk : runKey(timeOf(below - 1)).sk;
      const { records, more } = await list<{ run: RunRecord }>(runKey('').sk, to, limit);
      return { runs: records.map(({ run }) => run), more };
    },
  };
}

type DayContent = Omit<Revision, 'revision'>;

const asRecord = ({ revision: version, ...content }: Revision) => ({ version, ...content });

function revisionOf(record: (DayContent & { version: number }) | undefined): Revision | undefined {
  return record && { revision: record.version, atMs: record.atMs, because: record.because, row: record.row };
}

const timeOf = (ms: number): string => new Date(ms).toISOString();
