/** What no emulator here can provision is held to its meaning in the templates. `infra/emulator/gaps.ts` lists it. */
import { describe, expect, test } from 'vitest';
import { type StageName, stageNames, stages } from '../../infra/config.ts';
import { at, listOf, property, type Resource, StageTemplates } from '../../infra/stacks/template.ts';
import { functionsOf, templatesOf } from './stage-templates.ts';

const written = new Map<StageName, StageTemplates>();
for (const stage of stageNames) written.set(stage, new StageTemplates(await templatesOf(stage)));

type MetricQuery = { Id: string; Expression?: string; ReturnData?: boolean; MetricStat?: Record<string, unknown> };

const alarmsOnSums = (stage: StageTemplates): [string, Resource][] =>
  stage.ofType('AWS::CloudWatch::Alarm').filter(([, alarm]) => property(alarm, 'Metrics') !== undefined);

/** What CloudWatch refuses of an alarm on several metrics, in the words of its API reference. */
function faultsOf(alarm: Resource): string[] {
  const queries = listOf<MetricQuery>(property(alarm, 'Metrics'));
  const ids = queries.map(({ Id }) => Id);
  const returned = queries.filter(({ ReturnData }) => ReturnData !== false);
  const named = (expression: string): string[] => expression.match(/\b[a-z]\w*\b/g) ?? [];
  return [
    ...(new Set(ids).size === ids.length ? [] : ['an id stands for two metrics']),
    ...ids.filter((id) => !/^[a-z]\w*$/.test(id)).map((id) => `${id} is no id`),
    ...(returned.length === 1 ? [] : [`${returned.length} of its metrics are the one it watches`]),
    ...(queries.length <= 20 ? [] : [`${queries.length} metrics`]),
    ...queries
      .filter(({ Expression, MetricStat }) => (Expression === undefined) === (MetricStat === undefined))
      .map(({ Id }) => `${Id} is neither an expression nor a metric`),
    ...queries.flatMap(({ Expression = '' }) => named(Expression).filter((name) => !ids.includes(name))),
    ...queries
      .filter(({ MetricStat }) => MetricStat !== undefined && !(Number(at(MetricStat, 'Period')) >= 10))
      .map(({ Id }) => `${Id} has no period`),
    ...['MetricName', 'Namespace', 'Statistic', 'Period'].filter((name) => property(alarm, name) !== undefined),
    ...['ComparisonOperator', 'EvaluationPeriods', 'Threshold'].filter((name) => property(alarm, name) === undefined),
  ];
}

describe.each(stageNames)('the stage %s', (name) => {
  const stage = written.get(name)!;

  test('watches sums of metrics that CloudWatch can work out, and tells somebody', () => {
    const alarms = alarmsOnSums(stage);
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.flatMap(([id, alarm]) => faultsOf(alarm).map((fault) => `${id}: ${fault}`))).toEqual([]);
    for (const [id, alarm] of alarms) expect(listOf(property(alarm, 'AlarmActions')).length, id).toBeGreaterThan(0);
  });

  test('keeps every event that a shop sends in an archive of its own bus', () => {
    const archives = stage.ofType('AWS::Events::Archive');
    expect(archives).toHaveLength(1);
    for (const [, archive] of archives) {
      expect(stage.resourceOf(property(archive, 'SourceArn'))?.Type).toBe('AWS::Events::EventBus');
      expect(property(archive, 'RetentionDays')).toBe(stages[name].archiveDays);
      expect(String(property(archive, 'ArchiveName')).length).toBeLessThanOrEqual(48);
    }
  });
});

test('new code of prod is taken over by CodeDeploy, function by function, with a way back; of no other stage', () => {
  const prod = written.get('prod')!;
  const applications = prod.ofType('AWS::CodeDeploy::Application');
  expect(applications.length).toBeGreaterThan(0);
  for (const [, application] of applications) expect(property(application, 'ComputePlatform')).toBe('Lambda');
  const groups = prod.ofType('AWS::CodeDeploy::DeploymentGroup');
  expect(groups.length).toBeGreaterThan(0);
  expect(groups.length).toBeLessThanOrEqual(functionsOf(prod).length);
  for (const [id, group] of groups) {
    expect(prod.resourceOf(property(group, 'ApplicationName'))?.Type, id).toBe('AWS::CodeDeploy::Application');
    expect(prod.resourceOf(property(group, 'ServiceRoleArn'))?.Type, id).toBe('AWS::IAM::Role');
    expect(property(group, 'AutoRollbackConfiguration', 'Enabled'), id).toBe(true);
    const alarms = listOf(property(group, 'AlarmConfiguration', 'Alarms'));
    expect(alarms.length, id).toBeGreaterThan(0);
    for (const alarm of alarms) expect(prod.resourceOf(at(alarm, 'Name'))?.Type, id).toBe('AWS::CloudWatch::Alarm');
  }
  for (const other of ['dev', 'staging'] as const) {
    expect(written.get(other)!.ofType('AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
  }
});

test('a fault in an alarm is found', () => {
  const stat = { Metric: { Namespace: 'n', MetricName: 'm' }, Period: 60, Stat: 'Sum' };
  const sound = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Metrics: [
        { Id: 'all', Expression: 'a + b' },
        ...['a', 'b'].map((Id) => ({ Id, MetricStat: stat, ReturnData: false })),
      ],
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      Threshold: 1,
    },
  };
  const change = (by: object): Resource => ({ ...sound, Properties: { ...sound.Properties, ...by } });
  expect(faultsOf(sound)).toEqual([]);
  expect(faultsOf(change({ Metrics: sound.Properties.Metrics.slice(0, 2) }))).toEqual(['b']);
  expect(faultsOf(change({ Metrics: [...sound.Properties.Metrics, { Id: 'c', MetricStat: stat }] }))).toHaveLength(1);
  expect(faultsOf(change({ Threshold: undefined }))).toEqual(['Threshold']);
  expect(faultsOf(change({ MetricName: 'm' }))).toEqual(['MetricName']);
});
