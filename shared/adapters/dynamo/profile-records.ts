import {
  type AttributeValue,
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { upgraded } from '../../domain/loyalty/account.ts';
import type { AccountRecord } from '../../domain/loyalty/book-postings.ts';
import { type Key, profileKeys } from './keys.ts';
import { pack, unpack } from './packed.ts';

export type Item = Record<string, AttributeValue>;

/** Somebody else has written one of the records in the meantime: read again and decide anew. */
export class WriteConflict extends Error {
  constructor(cause: unknown) {
    super('A record has changed since it was read.', { cause });
    this.name = 'WriteConflict';
  }
}

export function keyItem({ pk, sk }: Key): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** A record under the condition that its version is the one before: nothing is overwritten that was not read. */
export function putRecord<Content extends { version: number }>(table: string, key: Key, record: Content) {
  const { version, ...content } = record;
  return {
    TableName: table,
    Item: { ...keyItem(key), v: { N: String(version) }, d: { B: pack(content) } } as Item,
    ...versionCondition(version),
  };
}

/** That what is there is of the version before, or nothing where this is the first. */
export function versionCondition(version: number) {
  return version === 1
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'v = :before', ExpressionAttributeValues: { ':before': { N: String(version - 1) } } };
}

/** What DynamoDB bills a write by, in bytes: an item of one more costs twice as much. */
const WRITE_UNIT_BYTES = 1_024;
/** The names of the attributes, and a version of up to six digits. */
const OVERHEAD_BYTES = 'pkskvd'.length + 4;

/** Whether an account, with the journal entries that stand with it, is written for one unit. */
export function fitsOneUnit(record: AccountRecord): boolean {
  const { version: _, ...content } = record;
  const { pk, sk } = profileKeys.account(record.memberId);
  return OVERHEAD_BYTES + Buffer.byteLength(pk) + sk.length + pack(content).length <= WRITE_UNIT_BYTES;
}

/** Reads a record that `putRecord` wrote; undefined where there is none. */
export function readRecord<Content>(item: Item | undefined): (Content & { version: number }) | undefined {
  if (item?.d?.B === undefined || item.v?.N === undefined) return undefined;
  return { ...(unpack(item.d.B) as Content), version: Number(item.v.N) };
}

/** The member's account that an item of the Profile table holds; undefined for any other item. */
export function accountOf(item: Item | undefined): AccountRecord | undefined {
  const record = item?.sk?.S === 'ACCOUNT' ? readRecord<Omit<AccountRecord, 'version'>>(item) : undefined;
  return record && { ...record, account: upgraded(record.account) };
}

/** Why a transaction is cancelled that may go through when it is decided anew a little later. */
const PASSING: ReadonlySet<string> = new Set([
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/**
 * What to throw for a failed write: WriteConflict where a version has moved on, another transaction holds an item at
 * this moment or the table asks for patience, all mended by deciding anew; otherwise the error itself.
 */
export function writeFailure(error: unknown): unknown {
  if (error instanceof ConditionalCheckFailedException) return new WriteConflict(error);
  // How a write by itself is told what a transaction is told as the reason of its cancellation.
  if (error instanceof TransactionConflictException) return new WriteConflict(error);
  if (!(error instanceof TransactionCanceledException)) return error;
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None').filter((it) => it !== 'None');
  return codes.length > 0 && codes.every((code) => PASSING.has(code)) ? new WriteConflict(error) : error;
}
