import { at, listOf, property, type Resource, StageTemplates, type Template } from '../../infra/stacks/template.ts';

/** What an alarm looks at: one metric of CloudWatch with the values of its dimensions, as they are deployed. */
export type Look = { metric: string; dimensions: Readonly<Record<string, string>> };

export type Alarm = { id: string; name: string; section: string; looks: Look[]; resource: Resource };

/** The alarms of a stage, as its templates say. */
export function alarmsIn(templates: readonly Template[]): Alarm[] {
  const stage = new StageTemplates(templates);
  return stage.ofType('AWS::CloudWatch::Alarm').map(([id, resource]) => {
    const single = property(resource, 'MetricName') === undefined ? [] : [resource.Properties];
    const several = listOf(property(resource, 'Metrics')).flatMap((it) => at(it, 'MetricStat', 'Metric') ?? []);
    return {
      id,
      resource,
      name: String(property(resource, 'AlarmName')),
      section: /docs\/runbook\.md#([a-z-]+)\.$/.exec(String(property(resource, 'AlarmDescription')))?.[1] ?? '',
      looks: [...single, ...several].map((it) => ({
        metric: `${String(at(it, 'Namespace'))} ${String(at(it, 'MetricName'))}`,
        dimensions: Object.fromEntries(
          listOf<{ Name: string; Value: unknown }>(at(it, 'Dimensions')).map(({ Name, Value }) => [
            Name,
            deployedValue(Value, templates, stage),
          ]),
        ),
      })),
    };
  });
}

/** A dimension as it is deployed: a name, or what a parameter of the Systems Manager holds. */
function deployedValue(value: unknown, templates: readonly Template[], stage: StageTemplates): string {
  if (typeof value === 'string') return value;
  const parameter = String(at(value, 'Ref'));
  const kept = templates.map((it) => at(it, 'Parameters', parameter, 'Default')).find((it) => it !== undefined);
  const [, holder] =
    stage.ofType('AWS::SSM::Parameter').find(([, it]) => kept !== undefined && property(it, 'Name') === kept) ?? [];
  const id = stage.idOf(property(holder, 'Value'));
  if (id === undefined) throw new Error(`${JSON.stringify(value)} leads to no resource`);
  return id;
}

type Wanted = { of: string; look: Look };

/** What has to be looked at of each kind of resource, by dimension. Written down apart from what makes the alarms. */
const wanted: Record<string, (resource: Resource, id: string, stage: StageTemplates) => Look[]> = {
  'AWS::Lambda::Function': (fn) => {
    const FunctionName = String(property(fn, 'FunctionName'));
    return [
      { metric: 'AWS/Lambda Errors', dimensions: { FunctionName, Resource: `${FunctionName}:live` } },
      { metric: 'AWS/Lambda Throttles', dimensions: { FunctionName } },
      { metric: 'AWS/Lambda Duration', dimensions: { FunctionName } },
    ];
  },

  // Where messages wait to be handled their age tells; where they wait for a person each one does.
  'AWS::SQS::Queue': (queue) => {
    const waiting = property(queue, 'RedrivePolicy') !== undefined;
    const metric = waiting ? 'ApproximateAgeOfOldestMessage' : 'ApproximateNumberOfMessagesVisible';
    return [{ metric: `AWS/SQS ${metric}`, dimensions: { QueueName: String(property(queue, 'QueueName')) } }];
  },

  'AWS::Events::Rule': (rule, _id, stage) => {
    const RuleName = String(property(rule, 'Name'));
    const bus = property(stage.resourceOf(property(rule, 'EventBusName')), 'Name');
    const dimensions = bus === undefined ? { RuleName } : { EventBusName: String(bus), RuleName };
    const ends = listOf(property(rule, 'Targets')).map((it) => stage.resourceOf(at(it, 'DeadLetterConfig', 'Arn')));
    return [
      { metric: 'AWS/Events FailedInvocations', dimensions },
      ...ends.map((queue) => ({
        metric: 'AWS/SQS ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: String(property(queue, 'QueueName')) },
      })),
    ];
  },

  'AWS::DynamoDB::Table': (table) => {
    const TableName = String(property(table, 'TableName'));
    const indexes = listOf<{ IndexName: string }>(property(table, 'GlobalSecondaryIndexes'));
    const places = [{ TableName }, ...indexes.map((it) => ({ TableName, GlobalSecondaryIndexName: it.IndexName }))];
    return [
      ...places.flatMap((dimensions) => [
        { metric: 'AWS/DynamoDB ReadThrottleEvents', dimensions },
        { metric: 'AWS/DynamoDB WriteThrottleEvents', dimensions },
      ]),
      { metric: 'AWS/DynamoDB SystemErrors', dimensions: { TableName, Operation: 'TransactWriteItems' } },
      { metric: 'AWS/DynamoDB TransactionConflict', dimensions: { TableName } },
    ];
  },

  'AWS::ApiGatewayV2::Api': (_api, ApiId) =>
    ['5xx', '4xx', 'Count', 'Latency'].map((name) => ({ metric: `AWS/ApiGateway ${name}`, dimensions: { ApiId } })),

  'AWS::Lambda::EventSourceMapping': (mapping, _id, stage) => {
    if (stage.resourceOf(property(mapping, 'EventSourceArn'))?.Type === 'AWS::SQS::Queue') return [];
    const target = stage.resourceOf(property(mapping, 'FunctionName'));
    const fn = target?.Type === 'AWS::Lambda::Alias' ? stage.resourceOf(property(target, 'FunctionName')) : target;
    const FunctionName = String(property(fn, 'FunctionName'));
    return [{ metric: 'AWS/Lambda IteratorAge', dimensions: { FunctionName } }];
  },

  'AWS::KinesisFirehose::DeliveryStream': (stream) => {
    const dimensions = { DeliveryStreamName: String(property(stream, 'DeliveryStreamName')) };
    return ['DeliveryToS3.DataFreshness', 'ThrottledRecords', 'KMSKeyAccessDenied', 'KMSKeyDisabled'].map((name) => ({
      metric: `AWS/Firehose ${name}`,
      dimensions,
    }));
  },
};

export const watchedTypes: readonly string[] = Object.keys(wanted);

/** Everything that is there and that nobody looks at: the resource, and the metric that is missing. */
export function unwatchedIn(templates: readonly Template[]): string[] {
  const stage = new StageTemplates(templates);
  const seen = new Set(alarmsIn(templates).flatMap(({ looks }) => looks.map(textOf)));
  const all = Object.entries(wanted).flatMap(([type, wants]) =>
    stage
      .ofType(type)
      .flatMap(([id, resource]) => wants(resource, id, stage).map((look): Wanted => ({ of: `${type} ${id}`, look }))),
  );
  return all.filter(({ look }) => !seen.has(textOf(look))).map(({ of, look }) => `${of}: ${textOf(look)}`);
}

function textOf({ metric, dimensions }: Look): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${metric} ${sorted.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}
