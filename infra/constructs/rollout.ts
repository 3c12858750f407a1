import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnDeploymentGroup, LambdaApplication } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  type CfnAlias,
  type CfnFunction,
  type IVersion,
  type Function as LambdaFunction,
  type VersionOptions,
} from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { idOf, nameOf, type StageConfig } from '../config.ts';
import { type AlarmSpec, addAlarms, type MetricOf } from './alarms.ts';
import type { Surroundings } from './foundation.ts';
import { removalOf } from './removal.ts';

/** The alias that everything which starts a function goes to; what it points to is what runs. */
export const LIVE = 'live';

/** What starts a function: a request that somebody waits for, a batch of messages or changes, or the clock. */
export type Starter = 'request' | 'batch' | 'clock';

/**
 * What a function counts itself of what went wrong without ending a run: an answer that says so, a message that comes again. What the
 * clock starts has nobody to tell, and fails as a whole.
 */
export const failuresCounted: Readonly<Record<Starter, 'Failed' | 'Retried' | undefined>> = {
  request: 'Failed',
  batch: 'Retried',
  clock: undefined,
};

/** More failures than these in one minute, of whatever share of the calls, and new code is taken back. A single one may be the weather. */
const FAILURES_PER_MINUTE = 5;

/** The namespace of what functions count themselves. */
const OWN_NAMESPACE = 'Rapport';

/** A slow answer is as bad as none: close to the timeout the caller has long given up. */
const SLOW_SHARE_OF_TIMEOUT = 0.9;

/** CodeDeploy's own: a tenth of the calls for five minutes, then all of them. */
export const CANARY = 'CodeDeployDefault.LambdaCanary10Percent5Minutes';

/**
 * What becomes of a version that another has followed. In production it stays, so that the alias can be set back to it by hand at once; but
 * one whose very first deployment is rolled back goes, because Lambda publishes no second version of the same code, and
 * the next attempt would fail. Versions go with their function in any case.
 */
export function versionOptions(config: StageConfig): VersionOptions {
  return { removalPolicy: removalOf(config) };
}

/**
 * How new code of a function takes over: as a version of its own, which the alias `live` is moved to. Where the stage
 * has a canary, CodeDeploy moves it, and moves it back when one of the function's own alarms goes off meanwhile; the deployment of the
 * stack fails then, and the stack is as it was.
 */
export class Rollout extends Construct {
  readonly live: Alias;

  constructor(
    scope: Construct,
    { config }: Surroundings,
    {
      name,
      fn,
      timeoutSeconds,
      startedBy,
    }: { name: string; fn: LambdaFunction; timeoutSeconds: number; startedBy: Starter },
  ) {
    super(scope, 'Rollout');
    this.live = new Alias(this, 'Live', { aliasName: LIVE, version: fn.currentVersion as IVersion });
    const alarms = addAlarms(this, config, [
      errorsOf(config, name),
      ...(config.rollout === 'canary' ? canaryAlarmsOf(config, { name, timeoutSeconds, startedBy }) : []),
    ]);
    if (config.rollout !== 'canary') return;
    Deployments.of(Stack.of(this)).add(this, { name: nameOf(config.stage, name), fn, live: this.live, alarms });
  }
}

function measured({ stage }: StageConfig, name: string, metric: string, statistic: string): MetricOf {
  const FunctionName = nameOf(stage, name);
  const dimensions = { FunctionName, Resource: `${FunctionName}:${LIVE}` };
  return { namespace: 'AWS/Lambda', name: metric, dimensions, statistic };
}

function errorsOf(config: StageConfig, name: string): AlarmSpec {
  return {
    kind: 'function-errors',
    of: name,
    says: `${name} broke off: it threw, ran out of time or out of memory. A queue, a stream or the clock will have it try again.`,
    metrics: { errors: measured(config, name, 'Errors', 'Sum') },
    above: 0,
    periodMinutes: 1,
  };
}

