import { type IRule, type IRuleTarget, type RuleTargetConfig, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StageConfig } from '../config.ts';
import { letRuleSendTo } from './access.ts';

/**
 * A rule's target with what every target of ours has: a limit on how long EventBridge tries, and a queue for what it
 * could not deliver. Without that queue an event is dropped after 24 hours, and nobody hears of it.
 */
export function target(
  rule: IRule,
  {
    arn,
    config,
    undelivered,
    role,
    input,
  }: {
    arn: string;
    config: StageConfig;
    undelivered: IQueue;
    role?: IRole;
    input?: RuleTargetInput;
  },
): IRuleTarget {
  letRuleSendTo(undelivered, rule);
  const bound: RuleTargetConfig = {
    arn,
    deadLetterConfig: { arn: undelivered.queueArn },
    retryPolicy: {
      maximumRetryAttempts: config.delivery.retryAttempts,
      maximumEventAgeInSeconds: config.delivery.maxEventAgeHours * 3_600,
    },
    ...(role === undefined ? {} : { role }),
    ...(input === undefined ? {} : { input }),
  };
  return { bind: () => bound };
}

/** The CloudEvent alone, without EventBridge's envelope around it. */
export const cloudEvent = RuleTargetInput.fromEventPath('$.detail');
