import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { addAlarms } from '../constructs/alarms.ts';
import { addDashboards } from '../constructs/dashboards.ts';
import { apiIdParameter } from '../constructs/http-api.ts';
import { watchedIn } from '../constructs/watched.ts';
import { alarmsOf } from '../constructs/watched-alarms.ts';

/**
 * Dashboards and alarms of everything that the other stacks of a stage have. They go by names, so this stack imports nothing: it is
 * deployed last, and can be changed or removed without touching what it watches.
 */
export class WatchStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, stacks }: { config: StageConfig; stacks: readonly Stack[] },
    props: StackProps,
  ) {
    super(scope, id, props);
    for (const stack of stacks) this.addStackDependency(stack, 'What is watched is there first.');
    const watched = watchedIn(stacks, config);
    const api = StringParameter.valueForStringParameter(this, apiIdParameter(config));
    const made = addAlarms(new Construct(this, 'Alarms'), config, alarmsOf(config, watched, api));
    const standing = stacks.flatMap((stack) => stack.node.findAll().filter((it) => it instanceof CfnAlarm));
    const alarms = [...standing, ...made].flatMap(({ alarmName }) => alarmName ?? []);
    addDashboards(new Construct(this, 'Dashboards'), { config, watched, api, alarms });
  }
}
