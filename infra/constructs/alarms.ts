/**
 * What is watched of each kind of resource. An alarm is made for every resource that is there, found by walking the
 * other stacks, so nobody has to remember it; it goes by the resource's name and not by an export, so the alarms can be deployed,
 * changed and removed by themselves. Numbers stand in the stage's configuration or follow from it.
 */
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { idOf, nameOf, type StageConfig } from '../config.ts';
import { ALARM_TOPIC } from './topic.ts';

/** Every kind of alarm, as its section in docs/runbook.md is headed. */
export const alarmKinds = [
  'function-errors',
  'function-canary',
  'function-throttled',
  'function-slow',
  'queue-late',
  'queue-dead',
  'rule-undelivered',
  'stream-behind',
  'table-throttled',
  'table-failing',
  'table-conflicts',
  'api-failing',
  'api-slow',
  'api-refusing',
  'lake-behind',
  'lake-refused',
  'ledger-drift',
  'complaints-overdue',
  'recommendations-fallback',
  'recommendations-spend-cap',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/** What an alarm is described as: what it says, and where the runbook goes on. */
export function described(kind: AlarmKind, says: string): string {
  return `${says} See docs/runbook.md#${kind}.`;
}

/** One metric of CloudWatch, by its dimensions. */
export type MetricOf = {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Maximum`, `p99` ... */
  statistic: string;
};

export type AlarmSpec = {
  kind: AlarmKind;
  /** Of what, as in the names of resources: `loyalty-order-placed`. */
  of: string;
  says: string;
  /** The metrics by their ids in `expression`; a single one needs none. */
  metrics: Readonly<Record<string, MetricOf>>;
  expression?: string;
  /** The alarm goes off above this ... */
  above: number;
  /** ... in so many of so many periods. Default: one of one. */
  periods?: readonly [breaching: number, looked: number];
  periodMinutes?: number;
};

const DEFAULT_PERIOD_MINUTES = 5;

/** Adds alarms of a list to a stack; each is named after its stage, what it is of and its kind. */
export function addAlarms(scope: Construct, config: StageConfig, specs: readonly AlarmSpec[]): CfnAlarm[] {
  const topic = Fn.sub(`${here('sns')}${nameOf(config.stage, ALARM_TOPIC)}`);
  return specs.map((spec) => {
    const [breaching, looked] = spec.periods ?? [1, 1];
    const name = tailOf(spec);
    return new CfnAlarm(scope, idOf(name), {
      alarmName: nameOf(config.stage, name),
      alarmDescription: described(spec.kind, spec.says),
      alarmActions: [topic],
      ...readings(spec),
      comparisonOperator: 'GreaterThanThreshold',
      threshold: spec.above,
      datapointsToAlarm: breaching,
      evaluationPeriods: looked,
      // Nothing is measured of what is not used, and that is as it should be.
      treatMissingData: 'notBreaching',
    });
  });
}

/** The beginning of the ARN of anything of a service in this account and region, for a text that CloudFormation fills in: short, however often it stands there. */
export function here(service: string): string {
  return `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:`;
}

/** The tail of an alarm's name: of what it is, and its kind, nothing twice. */
function tailOf({ of, kind }: AlarmSpec): string {
  return kind.startsWith(`${of}-`) ? kind : `${of}-${kind}`;
}

function readings({ metrics, expression, periodMinutes = DEFAULT_PERIOD_MINUTES }: AlarmSpec) {
  const period = periodMinutes * 60;
  const all = Object.entries(metrics).map(([id, { namespace, name, dimensions, statistic }]) => ({
    id,
    statistic,
    metric: {
      namespace,
      metricName: name,
      dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
    },
  }));
  const [only, ...more] = all;
  if (only !== undefined && more.length === 0 && expression === undefined) {
    const percentile = /^p\d/.test(only.statistic);
    return {
      ...only.metric,
      period,
      ...(percentile ? { extendedStatistic: only.statistic } : { statistic: only.statistic }),
    };
  }
  return {
    metrics: [
      ...all.map(({ id, statistic, metric }) => ({
        id,
        metricStat: { metric, period, stat: statistic },
        returnData: false,
      })),
      { id: 'watched', expression: expression ?? sumOf(Object.keys(metrics)), returnData: true },
    ],
  };
}

/** CloudWatch leaves a gap where nothing was counted, and a gap is taken for nothing here. */
function sumOf(ids: readonly string[]): string {
  return ids.map((id) => `FILL(${id},0)`).join('+');
}
