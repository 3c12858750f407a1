import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { ChangeFilter, TableName } from '../constructs/wiring.ts';
import type { RepairBackend } from './backend.ts';
import { parsed, textAt } from './letter.ts';

/** Reads in a row that bring nothing, before the end of a shard is believed. */
const EMPTY_READS_LIMIT = 20;
const RECORDS_LIMIT = 10_000;

/** The records that a letter of a stream is about, as Lambda hands them over; or why they cannot be had. */
export type RecordsFound = { ok: true; records: unknown[] } | { ok: false; reason: string };

const gone: RecordsFound = {
  ok: false,
  reason: 'its records are gone, a stream keeps them for 24 hours: npm run reconcile says what is missing',
};

/**
 * What a reader of a stream could not take. A local letter keeps the records themselves. A deployed one names the shard and the
 * first and last position in it: they are read again from the stream, which keeps them for 24 hours.
 */
export async function recordsOf(
  backend: RepairBackend,
  { table, changes }: { table: TableName; changes: readonly ChangeFilter[] },
  body: string,
): Promise<RecordsFound> {
  const letter = parsed(body);
  const kept = typeof letter === 'object' && letter !== null ? (letter as { records?: unknown }).records : undefined;
  if (Array.isArray(kept)) return { ok: true, records: kept };
  const info = (name: string) => textAt(letter, 'DDBStreamBatchInfo', name);
  const shardId = info('shardId');
  const first = info('startSequenceNumber');
  const last = info('endSequenceNumber');
  if (shardId === undefined || first === undefined || last === undefined) {
    return { ok: false, reason: 'the letter names no position in a stream' };
  }
  const streamArn = info('streamArn') ?? (await streamOf(backend, table));
  try {
    const records = await readBetween(backend, { streamArn, shardId, first, last });
    if (records.length === 0) return gone;
    const region = await backend.streams.config.region();
    const wanted = records.filter((record) => changes.some((filter) => passes(filter, record)));
    return { ok: true, records: wanted.map((record) => handedOver(record, streamArn, region)) };
  } catch (error) {
    const gone = error instanceof Error && /TrimmedDataAccess|ResourceNotFound/.test(error.name);
    if (!gone) throw error;
    return {
      ok: false,
      reason:
        'its records are older than the 24 hours that a stream keeps them: npm run reconcile says what is missing',
    };
  }
}

async function streamOf({ streams, table }: RepairBackend, name: TableName): Promise<string | undefined> {
  const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName: table(name) }));
  return Streams.at(-1)?.StreamArn;
}

async function readBetween(
  { streams }: RepairBackend,
  range: { streamArn: string | undefined; shardId: string; first: string; last: string },
): Promise<StreamRecord[]> {
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      StreamArn: range.streamArn,
      ShardId: range.shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: range.first,
    }),
  );
  const end = BigInt(range.last);
  const found: StreamRecord[] = [];
  let empty = 0;
  for (let iterator = ShardIterator; iterator !== undefined && empty < EMPTY_READS_LIMIT; ) {
    const { Records = [], NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
    empty = Records.length === 0 ? empty + 1 : 0;
    for (const record of Records) {
      if (BigInt(record.dynamodb?.SequenceNumber ?? 0) > end || found.length >= RECORDS_LIMIT) return found;
      found.push(record);
    }
    if (Records.some(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0) === end)) return found;
    iterator = NextShardIterator;
  }
  return found;
}

/** Whether the filter of the mapping lets a change through, as Lambda decides it. */
function passes({ sortKeys, having }: ChangeFilter, { dynamodb }: StreamRecord): boolean {
  const sortKey = dynamodb?.Keys?.sk?.S ?? '';
  const named = sortKeys.some((it) => (typeof it === 'string' ? it === sortKey : sortKey.startsWith(it.prefix)));
  if (!named || having === undefined) return named;
  const value = dynamodb?.NewImage?.[having.attribute] as Readonly<Record<string, unknown>> | undefined;
  return value?.[having.type] !== undefined;
}

/** A record as Lambda hands it over: binary values in base64, the time in seconds. */
function handedOver(record: StreamRecord, streamArn: string | undefined, region: string): unknown {
  const { ApproximateCreationDateTime, ...change } = record.dynamodb ?? {};
  const seconds = Math.floor((ApproximateCreationDateTime?.getTime() ?? 0) / 1000);
  const handed = {
    ...record,
    awsRegion: region,
    eventSourceARN: streamArn,
    dynamodb: { ...change, ApproximateCreationDateTime: seconds },
  };
  const text = JSON.stringify(handed, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return JSON.parse(text) as unknown;
}
