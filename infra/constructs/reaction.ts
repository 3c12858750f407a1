import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { idOf, nameOf } from '../config.ts';
import { letRuleSendTo, receivingFrom, sendingTo } from './access.ts';
import type { Surroundings } from './foundation.ts';
import { BoundFunction } from './function.ts';
import { sealedFacts, unsealedFacts } from './lake.ts';
import { deadLetterQueue, reactionQueue, undeliveredQueue } from './queues.ts';
import { cloudEvent, target } from './rule-targets.ts';
import type { ReactionSpec, RelaySpec } from './wiring.ts';

/**
 * A reaction to one event type, or to those of its events that have certain data; or a relay for what has not been sealed:
 *
 *     bus -- rule --> queue -- batches --> function
 *              |        '-- after maxReceiveCount attempts --> <name>-dead
 *              '-- where EventBridge cannot deliver --> <name>-undelivered
 *
 * The function reports which messages of a batch failed, so one bad message does not take nine others with it, and it
 * sends what can never succeed to the dead-letter queue itself, with the reason.
 */
export class Reaction extends Construct {
  constructor(scope: Construct, surroundings: Surroundings, spec: ReactionSpec | RelaySpec) {
    super(scope, idOf(spec.name));
    const { config, foundation } = surroundings;
    const { key } = foundation;
    const { batchSize, batchWindowSeconds, maxConcurrency, maxReceiveCount } = config.reaction;

    const dead = deadLetterQueue(this, 'Dead', config, key, `${spec.name}-dead`);
    const undelivered = undeliveredQueue(this, 'Undelivered', config, key, `${spec.name}-undelivered`);
    const queue = reactionQueue(this, 'Queue', config, key, spec.name, dead);

    const rule = new Rule(this, 'Rule', {
      ruleName: nameOf(config.stage, spec.name),
      description: `${'on' in spec ? spec.on.type : 'What is not sealed yet'} to ${spec.name}.`,
      eventBus: foundation.bus,
      eventPattern: 'on' in spec ? patternOf(spec) : unsealedFacts,
    });
    letRuleSendTo(queue, rule);
    rule.addTarget(target(rule, { arn: queue.queueArn, config, undelivered, input: cloudEvent }));

    const reaction = new BoundFunction(this, surroundings, spec, config.reaction, 'batch', {
      environment: { DEAD_LETTER_QUEUE_URL: dead.queueUrl, MAX_RECEIVE_COUNT: String(maxReceiveCount) },
      statements: [...receivingFrom(key, queue), ...sendingTo(key, dead)],
    });
    reaction.reads({
      eventSourceArn: queue.queueArn,
      batchSize,
      ...(batchWindowSeconds === 0 ? {} : { maxBatchingWindow: Duration.seconds(batchWindowSeconds) }),
      maxConcurrency,
      reportBatchItemFailures: true,
    });
  }
}

/** What a shop sends is reacted to once it is sealed; what we publish ourselves has nothing to seal. */
function patternOf({ on, having }: ReactionSpec): EventPattern {
  const { source, 'detail-type': detailType } = on.rulePattern;
  const detail = { ...(on.direction === 'in' && sealedFacts.detail), ...(having !== undefined && { data: having }) };
  return { source: [...source], detailType: [...detailType], ...(Object.keys(detail).length > 0 && { detail }) };
}
