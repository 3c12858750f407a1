/**
 * What is looked at when an alarm goes off, and before: a dashboard of the stage, and one of each domain. They are made of the same
 * specs and resources as everything else, so what is added appears by itself.
 */
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { idOf, nameOf, type StageConfig } from '../config.ts';
import { domains } from '../domains/domains.ts';
import { here, type MetricOf } from './alarms.ts';
import type { Watched, WatchedFunction } from './watched.ts';
import { ownMetric } from './watched-alarms.ts';
import type { DomainSpec, FunctionSpec } from './wiring.ts';

/** Where the runbook is, as a line of every dashboard says. */
const RUNBOOK = 'docs/runbook.md';

/** CloudWatch's grid has 24 columns; an alarm widget holds 100 alarms. */
const COLUMNS = 24;
const ALARMS_PER_WIDGET = 100;

/** What CloudFormation fills in. */
const REGION = `\${AWS::Region}`;
const API_ID = `\${ApiId}`;

type Line = { metric: MetricOf; label?: string };
type Graph = { title: string; lines: readonly Line[]; stat?: string };
type Widget = Record<string, unknown>;

/** What a function counts itself, by what starts it; some count more, by their names. */
export const countedByAll: Record<'request' | 'batch' | 'stream' | 'clock', readonly string[]> = {
  request: ['Failed', 'RateLimited'],
  batch: ['Retried', 'DeadLettered', 'Refused', 'ErasedMember'],
  stream: ['Retried'],
  clock: [],
};
export const countedBySome: Readonly<Record<string, readonly string[]>> = {
  'intake-http': ['Rejected', 'ErasedMember'],
  'intake-unsealed': ['Resealed'],
  'liability-close-days': ['LedgerDrift'],
  'loyalty-waiting-report': ['Waiting'],
  'complaint-due': ['ComplaintOverdue'],
  'recommend-http': ['Recommended', 'FellBack', 'SpendCapReached'],
};

export type WatchedAll = {
  config: StageConfig;
  watched: Watched;
  /** The id that the API is counted under. */
  api: string;
  /** The names of all alarms, those that stand with the functions among them. */
  alarms: readonly string[];
};

export function addDashboards(scope: Construct, all: WatchedAll): void {
  const { stage } = all.config;
  add(scope, 'Stage', nameOf(stage), stageWidgets(all), all.api);
  for (const spec of all.config.watch.domainDashboards ? domains : []) {
    const widgets = domainWidgets(spec, all);
    if (widgets.length > 0) add(scope, idOf(spec.domain), nameOf(stage, spec.domain), widgets, all.api);
  }
}

/** The body is one text, in which CloudFormation fills in the region, the account and the id of the API. */
function add(scope: Construct, id: string, dashboardName: string, widgets: readonly Widget[], api: string): void {
  const body = JSON.stringify({ start: '-PT6H', periodOverride: 'auto', widgets: placed(widgets) });
  const filledIn = body.includes(API_ID) ? Fn.sub(body, { ApiId: api }) : Fn.sub(body);
  new CfnDashboard(scope, id, { dashboardName, dashboardBody: filledIn });
}

/** From left to right and from top to bottom, each row as high as its highest widget. */
function placed(widgets: readonly Widget[]): Widget[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    const [width, height] = [Number(widget.width), Number(widget.height)];
    if (x + width > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const at = { ...widget, x, y };
    [x, rowHeight] = [x + width, Math.max(rowHeight, height)];
    return at;
  });
}

function text(markdown: string): Widget {
  return { type: 'text', width: COLUMNS, height: 2, properties: { markdown } };
}

function graph({ title, lines, stat }: Graph, width = 8): Widget {
  const metrics = lines.map(({ metric: { namespace, name, dimensions, statistic }, label }) => [
    namespace,
    name,
    ...Object.entries(dimensions).flat(),
    { stat: stat ?? statistic, ...(label !== undefined && { label }) },
  ]);
  return {
    type: 'metric',
    width,
    height: 6,
    properties: { title, region: REGION, view: 'timeSeries', stacked: false, period: 300, metrics },
  };
}

function alarmStates(title: string, names: readonly string[]): Widget[] {
  const arn = (name: string) => `${here('cloudwatch')}alarm:${name}`;
  const pages = Math.ceil(names.length / ALARMS_PER_WIDGET);
  return Array.from({ length: pages }, (_, page) => ({
    type: 'alarm',
    width: COLUMNS,
    height: 4,
    properties: {
      title: pages === 1 ? title : `${title} (${page + 1} of ${pages})`,
      // What is on comes first.
      sortBy: 'stateUpdatedTimestamp',
      states: ['ALARM'],
      alarms: names.slice(page * ALARMS_PER_WIDGET, (page + 1) * ALARMS_PER_WIDGET).map(arn),
    },
  }));
}

