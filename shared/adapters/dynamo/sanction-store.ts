import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { noRestrictions, type Restrictions, targetKey } from '../../domain/sanction/restrictions.ts';
import { newSanction, type SanctionRecord } from '../../domain/sanction/sanction.ts';
import { type SanctionAttention, sanctionAttention } from '../../domain/sanction/sanction-attention.ts';
import type { SanctionCause, SanctionTarget } from '../../domain/sanction/sanction-facts.ts';
import type { Beside } from '../vault/words.ts';
import { type AttentionPosition, attentionPage } from './attention-index.ts';
import { batchGet } from './batch-get.ts';
import { complaintKeys, type Key, reputationKeys, sanctionKeys } from './keys.ts';
import { type Item, putRecord, readRecord, writeFailure } from './profile-records.ts';
import { putSource } from './sources.ts';

export type SanctionStore = {
  /** One case as it is at this moment; one that was never written is a new one. */
  load(sanctionId: string): Promise<SanctionRecord>;
  /** What a brand or a supplier is restricted in, and was: one item. */
  restrictionsOf(target: SanctionTarget): Promise<Restrictions>;
  /** Those of the facts that the shop does not have. */
  unknownCauses(causes: readonly SanctionCause[]): Promise<SanctionCause[]>;
  /**
   * Writes what has become of a case, with what its brand or supplier is restricted in and beside it the words of the fact that is
   * new, all or nothing. Throws WriteConflict where one of them has changed since.
   */
  save(
    record: SanctionRecord,
    parts?: { beside?: Beside; restrictions?: { target: SanctionTarget; after: Restrictions } | undefined },
  ): Promise<void>;
  /** Cases that need the desk, most urgent first. */
  loadAttention(question: {
    state: SanctionAttention['state'];
    until: string;
    limit: number;
    position?: AttentionPosition | undefined;
  }): Promise<{ sanctions: SanctionRecord[]; next?: AttentionPosition }>;
};

const KEY_OF: Record<SanctionCause['type'], (id: string) => Key> = {
  complaint: complaintKeys.complaint,
  inspection: reputationKeys.inspection,
  review: reputationKeys.review,
};

/** The sanctions of the Reputation table. */
export function sanctionStore(client: DynamoDBClient, table: string): SanctionStore {
  return {
    async load(sanctionId) {
      const [item] = await batchGet(client, table, [sanctionKeys.sanction(sanctionId)], { consistent: true });
      return sanctionOf(item) ?? newSanction(sanctionId);
    },

    async restrictionsOf(target) {
      const [item] = await batchGet(client, table, [sanctionKeys.restrictions(targetKey(target))], {
        consistent: true,
      });
      return readRecord<Omit<Restrictions, 'version'>>(item) ?? noRestrictions;
    },

    async unknownCauses(causes) {
      const keys = causes.map(({ type, id }) => KEY_OF[type](id));
      const items = await batchGet(client, table, keys, { consistent: true, attributes: ['pk', 'sk'] });
      const known = new Set(items.map(({ pk }) => pk?.S));
      return causes.filter(({ type, id }) => !known.has(KEY_OF[type](id).pk));
    },

    async save(record, { beside = [], restrictions } = {}) {
      const key = sanctionKeys.sanction(record.sanctionId);
      const writes: TransactWriteItem[] = [
        { Put: putSource(table, key, record, undefined, { attention: sanctionAttention(record) }) },
        ...beside,
      ];
      if (restrictions !== undefined) {
        const all = sanctionKeys.restrictions(targetKey(restrictions.target));
        writes.push({ Put: putRecord(table, all, restrictions.after) });
      }
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async loadAttention(question) {
      const { entries, next } = await attentionPage(client, table, question);
      const keys = entries.map(({ key }) => key);
      const items = await batchGet(client, table, keys, { consistent: true });
      const byPk = new Map(items.map((item) => [item.pk?.S, sanctionOf(item)]));
      const sanctions = keys.map(({ pk }) => byPk.get(pk)).filter((it) => it !== undefined);
      return { sanctions, ...(next && { next }) };
    },
  };
}

/** The case that an item of the Reputation table holds; undefined for any other item. */
export function sanctionOf(item: Item | undefined): SanctionRecord | undefined {
  return item?.sk?.S === 'SANCTION' ? readRecord<Omit<SanctionRecord, 'version'>>(item) : undefined;
}
