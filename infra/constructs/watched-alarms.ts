import { nameOf, type StageConfig } from '../config.ts';
import { domains } from '../domains/domains.ts';
import type { AlarmSpec, MetricOf } from './alarms.ts';
import type { Watched, WatchedDelivery, WatchedFunction, WatchedQueue, WatchedRule, WatchedTable } from './watched.ts';
import type { TableAction } from './wiring.ts';

/** A function is slow above this share of its timeout ... */
const SLOW_SHARE = 0.8;
/** ... unless it is given all the time that Lambda has: it works by the clock then, and ends by itself shortly before. */
const LONGEST_TIMEOUT_SECONDS = 900;
const SLOW_SHARE_OF_LONGEST = 0.995;

/** The namespace of what functions count themselves. */
export const OWN_NAMESPACE = 'Rapport';

/** A metric that a function counts itself. */
export function ownMetric(name: string, functionName: string, statistic = 'Sum'): MetricOf {
  return { namespace: OWN_NAMESPACE, name, dimensions: { function: functionName }, statistic };
}

/** Every alarm of a stage but those on the errors of functions, which stand with the functions, because a rollout goes by them. */
export function alarmsOf(config: StageConfig, watched: Watched, api: string): AlarmSpec[] {
  return [
    ...watched.functions.flatMap((it) => ofFunction(it, config)),
    ...watched.queues.map((it) => ofQueue(it, config)),
    ...watched.rules.map((it) => ofRule(it, config)),
    ...watched.tables.flatMap((it) => ofTable(it, config)),
    ...ofApi(api, config),
    ...watched.deliveries.flatMap((it) => ofDelivery(it, config)),
    ...ofBusiness(config),
  ];
}

function ofFunction({ of, name, timeoutSeconds, readsStream }: WatchedFunction, { watch }: StageConfig): AlarmSpec[] {
  const lambda = (metric: string, statistic: string): MetricOf => ({
    namespace: 'AWS/Lambda',
    name: metric,
    dimensions: { FunctionName: name },
    statistic,
  });
  const share = timeoutSeconds >= LONGEST_TIMEOUT_SECONDS ? SLOW_SHARE_OF_LONGEST : SLOW_SHARE;
  return [
    {
      kind: 'function-throttled',
      of,
      says: `${of} was not let run: more of it, or of the account, runs at once than may.`,
      metrics: { throttles: lambda('Throttles', 'Sum') },
      above: 0,
      periods: [2, 3],
    },
    {
      kind: 'function-slow',
      of,
      says: `One run in a hundred of ${of} takes more than ${share * 100} % of the ${timeoutSeconds} s it has.`,
      metrics: { duration: lambda('Duration', 'p99') },
      above: Math.round(timeoutSeconds * 1_000 * share),
    },
    ...(readsStream
      ? [
          {
            kind: 'stream-behind' as const,
            of,
            says: `${of} is more than ${watch.streamLagSeconds} s behind the table that it follows.`,
            metrics: { age: lambda('IteratorAge', 'Maximum') },
            above: watch.streamLagSeconds * 1_000,
            periods: [2, 3] as const,
          },
        ]
      : []),
  ];
}

const sqs = (metric: string, queue: string): MetricOf => ({
  namespace: 'AWS/SQS',
  name: metric,
  dimensions: { QueueName: queue },
  statistic: 'Maximum',
});

/** How long a message may be on its way that fails every time but the last: only what is older has been left lying. */
function retriesSeconds({ reaction }: StageConfig): number {
  const { timeoutSeconds, visibilityFactor, batchWindowSeconds, maxReceiveCount } = reaction;
  return (timeoutSeconds * visibilityFactor + batchWindowSeconds) * maxReceiveCount;
}

function ofQueue({ of, name, role }: WatchedQueue, config: StageConfig): AlarmSpec {
  if (role === 'dead') {
    return {
      kind: 'queue-dead',
      of: of.replace(/-dead$/, ''),
      says: `Messages wait in ${name} for a person: nothing takes them from there.`,
      metrics: { waiting: sqs('ApproximateNumberOfMessagesVisible', name) },
      above: 0,
    };
  }
  const seconds = retriesSeconds(config);
  return {
    kind: 'queue-late',
    of,
    says: `A message has waited in ${name} for more than ${seconds} s, which is longer than all its retries take.`,
    metrics: { age: sqs('ApproximateAgeOfOldestMessage', name) },
    above: seconds,
  };
}

