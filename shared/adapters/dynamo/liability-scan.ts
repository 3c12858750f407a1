import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { fromPlain, type Part, type PlainPart, toPlain } from '../../domain/liability/part.ts';
import type { AccountRecord } from '../../domain/loyalty/book-postings.ts';
import type { JournalEntry } from '../../domain/loyalty/journal.ts';
import { batchGet } from './batch-get.ts';
import { type Key, liabilityKeys, profileKeys } from './keys.ts';
import { accountOf, type Item, keyItem, putRecord, readRecord } from './profile-records.ts';

/** What a scan has met of one member, side by side. Pages may come without their account, and the other way round. */
export type MetMember = { memberId: string; record?: AccountRecord; pages: Map<number, JournalEntry[]> };

/** A run that could not be done at one go: when it began, the day it goes up to, and the segments that are done. */
export type OpenRun = { atMs: number; closedDay: string; done: number[] };

export type LiabilityScan = {
  /** The members of a segment of the table, as their items are met; a member is met once as a rule. */
  members(segment: number): AsyncGenerator<MetMember>;
  loadOpenRun(): Promise<OpenRun | undefined>;
  /** Keeps what an open run has found in some segments; the run is written last. */
  keepParts(run: OpenRun, parts: ReadonlyMap<number, Part>): Promise<void>;
  loadParts(segments: readonly number[]): Promise<Part[]>;
  /** Forgets a run that is done; its parts are overwritten by the next one that needs them. */
  forgetOpenRun(): Promise<void>;
};

/** The table is read in so many segments: the smallest piece that a run has done or has not. */
export const SEGMENTS = 16;

const JOURNAL = profileKeys.journalPrefix;
const MEMBER = profileKeys.account('').pk;

/**
 * The Profile table from end to end, for what concerns accounts: eventually consistent, at half the price. An account
 * is one item, so that it is consistent in itself whenever it is read; and its pages never change.
 */
export function liabilityScan(client: DynamoDBClient, table: string): LiabilityScan {
  const put = async (key: Key, content: Record<string, unknown>) => {
    // Only the open run itself writes these, and again the same.
    const { ConditionExpression: _, ...always } = putRecord(table, key, { version: 1, ...content });
    await client.send(new PutItemCommand(always));
  };
  const get = (keys: readonly Key[]) => batchGet(client, table, keys, { consistent: true });
  return {
    async *members(segment) {
      let met: MetMember | undefined;
      let start: Item | undefined;
      do {
        const answer = await client.send(scanOf(table, segment, start));
        for (const item of answer.Items ?? []) {
          const memberId = item.pk?.S?.slice(MEMBER.length) ?? '';
          if (met !== undefined && met.memberId !== memberId) yield met;
          if (met?.memberId !== memberId) met = { memberId, pages: new Map() };
          addItem(met, item);
        }
        start = answer.LastEvaluatedKey;
      } while (start !== undefined);
      if (met !== undefined) yield met;
    },
    async loadOpenRun() {
      const [item] = await get([liabilityKeys.openRun]);
      return readRecord<{ run: OpenRun }>(item)?.run;
    },
    async keepParts(run, parts) {
      for (const [segment, part] of parts) await put(liabilityKeys.part(segment), { part: toPlain(part) });
      await put(liabilityKeys.openRun, { run });
    },
    async loadParts(segments) {
      const items = await get(segments.map((segment) => liabilityKeys.part(segment)));
      const parts = items.map((item) => readRecord<{ part: PlainPart }>(item)?.part).filter((it) => it !== undefined);
      if (parts.length < segments.length) throw new Error('Parts of the open run are not there.');
      return parts.map(fromPlain);
    },
    async forgetOpenRun() {
      await client.send(new DeleteItemCommand({ TableName: table, Key: keyItem(liabilityKeys.openRun) }));
    },
  };
}

function scanOf(table: string, segment: number, start: Item | undefined): ScanCommand {
  return new ScanCommand({
    TableName: table,
    Segment: segment,
    TotalSegments: SEGMENTS,
    FilterExpression: 'sk = :account OR begins_with(sk, :journal)',
    ExpressionAttributeValues: { ':account': { S: profileKeys.account('').sk }, ':journal': { S: JOURNAL } },
    ...(start && { ExclusiveStartKey: start }),
  });
}

function addItem(met: MetMember, item: Item): void {
  const record = accountOf(item);
  if (record !== undefined) met.record = record;
  else {
    const page = Number(item.sk?.S?.slice(JOURNAL.length));
    met.pages.set(page, readRecord<{ entries: JournalEntry[] }>(item)?.entries ?? []);
  }
}
