import { type DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { clockCause } from '../../domain/complaint/announce-complaint.ts';
import { type ComplaintRecord, newComplaint } from '../../domain/complaint/complaint.ts';
import { type ComplaintAttention, complaintAttention } from '../../domain/complaint/complaint-attention.ts';
import { complaintCounts } from '../../domain/complaint/complaint-counts.ts';
import { type Cause, causeOf } from '../../domain/complaint/complaint-facts.ts';
import { canonical } from '../../domain/reputation/counts.ts';
import type { Beside } from '../vault/words.ts';
import { type AttentionPosition, attentionPage } from './attention-index.ts';
import { batchGet } from './batch-get.ts';
import { complaintKeys, type Key } from './keys.ts';
import { type Item, readRecord, writeFailure } from './profile-records.ts';
import { putSource } from './sources.ts';

/** A complaint as it was read: its record, and its item, under whose conditions it is written again. */
export type StoredComplaint = { record: ComplaintRecord; item?: Item | undefined };

export type ComplaintStore = {
  /** One complaint as it is at this moment; one that was never written is a new one. */
  load(complaintId: string): Promise<StoredComplaint>;
  /** Where a complaint stands in the table. */
  keyOf(complaintId: string): Key;
  /** Writes what has become of a complaint, and beside it the words that came with a fact. Throws WriteConflict where it has changed since. */
  save(before: StoredComplaint, record: ComplaintRecord, beside?: Beside): Promise<void>;
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

    async save(before, record, beside = []) {
      const key = complaintKeys.complaint(record.complaintId);
      const put = putSource(table, key, record, before.item, {
        due: canonical(complaintCounts(record)),
        ...(before.item === undefined && { counted: '{}' }),
        cause: latestCause(before.record, record),
        attention: complaintAttention(record),
      });
      try {
        if (beside.length === 0) await client.send(new PutItemCommand(put));
        else await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }, ...beside] }));
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

/** What has changed what is counted: the fact that is new, or a deadline that has passed; undefined where it is neither. */
function latestCause(before: ComplaintRecord, { complaintId, facts, told = {} }: ComplaintRecord): Cause | undefined {
  const known = new Set(before.facts.map(({ eventId }) => eventId));
  const fact = facts.find(({ eventId }) => !known.has(eventId));
  if (fact !== undefined) return causeOf(complaintId, fact);
  const passed = DUES.find((name) => told[name] !== before.told?.[name]);
  return passed && clockCause(complaintId, passed);
}

const DUES = ['appeal', 'decision', 'answer', 'closing'] as const;