/**
 * EventBridge counts what it has given up on, and what it has given up on lies in the queue beside the rule until
 * somebody has looked: one alarm, on for as long as there is something to do. A rule of a bus of ours is counted under that
 * bus, one of the clock under its name alone.
 */
function ofRule({ of, name, clock, undelivered }: WatchedRule, { stage }: StageConfig): AlarmSpec {
  const failed: MetricOf = {
    namespace: 'AWS/Events',
    name: 'FailedInvocations',
    dimensions: clock ? { RuleName: name } : { EventBusName: nameOf(stage, 'bus'), RuleName: name },
    statistic: 'Sum',
  };
  return {
    kind: 'rule-undelivered',
    of,
    says: `What the rule ${name} matched could not be delivered${undelivered === undefined ? '' : `, and waits in ${undelivered}`}.`,
    metrics: {
      failed,
      ...(undelivered === undefined ? {} : { waiting: sqs('ApproximateNumberOfMessagesVisible', undelivered) }),
    },
    expression: undelivered === undefined ? 'FILL(failed,0)' : 'FILL(failed,0)+FILL(waiting,0)',
    above: 0,
  };
}

/** What DynamoDB counts by operation is read for those that some function may do; a write may be part of a transaction. */
function operationsOn(table: string): string[] {
  const bound = domains
    .flatMap(({ http, reactions = [], relays = [], streamReactions = [], scheduledReactions = [] }) => [
      ...(http === undefined ? [] : [http]),
      ...reactions,
      ...relays,
      ...streamReactions,
      ...scheduledReactions,
    ])
    .flatMap(({ binds }) => binds)
    .flatMap((it) =>
      it.kind === 'table' && it.table === table ? [...it.actions, ...(it.queries === undefined ? [] : ['Query'])] : [],
    )
    .filter((it): it is Exclude<TableAction, 'ConditionCheckItem'> => it !== 'ConditionCheckItem');
  return [...new Set([...bound, 'TransactWriteItems'])].sort();
}

function ofTable({ of, name, indexes }: WatchedTable, { watch }: StageConfig): AlarmSpec[] {
  const dynamo = (metric: string, more: Record<string, string> = {}): MetricOf => ({
    namespace: 'AWS/DynamoDB',
    name: metric,
    dimensions: { TableName: name, ...more },
    statistic: 'Sum',
  });
  const throttled = [{}, ...indexes.map((it) => ({ GlobalSecondaryIndexName: it }))].flatMap((index) => [
    dynamo('ReadThrottleEvents', index),
    dynamo('WriteThrottleEvents', index),
  ]);
  return [
    {
      kind: 'table-throttled',
      of,
      says: `${name}, or an index of it, was asked for more than it gives at once.`,
      metrics: numbered(throttled),
      above: 0,
      periods: [2, 3],
    },
    {
      kind: 'table-failing',
      of,
      says: `DynamoDB itself fails requests to ${name}.`,
      metrics: numbered(operationsOn(of).map((Operation) => dynamo('SystemErrors', { Operation }))),
      above: 0,
      periods: [2, 3],
    },
    {
      kind: 'table-conflicts',
      of,
      says: `More than ${watch.conflicts} writes to ${name} met another writer within five minutes.`,
      metrics: { conflicts: dynamo('TransactionConflict') },
      // Alarms on this namespace stay as they are where nothing is counted, whatever they are told of gaps.
      expression: 'FILL(conflicts,0)',
      above: watch.conflicts,
      periods: [2, 3],
    },
  ];
}

function numbered(metrics: readonly MetricOf[]): Record<string, MetricOf> {
  return Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
}

