import { type DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { clockCause } from '../../domain/complaint/announce-complaint.ts';
import { type ComplaintRecord, newComplaint } from '../../domain/complaint/complaint.ts';
import { type ComplaintAttention, complaintAttention } from '../../domain/complaint/complaint-attention.ts';
import { complaintCounts } from '../../domain/complaint/complaint-counts.ts';
import { type Cause, causeOf, type Words } from '../../domain/complaint/complaint-facts.ts';
import type { Told } from '../../domain/complaint/decide-complaint.ts';
import { canonical } from '../../domain/reputation/counts.ts';
import { type AttentionPosition, attentionPage } from './attention-index.ts';
import { batchGet } from './batch-get.ts';
import { complaintKeys, type Key } from './keys.ts';
import { type Item, putRecord, readRecord, writeFailure } from './profile-records.ts';
import { putSource } from './sources.ts';

/** A complaint as it was read: its record, and its item, under whose conditions it is written again. */
export type StoredComplaint = { record: ComplaintRecord; item?: Item | undefined };

export type ComplaintStore = {
  /** One complaint as it is at this moment; one that was never written is a new one. */
  load(complaintId: string): Promise<StoredComplaint>;
  /** Where a complaint stands in the table. */
  keyOf(complaintId: string): Key;
  /** What was written about a complaint, by the facts it belongs to. */
  loadWords(record: ComplaintRecord): Promise<Map<string, Words>>;
  /** Writes what has become of a complaint, and the words that came with a fact. Throws WriteConflict where it has changed since. */
  save(before: StoredComplaint, record: ComplaintRecord, told?: Told): Promise<void>;
  /** Complaints that need the desk, most urgent first. */
  loadAttention(question: {
    state: ComplaintAttention['state'];
    until: string;
    limit: number;
    position?: AttentionPosition | undefined;
  }): Promise<{ complaints: ComplaintRecord[]; next?: AttentionPosition }>;
};

/** The complaints of the Reputation table. */
export function complaintStore(client: DynamoDBClient, table: string): ComplaintStore {
  return {
    async load(complaintId) {
      const [item] = await batchGet(client, table, [complaintKeys.complaint(complaintId)], { consistent: true });
      return { record: complaintOf(item) ?? newComplaint(complaintId), ...(item && { item }) };
    },

    keyOf: complaintKeys.complaint,

    async loadWords({ complaintId, facts }) {
      const spoken = facts.filter(({ words }) => words === true);
      const keys = spoken.map(({ eventId }) => complaintKeys.words(complaintId, eventId));
      const items = await batchGet(client, table, keys, { consistent: true });
      const bySk = new Map(items.map((item) => [item.sk?.S, wordsOf(item)]));
      return new Map(
        spoken.flatMap(({ eventId }) => {
          const found = bySk.get(complaintKeys.words(complaintId, eventId).sk);
          return found === undefined ? [] : [[eventId, found] as const];
        }),
      );
    },

    async save(before, record, told) {
      const key = complaintKeys.complaint(record.complaintId);
      const put = putSource(table, key, record, before.item, {
        due: canonical(complaintCounts(record)),
        ...(before.item === undefined && { counted: '{}' }),
        cause: latestCause(before.record, record),
        attention: complaintAttention(record),
      });
      try {
        if (told?.words === undefined) {
          await client.send(new PutItemCommand(put));
          return;
        }
        const words = complaintKeys.words(record.complaintId, told.fact.eventId);
        // The same fact brings the same words: whoever has written them before has written these.
        const text = { ...putRecord(table, words, { ...told.words, version: 1 }), ConditionExpression: undefined };
        await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }, { Put: text }] }));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async loadAttention(question) {
      const { entries, next } = await attentionPage(client, table, question);
      const keys = entries.map(({ key }) => key);
      const items = await batchGet(client, table, keys, { consistent: true });
      const byPk = new Map(items.map((item) => [item.pk?.S, complaintOf(item)]));
      const complaints = keys.map(({ pk }) => byPk.get(pk)).filter((it) => it !== undefined);
      return { complaints, ...(next && { next }) };
    },
  };
}

/** The complaint that an item of the Reputation table holds; undefined for any other item. */
export function complaintOf(item: Item | undefined): ComplaintRecord | undefined {
  return item?.sk?.S === 'COMPLAINT' ? readRecord<Omit<ComplaintRecord, 'version'>>(item) : undefined;
}

function wordsOf(item: Item): Words | undefined {
  const record = readRecord<Words>(item);
  if (record === undefined) return undefined;
  const { version: _, ...words } = record;
  return words;
}

/** What has changed what is counted: the fact that is new, or a deadline that has passed; undefined where it is neither. */
function latestCause(before: ComplaintRecord, { complaintId, facts, told = {} }: ComplaintRecord): Cause | undefined {
  const known = new Set(before.facts.map(({ eventId }) => eventId));
  const fact = facts.find(({ eventId }) => !known.has(eventId));
  if (fact !== undefined) return causeOf(complaintId, fact);
  const passed = DUES.find((name) => told[name] !== before.told?.[name]);
  return passed && clockCause(complaintId, passed);
}

const DUES = ['appeal', 'decision', 'answer', 'closing'] as const;
