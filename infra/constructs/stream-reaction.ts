import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { idOf } from '../config.ts';
import { onStream, sendingTo } from './access.ts';
import type { Surroundings } from './foundation.ts';
import { BoundFunction } from './function.ts';
import { undeliveredQueue } from './queues.ts';
import type { ChangeFilter, StreamReactionSpec } from './wiring.ts';

/**
 * A function that reads a table's stream. A batch that fails is halved until the bad record is alone; after the retries
 * its position in the stream goes to `<name>-dead`, and the records behind it move on.
 */
export class StreamReaction extends Construct {
  constructor(scope: Construct, surroundings: Surroundings, spec: StreamReactionSpec) {
    super(scope, idOf(spec.name));
    const { config, foundation } = surroundings;
    const { batchSize, batchWindowSeconds, maxRetryAttempts, parallelizationFactor } = config.stream;
    const { tableStreamArn } = foundation.tables[spec.table];
    if (tableStreamArn === undefined)
      throw new Error(`${spec.name} reads the stream of ${spec.table}, which has none.`);

    const dead = undeliveredQueue(this, 'Dead', config, foundation.key, `${spec.name}-dead`);
    const reaction = new BoundFunction(this, surroundings, spec, config.stream, 'batch', {
      statements: [...onStream(foundation, tableStreamArn), ...sendingTo(foundation.key, dead)],
    });
    reaction.reads({
      eventSourceArn: tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize,
      ...(batchWindowSeconds === 0 ? {} : { maxBatchingWindow: Duration.seconds(batchWindowSeconds) }),
      bisectBatchOnError: true,
      retryAttempts: maxRetryAttempts,
      parallelizationFactor,
      filters: spec.changes.map((it) => FilterCriteria.filter({ dynamodb: changesOf(it) })),
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: dead.queueArn }) },
    });
  }
}

function changesOf({ sortKeys, having }: ChangeFilter): Record<string, unknown> {
  const keys = { Keys: { sk: { S: [...sortKeys] } } };
  if (having === undefined) return keys;
  return { ...keys, NewImage: { [having.attribute]: { [having.type]: [{ exists: true }] } } };
}
