import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ATTENTION_SHARDS, type AttentionStateName, attentionState, type Key } from './keys.ts';
import { type Item, putRecord } from './profile-records.ts';
import { shardOf } from './shards.ts';
import { type Cause, countsOf } from './tally-store.ts';

/** What a source keeps in the open beside its record. */
export type SourceAttributes = {
  /** What it calls for in the counters, as canonical text; left out where that stays as it was. */
  due?: string | undefined;
  /** Set where what is due is counted in the same transaction. */
  counted?: string | undefined;
  cause?: Cause | undefined;
  attention?: { state: AttentionStateName; sinceMs: number } | undefined;
  /** A mark that whoever follows the table's changes tells them by. */
  mark?: string | undefined;
};

/**
 * A record with what it calls for in the counters. It is written under the condition that neither its version nor what has been
 * counted of it has changed since it was read as `before`: what was counted is never forgotten.
 */
export function putSource<Content extends { version: number }>(
  table: string,
  key: Key,
  record: Content,
  before: Item | undefined,
  attributes: SourceAttributes,
): NonNullable<TransactWriteItem['Put']> {
  const put: NonNullable<TransactWriteItem['Put']> = putRecord(table, key, record);
  const seen = countsOf(before);
  const { due = seen.due, counted = seen.counted, cause = seen.cause, attention, mark } = attributes;
  const item: Item = {
    ...put.Item,
    ...(due !== undefined && { due: { S: due } }),
    ...(counted !== undefined && { counted: { S: counted } }),
    ...(cause && { cause: { S: JSON.stringify(cause) } }),
    ...(mark !== undefined && { mark: { S: mark } }),
    ...(attention && {
      attentionState: { S: attentionState(attention.state, shardOf(key.pk, ATTENTION_SHARDS)) },
      attentionSince: { S: new Date(attention.sinceMs).toISOString() },
    }),
  };
  const even = seen.counted === undefined ? 'attribute_not_exists(counted)' : 'counted = :seen';
  const values = {
    ...put.ExpressionAttributeValues,
    ...(seen.counted !== undefined && { ':seen': { S: seen.counted } }),
  };
  return {
    TableName: table,
    Item: item,
    ConditionExpression: `${put.ConditionExpression} AND ${even}`,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

/** The attribute by which a write asks for other reviews to be looked at anew; it is gone with the item's next write. */
export function touching(reviewIds: readonly string[]): Item {
  return reviewIds.length === 0 ? {} : { touch: { SS: [...new Set(reviewIds)] } };
}

/** The reviews that the last write of an item asks to be looked at. */
export function touchedBy(item: Item | undefined): readonly string[] {
  return item?.touch?.SS ?? [];
}
