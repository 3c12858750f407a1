import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { removalOf } from './removal.ts';

/** A log group that forgets after the stage's retention. Nothing here logs into a group that CloudWatch made for itself. */
export function logGroup(scope: Construct, id: string, config: StageConfig, name: string): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: `/rapport/${config.stage}/${name}`,
    retention: config.logs.retentionDays,
    removalPolicy: removalOf(config),
  });
}
