import { type CfnRule, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { nameOf } from '../config.ts';
import { letRuleSendTo } from './access.ts';
import type { Surroundings } from './foundation.ts';
import { sealedFacts } from './lake.ts';
import { deadLetterQueue, reactionQueue } from './queues.ts';
import { target } from './rule-targets.ts';
import { PREVIEW, previewPrefix } from './wiring.ts';

/**
 * How archived events are read without being reacted to: a replay whose name begins as previews do, and that names this rule alone,
 * fills a queue which nobody but `npm run replay` reads.
 *
 *     archive -- replay --> rule --> queue
 */
export class ReplayPreview extends Construct {
  constructor(scope: Construct, { config, foundation }: Surroundings) {
    super(scope, 'ReplayPreview');
    const { key, bus } = foundation;
    const dead = deadLetterQueue(this, 'Dead', config, key, `${PREVIEW}-dead`);
    const queue = reactionQueue(this, 'Queue', config, key, PREVIEW, dead);
    const rule = new Rule(this, 'Rule', {
      ruleName: nameOf(config.stage, PREVIEW),
      description: 'Archived events, to whoever wants to know what a replay would change.',
      eventBus: bus,
      eventPattern: sealedFacts,
    });
    // The CDK's own patterns do not know this field.
    const named = [{ prefix: previewPrefix(config.stage) }];
    (rule.node.defaultChild as CfnRule).addPropertyOverride('EventPattern.replay-name', named);
    letRuleSendTo(queue, rule);
    rule.addTarget(target(rule, { arn: queue.queueArn, config, undelivered: dead }));
  }
}