/** An HTTP API is counted under its id and under no name. */
function ofApi(ApiId: string, { watch }: StageConfig): AlarmSpec[] {
  const gateway = (name: string, statistic: string): MetricOf => ({
    namespace: 'AWS/ApiGateway',
    name,
    dimensions: { ApiId },
    statistic,
  });
  return [
    {
      kind: 'api-failing',
      of: 'api',
      says: `More than ${watch.serverErrors} requests within five minutes were answered with an error of ours (5xx).`,
      metrics: { failed: gateway('5xx', 'Sum') },
      above: watch.serverErrors,
    },
    {
      kind: 'api-slow',
      of: 'api',
      says: `One request in a hundred takes more than ${watch.latencyMs} ms.`,
      metrics: { latency: gateway('Latency', 'p99') },
      above: watch.latencyMs,
      periods: [2, 3],
    },
    {
      kind: 'api-refusing',
      of: 'api',
      says: `More than ${watch.refusedPercent} % of the requests are refused (4xx), of at least ${watch.minRequests} within five minutes.`,
      metrics: { refused: gateway('4xx', 'Sum'), all: gateway('Count', 'Sum') },
      expression: `IF(FILL(all,0)>=${watch.minRequests},100*FILL(refused,0)/all,0)`,
      above: watch.refusedPercent,
      periods: [2, 3],
    },
  ];
}

/** Firehose holds back for so long on purpose; later than that, something is wrong. */
const LAKE_LATE_FACTOR = 3;
const LAKE_LATE_AT_LEAST_SECONDS = 900;

function ofDelivery({ of, name }: WatchedDelivery, { lake }: StageConfig): AlarmSpec[] {
  const firehose = (metric: string, statistic: string): MetricOf => ({
    namespace: 'AWS/Firehose',
    name: metric,
    dimensions: { DeliveryStreamName: name },
    statistic,
  });
  const lateSeconds = Math.max(LAKE_LATE_AT_LEAST_SECONDS, LAKE_LATE_FACTOR * lake.bufferSeconds);
  const refusals = ['ThrottledRecords', 'KMSKeyAccessDenied', 'KMSKeyDisabled', 'KMSKeyInvalidState', 'KMSKeyNotFound'];
  return [
    {
      kind: 'lake-behind',
      of,
      says: `The oldest event that ${name} has not written yet is older than ${lateSeconds} s.`,
      metrics: { age: firehose('DeliveryToS3.DataFreshness', 'Maximum') },
      above: lateSeconds,
    },
    {
      kind: 'lake-refused',
      of,
      says: `${name} takes no more events, or may not use the key of the stage.`,
      metrics: numbered(refusals.map((metric) => firehose(metric, 'Sum'))),
      above: 0,
    },
  ];
}

const HOUR_MINUTES = 60;

/** What the shop would notice before any machine does. */
function ofBusiness({ stage, watch }: StageConfig): AlarmSpec[] {
  const recommending = nameOf(stage, 'recommend-http');
  return [
    {
      kind: 'ledger-drift',
      of: 'ledger',
      says: 'Accounts of members say something else than their journals.',
      metrics: { drift: ownMetric('LedgerDrift', nameOf(stage, 'liability-close-days')) },
      above: 0,
      periodMinutes: HOUR_MINUTES,
      // Accounts and journals are compared once a day: on until they are compared again.
      periods: [1, 24],
    },
    {
      kind: 'complaints-overdue',
      of: 'complaints',
      says: 'A date by which a complaint was to be answered or decided has passed.',
      metrics: { overdue: ownMetric('ComplaintOverdue', nameOf(stage, 'complaint-due')) },
      above: 0,
      periodMinutes: HOUR_MINUTES,
    },
    {
      kind: 'recommendations-fallback',
      of: 'recommendations',
      says: `More than ${watch.fallbackPercent} % of the lists come from an engine that only stands in, of at least ${watch.minRequests} within five minutes.`,
      metrics: {
        stoodIn: ownMetric('FellBack', recommending),
        all: ownMetric('Recommended', recommending),
      },
      expression: `IF(FILL(all,0)>=${watch.minRequests},100*FILL(stoodIn,0)/all,0)`,
      above: watch.fallbackPercent,
      periods: [2, 3],
    },
    {
      kind: 'recommendations-spend-cap',
      of: 'recommendations',
      says: 'Amazon Personalize is not asked any more this month: what the policy lets it cost has been spent.',
      metrics: { reached: ownMetric('SpendCapReached', recommending) },
      above: 0,
    },
  ];
}
