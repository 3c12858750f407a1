import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
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
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { MetricName } from '../../shared/runtime/metrics.ts';
import { nameOf, type StageConfig } from '../config.ts';
import type { Surroundings } from './foundation.ts';

/** The alias that everything which starts a function goes to; what it points to is what runs. */
export const LIVE = 'live';

/** What starts a function: a request that somebody waits for, a batch of messages or changes, or the clock. */
export type Starter = 'request' | 'batch' | 'clock';

/**
 * What a function counts itself of what went wrong without ending a run: an answer that says so, a message that comes again. What the
 * clock starts has nobody to tell, and fails as a whole.
 */
const failuresCounted: Readonly<Record<Starter, MetricName | undefined>> = {
  request: 'Failed',
  batch: 'Retried',
  clock: undefined,
};

/** So many failures in one minute, of whatever share of the calls, and new code is taken back. A single one may be the weather. */
const FAILURES_PER_MINUTE = 5;

/** A slow answer is as bad as none: close to the timeout the caller has long given up. */
const SLOW_SHARE_OF_TIMEOUT = 0.9;

/** CodeDeploy's own: a tenth of the calls for five minutes, then all of them. */
export const CANARY = 'CodeDeployDefault.LambdaCanary10Percent5Minutes';

/**
 * What becomes of a version that another has followed. With a canary it stays, so that the alias can be set back to it by hand at once; but
 * one whose very first deployment is rolled back goes, because Lambda publishes no second version of the same code, and
 * the next attempt would fail. Versions go with their function in any case.
 */
export function versionOptions({ rollout }: StageConfig): VersionOptions {
  return { removalPolicy: rollout === 'canary' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY };
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
    surroundings: Surroundings,
    { name, fn, startedBy }: { name: string; fn: LambdaFunction; startedBy: Starter },
  ) {
    super(scope, 'Rollout');
    const { config } = surroundings;
    this.live = new Alias(this, 'Live', { aliasName: LIVE, version: fn.currentVersion as IVersion });
    const errors = this.alarm('Errors', config, {
      name: `${name}-errors`,
      description: `${name} broke off: it threw, ran out of time or out of memory. What it was at is tried again where it came from a queue, a stream or the clock.`,
      metric: this.live.metricErrors({ period: Duration.minutes(1) }),
      threshold: 1,
    });
    errors.addAlarmAction({ bind: () => ({ alarmActionArn: surroundings.foundation.alarms.topicArn }) });
    if (config.rollout !== 'canary') return;
    const alarms = [errors, ...this.canaryAlarms(config, { name, fn, startedBy })];
    Deployments.of(Stack.of(this)).add(this, { name: nameOf(config.stage, name), fn, live: this.live, alarms });
  }

  /** What nobody is woken for, and no new code should bring about. */
  private canaryAlarms(
    config: StageConfig,
    { name, fn, startedBy }: { name: string; fn: LambdaFunction; startedBy: Starter },
  ): Alarm[] {
    const alarms: Alarm[] = [];
    const counted = failuresCounted[startedBy];
    if (counted !== undefined) {
      const failures = this.alarm('Failures', config, {
        name: `${name}-canary-failures`,
        description: `${name} fails more often than chance has it. New code is taken back while this lasts.`,
        metric: new Metric({
          namespace: 'Rapport',
          metricName: counted,
          dimensionsMap: { function: fn.functionName },
          statistic: Stats.SUM,
          period: Duration.minutes(1),
        }),
        threshold: FAILURES_PER_MINUTE,
      });
      alarms.push(failures);
    }
    if (startedBy === 'request' && fn.timeout !== undefined) {
      const slow = this.alarm('Slow', config, {
        name: `${name}-canary-slow`,
        description: `${name} takes nearly as long as it may. New code is taken back while this lasts.`,
        metric: this.live.metricDuration({ period: Duration.minutes(1), statistic: Stats.p(99) }),
        threshold: fn.timeout.toMilliseconds() * SLOW_SHARE_OF_TIMEOUT,
      });
      alarms.push(slow);
    }
    return alarms;
  }

  private alarm(
    id: string,
    { stage }: StageConfig,
    { name, ...rest }: { name: string; description: string; metric: IMetric; threshold: number },
  ): Alarm {
    const { description, metric, threshold } = rest;
    return new Alarm(this, id, {
      alarmName: nameOf(stage, name),
      alarmDescription: description,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // Nothing is measured of what does not run, and that is as it should be.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

/** What moves the aliases of one stack: one application of CodeDeploy, and the role that it does so with. */
class Deployments extends Construct {
  private readonly application: LambdaApplication;
  private readonly moves = new PolicyStatement({ actions: ['lambda:GetAlias', 'lambda:UpdateAlias'] });
  private readonly looks = new PolicyStatement({ actions: ['lambda:GetProvisionedConcurrencyConfig'] });
  private readonly role: Role;

  private constructor(scope: Stack) {
    super(scope, 'Deployments');
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
    const found = stack.node.tryFindChild('Deployments');
    return found instanceof Deployments ? found : new Deployments(stack);
  }

  /** Lets CodeDeploy move an alias, a tenth of its calls first, for as long as none of the alarms goes off. */
  add(
    scope: Construct,
    { name, fn, live, alarms }: { name: string; fn: LambdaFunction; live: Alias; alarms: readonly Alarm[] },
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
      alarmConfiguration: { enabled: true, alarms: alarms.map(({ alarmName }) => ({ name: alarmName })) },
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
