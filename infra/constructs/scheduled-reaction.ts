import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { idOf, nameOf } from '../config.ts';
import type { Surroundings } from './foundation.ts';
import { BoundFunction } from './function.ts';
import { undeliveredQueue } from './queues.ts';
import { target } from './rule-targets.ts';
import type { ScheduledReactionSpec } from './wiring.ts';

/** A function that runs every so many hours. Schedules live on the account's default bus: EventBridge allows no other. */
export class ScheduledReaction extends Construct {
  constructor(scope: Construct, surroundings: Surroundings, spec: ScheduledReactionSpec) {
    super(scope, idOf(spec.name));
    const { config, foundation } = surroundings;
    const undelivered = undeliveredQueue(this, 'Undelivered', config, foundation.key, `${spec.name}-undelivered`);
    const { live } = new BoundFunction(this, surroundings, spec, config[spec.size ?? 'schedule'], 'clock');
    const rule = new Rule(this, 'Rule', {
      ruleName: nameOf(config.stage, spec.name),
      description: `Starts ${spec.name} by the clock.`,
      schedule: Schedule.rate(Duration.hours(spec.everyHours)),
    });
    rule.addTarget(target(rule, { arn: live.functionArn, config, undelivered }));
    live.addPermission('Schedule', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.ruleArn,
    });
  }
}