/** What new code should not bring about, and errors do not tell of. */
function canaryAlarmsOf(
  config: StageConfig,
  { name, timeoutSeconds, startedBy }: { name: string; timeoutSeconds: number; startedBy: Starter },
): AlarmSpec[] {
  const counted = failuresCounted[startedBy];
  const dimensions = { function: nameOf(config.stage, name) };
  const slowMs = Math.round(timeoutSeconds * 1_000 * SLOW_SHARE_OF_TIMEOUT);
  return [
    ...(counted === undefined
      ? []
      : [
          {
            kind: 'function-canary' as const,
            of: `${name}-failures`,
            says: `${name} failed more than ${FAILURES_PER_MINUTE} times within a minute. New code is taken back while this lasts.`,
            metrics: { failures: { namespace: OWN_NAMESPACE, name: counted, dimensions, statistic: 'Sum' } },
            above: FAILURES_PER_MINUTE,
            periodMinutes: 1,
          },
        ]),
    ...(startedBy === 'request'
      ? [
          {
            kind: 'function-canary' as const,
            of: `${name}-duration`,
            says: `One answer in a hundred of ${name} takes more than ${slowMs} ms. New code is taken back while this lasts.`,
            metrics: { duration: measured(config, name, 'Duration', 'p99') },
            above: slowMs,
            periodMinutes: 1,
          },
        ]
      : []),
  ];
}

/** What moves the aliases of one stack: one application of CodeDeploy, and the role that it does so with. */
class Deployments extends Construct {
  private readonly application: LambdaApplication;
  private readonly moves = new PolicyStatement({ actions: ['lambda:GetAlias', 'lambda:UpdateAlias'] });
  private readonly looks = new PolicyStatement({ actions: ['lambda:GetProvisionedConcurrencyConfig'] });
  private readonly role: Role;

  private constructor(scope: Stack) {
    super(scope, idOf(`deployments ${scope.stackName}`));
    this.application = new LambdaApplication(this, 'Application', { applicationName: scope.stackName });
    const alarms = scope.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      description: `Moves the aliases of ${scope.stackName} to new versions, and back.`,
      inlinePolicies: {
        moves: new PolicyDocument({
          statements: [
            this.moves,
            this.looks,
            new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }),
          ],
        }),
      },
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]',
      reason:
        'CloudWatch checks the right to look at alarms against all alarms of the account, whichever are asked for.',
    });
  }

  /** The one of a stack, made when it is first asked for. */
  static of(stack: Stack): Deployments {
    const found = stack.node.children.find((it) => it instanceof Deployments);
    return found ?? new Deployments(stack);
  }

  /** Lets CodeDeploy move an alias, a tenth of its calls first, for as long as none of the alarms goes off. */
  add(
    scope: Construct,
    { name, fn, live, alarms }: { name: string; fn: LambdaFunction; live: Alias; alarms: readonly CfnAlarm[] },
  ): void {
    this.moves.addResources(fn.functionArn);
    this.looks.addResources(`${fn.functionArn}:*`);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(fn).getLogicalId(fn.node.defaultChild as CfnFunction)}.Arn>:*]`,
      reason: 'The number of a version is not known before it is published, so the grant can only name the function.',
    });
    const group = new CfnDeploymentGroup(scope, 'Canary', {
      applicationName: this.application.applicationName,
      deploymentGroupName: name,
      serviceRoleArn: this.role.roleArn,
      deploymentConfigName: CANARY,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      alarmConfiguration: { enabled: true, alarms: alarms.map(({ ref }) => ({ name: ref })) },
      autoRollbackConfiguration: {
        enabled: true,
        // One that is stopped by hand as well: an alias that is left between two versions lets nothing be deployed any more.
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    });
    (live.node.defaultChild as CfnAlias).cfnOptions.updatePolicy = {
      codeDeployLambdaAliasUpdate: {
        applicationName: this.application.applicationName,
        deploymentGroupName: group.ref,
      },
    };
  }
}
