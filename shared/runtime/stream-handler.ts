import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { nowMs } from './clock.ts';
import type { LambdaHandler } from './lambda.ts';
import { createLogger, errorFields, type Logger, writeLine } from './log.ts';
import { writeMetrics } from './metrics.ts';

type Item = Record<string, AttributeValue>;

/** One committed change of an item: the images before and after, where there are any. */
export type ItemChange = {
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  sequenceNumber: string;
  keys: Item;
  before?: Item;
  after?: Item;
  /** The table's own expiry took the item away, nobody's wish. */
  expired: boolean;
};

export type StreamContext = { nowMs: number; log: Logger; functionName: string };

/** The first change that is not done, by its place in the batch, and why; undefined where all are. */
export type FirstFailure = { index: number; error: unknown } | undefined;

export type StreamDependencies = { write?: (line: string) => void };

/**
 * The Lambda handler of a table's stream. `react` is given a batch of changes in the order of the stream and says
 * which was the first it could not do: the stream is delivered again from there, so a change may come more than once.
 * An exception fails the batch from its start. `open` is called once, when the entry module is loaded.
 */
export function streamHandler<Dependencies extends object>(
  open: () => Dependencies & StreamDependencies,
  react: (changes: readonly ItemChange[], dependencies: Dependencies, context: StreamContext) => Promise<FirstFailure>,
): LambdaHandler<DynamoDBStreamEvent, DynamoDBBatchResponse> {
  const dependencies = open();
  const write = dependencies.write ?? writeLine;
  const log = createLogger({ write });
  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (batch: DynamoDBStreamEvent, context: Context) => {
    const changes = batch.Records.map(toChange);
    const { functionName } = context;
    let failure: FirstFailure;
    try {
      failure = await react(changes, dependencies, { nowMs: nowMs(), log, functionName });
    } catch (error) {
      failure = { index: 0, error };
    }
    log.debug('stream', { function: functionName, records: changes.length });
    const first = failure === undefined ? undefined : changes[failure.index];
    if (failure === undefined || first === undefined) return { batchItemFailures: [] };
    log.warn('retry', { function: functionName, sequenceNumber: first.sequenceNumber, ...errorFields(failure.error) });
    writeMetrics(functionName, { Retried: changes.length - failure.index }, write);
    return { batchItemFailures: [{ itemIdentifier: first.sequenceNumber }] };
  });
}

/** Does one change after the other and stops at the first that fails. */
export function oneByOne<Dependencies>(
  react: (change: ItemChange, dependencies: Dependencies, context: StreamContext) => Promise<void>,
) {
  return async (
    changes: readonly ItemChange[],
    dependencies: Dependencies,
    context: StreamContext,
  ): Promise<FirstFailure> => {
    for (const [index, change] of changes.entries()) {
      try {
        await react(change, dependencies, context);
      } catch (error) {
        return { index, error };
      }
    }
    return undefined;
  };
}

function toChange(record: DynamoDBRecord): ItemChange {
  const { dynamodb, eventName } = record;
  if (dynamodb?.SequenceNumber === undefined || eventName === undefined) {
    throw new TypeError('A stream record lacks its sequence number or its kind');
  }
  return {
    eventName,
    sequenceNumber: dynamodb.SequenceNumber,
    keys: (dynamodb.Keys ?? {}) as Item,
    ...(dynamodb.OldImage === undefined ? {} : { before: dynamodb.OldImage as Item }),
    ...(dynamodb.NewImage === undefined ? {} : { after: dynamodb.NewImage as Item }),
    expired: record.userIdentity?.principalId === 'dynamodb.amazonaws.com',
  };
}