const lambda = (name: string, statistic: string, { name: FunctionName, of }: WatchedFunction): Line => ({
  metric: { namespace: 'AWS/Lambda', name, dimensions: { FunctionName }, statistic },
  label: of,
});
const sqs = (name: string, queue: { name: string; of: string }): Line => ({
  metric: { namespace: 'AWS/SQS', name, dimensions: { QueueName: queue.name }, statistic: 'Maximum' },
  label: queue.of,
});

function stageWidgets({ config, watched, alarms }: WatchedAll): Widget[] {
  const { functions, queues, rules, tables, deliveries } = watched;
  const { stage } = config;
  const gateway = (name: string, statistic: string): Line => ({
    metric: { namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: API_ID }, statistic },
    label: statistic.startsWith('p') ? `${name} ${statistic}` : name,
  });
  const dynamo = (name: string, statistic = 'Sum'): Line[] =>
    tables.map((table) => ({
      metric: { namespace: 'AWS/DynamoDB', name, dimensions: { TableName: table.name }, statistic },
      label: `${table.of} ${name}`,
    }));
  const bus: MetricOf['dimensions'] = { EventBusName: nameOf(stage, 'bus') };
  const failed = rules.map(({ of, name, clock }) => ({
    metric: {
      namespace: 'AWS/Events',
      name: 'FailedInvocations',
      dimensions: clock ? { RuleName: name } : { ...bus, RuleName: name },
      statistic: 'Sum',
    },
    label: of,
  }));
  const own = Object.entries(countedBySome).flatMap(([of, names]) =>
    names.map((name) => ({ metric: ownMetric(name, nameOf(stage, of)), label: `${of} ${name}` })),
  );
  const named = (...names: string[]) => own.filter(({ metric }) => names.some((it) => it === metric.name));
  const graphs: Graph[] = [
    {
      title: 'API: requests and refusals',
      lines: [gateway('Count', 'Sum'), gateway('4xx', 'Sum'), gateway('5xx', 'Sum')],
    },
    { title: 'API: latency (ms)', lines: [gateway('Latency', 'p50'), gateway('Latency', 'p99')] },
    { title: 'Functions: errors', lines: functions.map((it) => lambda('Errors', 'Sum', it)) },
    { title: 'Functions: throttles', lines: functions.map((it) => lambda('Throttles', 'Sum', it)) },
    {
      title: 'Queues: age of the oldest message (s)',
      lines: queues.filter(({ role }) => role === 'reaction').map((it) => sqs('ApproximateAgeOfOldestMessage', it)),
    },
    {
      title: 'Dead letters',
      lines: queues.filter(({ role }) => role === 'dead').map((it) => sqs('ApproximateNumberOfMessagesVisible', it)),
    },
    { title: 'Rules: events given up on', lines: failed },
    {
      title: 'Streams: behind the table (ms)',
      lines: functions.filter(({ readsStream }) => readsStream).map((it) => lambda('IteratorAge', 'Maximum', it)),
    },
    {
      title: 'Tables: consumed',
      lines: [...dynamo('ConsumedReadCapacityUnits'), ...dynamo('ConsumedWriteCapacityUnits')],
    },
    {
      title: 'Tables: throttles and conflicts',
      lines: [...dynamo('ReadThrottleEvents'), ...dynamo('WriteThrottleEvents'), ...dynamo('TransactionConflict')],
    },
    {
      title: 'Lake: age of the oldest event not written (s)',
      lines: deliveries.map(({ of, name }) => ({
        metric: {
          namespace: 'AWS/Firehose',
          name: 'DeliveryToS3.DataFreshness',
          dimensions: { DeliveryStreamName: name },
          statistic: 'Maximum',
        },
        label: of,
      })),
    },
    {
      title: 'Recommendations: lists, and those of an engine that stands in',
      lines: named('Recommended', 'FellBack', 'SpendCapReached'),
    },
    {
      title: 'Ledger drift, overdue complaints, orders that wait',
      lines: named('LedgerDrift', 'ComplaintOverdue', 'Waiting'),
    },
    { title: 'Intake: rejected events, and those of erased members', lines: named('Rejected', 'ErasedMember') },
  ];
  const domainsShown = (config.watch.domainDashboards ? domains : [])
    .map(({ domain }) => `[${domain}](#dashboards:name=${nameOf(stage, domain)})`)
    .join(' ');
  return [
    text(`# Rapport ${stage}\nWhat each alarm means and how to mend it: ${RUNBOOK}. Domains: ${domainsShown}`),
    ...alarmStates('Alarms that are on', alarms),
    ...graphs.filter(({ lines }) => lines.length > 0).map((it) => graph(it)),
  ];
}

