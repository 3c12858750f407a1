import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { newReview, type ReviewRecord } from '../../domain/review/review-record.ts';
import type { Beside } from '../vault/words.ts';
import { type AttentionPosition, attentionPage } from './attention-index.ts';
import { batchGet } from './batch-get.ts';
import { type Key, reputationKeys } from './keys.ts';
import { type Item, keyItem, readRecord, writeFailure } from './profile-records.ts';
import { sourceStore } from './source-store.ts';
import { putSource } from './sources.ts';
import type { Cause } from './tally-store.ts';

/** A review as it was read: its record, and its item, under whose conditions it is written again. */
export type StoredReview = { record: ReviewRecord; item?: Item | undefined };

export type VoteWrite = {
  reviewId: string;
  voterId: string;
  /** The brand whose staff the voter is: on a review of it the vote counts for nothing, whenever that turns out. */
  staffOf?: string | undefined;
  helpful: boolean;
  atMs: number;
  eventId: string;
};

export type ReviewStore = {
  /** Reviews by their ids; one that was never written is a new one. */
  load(reviewIds: readonly string[]): Promise<StoredReview[]>;
  /** Writes a review's facts, and beside them the words that came with one. Throws WriteConflict where it has changed since. */
  saveFacts(review: StoredReview, beside?: Beside): Promise<void>;
  /** Keeps a vote where it is the voter's latest; `older` where a later one is known. */
  saveVote(vote: VoteWrite): Promise<'saved' | 'older'>;
  /** Marks reviews as to be looked at again; who follows the table's changes does so. */
  touch(reviewIds: readonly string[], mark: string): Promise<void>;
  /** Reviews that wait for the desk, longest first. */
  loadHeld(question: {
    until: string;
    limit: number;
    position?: AttentionPosition | undefined;
  }): Promise<{ reviews: StoredReview[]; next?: AttentionPosition }>;
  /** A page of a product's listed rows, in one of its shards, last key first. */
  loadListed(
    pk: string,
    question: { prefix: string; before?: string | undefined; limit: number },
  ): Promise<{ sk: string; row: unknown }[]>;
};

/** The reviews of the Reputation table. */
export function reviewStore(client: DynamoDBClient, table: string): ReviewStore {
  const found = (items: readonly Item[]) => new Map(items.map((item) => [`${item.pk?.S} ${item.sk?.S}`, item]));
  const find = (items: Map<string, Item>, { pk, sk }: Key) => items.get(`${pk} ${sk}`);
  const sources = sourceStore(client, table);
  const store: ReviewStore = {
    async load(reviewIds) {
      const items = found(await batchGet(client, table, reviewIds.map(reputationKeys.review), { consistent: true }));
      return reviewIds.map((reviewId) => reviewOf(reviewId, find(items, reputationKeys.review(reviewId))));
    },

    async saveFacts({ record, item }, beside = []) {
      const next = { ...record, version: record.version + 1 };
      const key = reputationKeys.review(record.reviewId);
      const put = putSource(table, key, next, item, { mark: markOf(record), attention: attentionOf(record) });
      try {
        if (beside.length === 0) await client.send(new PutItemCommand(put));
        else await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }, ...beside] }));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async saveVote({ reviewId, voterId, staffOf, helpful, atMs, eventId }) {
      const kind = helpful ? 'helpful' : 'unhelpful';
      const due = { [`REVIEW#${reviewId}`]: { [staffOf === undefined ? kind : `${kind}:${staffOf}`]: 1 } };
      const cause: Cause = { eventId, type: 'review.voted.v1', subject: reviewId };
      // First of all: whoever erases the voter finds the vote by it.
      const pointer = keyItem(reputationKeys.votedOn(voterId, reviewId));
      await client.send(new UpdateItemCommand({ TableName: table, Key: pointer }));
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyItem(reputationKeys.vote(reviewId, voterId)),
            UpdateExpression: 'SET due = :due, cause = :cause, atMs = :atMs, eventId = :eventId, helpful = :helpful',
            ConditionExpression: 'attribute_not_exists(pk) OR atMs < :atMs OR (atMs = :atMs AND eventId < :eventId)',
            ExpressionAttributeValues: {
              ':due': { S: JSON.stringify(due) },
              ':cause': { S: JSON.stringify(cause) },
              ':atMs': { N: String(atMs) },
              ':eventId': { S: eventId },
              ':helpful': { BOOL: helpful },
            },
          }),
        );
        return 'saved';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'older';
        throw error;
      }
    },

    async touch(reviewIds, mark) {
      await sources.touch(reviewIds.map(reputationKeys.review), mark);
    },

    async loadHeld({ until, limit, position }) {
      const { entries, next } = await attentionPage(client, table, { state: 'held', until, limit, position });
      const ids = entries.map(({ key }) => key.pk.slice('REVIEW#'.length));
      return { reviews: await store.load(ids), ...(next && { next }) };
    },

    async loadListed(pk, { prefix, before, limit }) {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': { S: pk },
            ':from': { S: prefix },
            ':to': { S: before ?? `${prefix}~` },
          },
          ScanIndexForward: false,
          // The key that the page before ended with may be found once more.
          Limit: limit + 1,
        }),
      );
      return (answer.Items ?? [])
        .map((item) => ({ sk: item.sk?.S ?? '', row: readRecord<object>(item) }))
        .filter(({ sk }) => sk !== before)
        .slice(0, limit);
    },
  };
  return store;
}

/** The review that an item of the table is. */
export function reviewOf(reviewId: string, item: Item | undefined): StoredReview {
  return { record: readRecord<Omit<ReviewRecord, 'version'>>(item) ?? newReview(reviewId), item };
}

/** What tells a change of a review's facts from a change of where it stands. */
export function markOf({ facts }: ReviewRecord): string {
  return `facts ${facts.length}`;
}

export function attentionOf({ standing }: ReviewRecord) {
  return standing?.state === 'held' ? { state: 'held' as const, sinceMs: standing.sinceMs } : undefined;
}