type Starter = keyof typeof countedByAll;

/** Every function of a domain, whatever the kind of its list. */
export function functionsOfDomain(spec: DomainSpec): { name: string; starter: Starter }[] {
  const { domain: _, stack: __, http, streamReactions = [], scheduledReactions = [], ...others } = spec;
  const batches = Object.values(others).flat() as FunctionSpec[];
  const named = (starter: Starter) => (it: FunctionSpec) => ({ name: it.name, starter });
  return [
    ...(http === undefined ? [] : [http]).map(named('request')),
    ...batches.map(named('batch')),
    ...streamReactions.map(named('stream')),
    ...scheduledReactions.map(named('clock')),
  ];
}

function domainWidgets(spec: DomainSpec, { config, watched, alarms }: WatchedAll): Widget[] {
  const { stage } = config;
  const starters = new Map(functionsOfDomain(spec).map(({ name, starter }) => [name, starter]));
  const functions = watched.functions.filter(({ of }) => starters.has(of));
  if (functions.length === 0) return [];
  const isOurs = ({ of }: { of: string }) => functions.some((it) => of === it.of || of === `${it.of}-dead`);
  const queues = watched.queues.filter(isOurs);
  const undelivered = watched.rules
    .filter(isOurs)
    .flatMap(({ of, undelivered: name }) => (name === undefined ? [] : [{ of: `${of} undelivered`, name }]));
  const own = functions.flatMap(({ of, name }) =>
    [...countedByAll[starters.get(of) ?? 'clock'], ...(countedBySome[of] ?? [])].map((metric) => ({
      metric: ownMetric(metric, name),
      label: `${of} ${metric}`,
    })),
  );
  const ours = alarms.filter((alarm) => functions.some(({ name }) => alarm.startsWith(`${name}-`)));
  const graphs: Graph[] = [
    { title: 'Calls', lines: functions.map((it) => lambda('Invocations', 'Sum', it)) },
    {
      title: 'Errors and throttles',
      lines: functions.flatMap((it) => [lambda('Errors', 'Sum', it), lambda('Throttles', 'Sum', it)]),
    },
    { title: 'Duration, one run in a hundred (ms)', lines: functions.map((it) => lambda('Duration', 'p99', it)) },
    { title: 'Running at once', lines: functions.map((it) => lambda('ConcurrentExecutions', 'Maximum', it)) },
    {
      title: 'Queues: age of the oldest message (s)',
      lines: queues.filter(({ role }) => role === 'reaction').map((it) => sqs('ApproximateAgeOfOldestMessage', it)),
    },
    {
      title: 'Dead letters, and what could not be delivered',
      lines: [...queues.filter(({ role }) => role === 'dead'), ...undelivered].map((it) =>
        sqs('ApproximateNumberOfMessagesVisible', it),
      ),
    },
    {
      title: 'Behind the table (ms)',
      lines: functions.filter(({ readsStream }) => readsStream).map((it) => lambda('IteratorAge', 'Maximum', it)),
    },
    { title: 'Counted by the functions themselves', lines: own },
  ];
  return [
    text(
      `# ${spec.domain}\nOf [Rapport ${stage}](#dashboards:name=${nameOf(stage)}). What each alarm means and how to mend it: ${RUNBOOK}.`,
    ),
    ...alarmStates('Alarms that are on', ours),
    ...graphs.filter(({ lines }) => lines.length > 0).map((it) => graph(it)),
    whatWentWrong(functions, config),
  ];
}

/** The last warnings and errors in the logs of some functions; a query reads 50 log groups at most. */
function whatWentWrong(functions: readonly WatchedFunction[], { stage }: StageConfig): Widget {
  const sources = functions.slice(0, 50).map(({ of }) => `SOURCE '/rapport/${stage}/${of}'`);
  const query = [
    ...sources,
    'fields @timestamp, level, function, message, code, error, eventId, correlationId',
    "filter level in ['warn', 'error'] and ispresent(message)",
    'sort @timestamp desc',
    'limit 50',
  ].join(' | ');
  return {
    type: 'log',
    width: COLUMNS,
    height: 8,
    properties: { title: 'Warnings and errors', region: REGION, view: 'table', query },
  };
}
