import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Stack } from 'aws-cdk-lib/core';
import { afterAll, describe, expect, test } from 'vitest';
import { synthesise } from '../../infra/app.ts';
import { type StageName, stageNames, stages } from '../../infra/config.ts';
import { alarmKinds } from '../../infra/constructs/alarms.ts';
import { countedByAll, countedBySome, functionsOfDomain } from '../../infra/constructs/dashboards.ts';
import { watchedIn } from '../../infra/constructs/watched.ts';
import { domains } from '../../infra/domains/domains.ts';
import { at, listOf, property, type Resource, StageTemplates, type Template } from '../../infra/stacks/template.ts';
import { functionsOf, templatesOf } from './stage-templates.ts';
import { alarmsIn, unwatchedIn, watchedTypes } from './watch-coverage.ts';

const written = new Map<StageName, Template[]>();
for (const stage of stageNames) written.set(stage, await templatesOf(stage));
const templatesIn = (stage: StageName): Template[] => structuredClone(written.get(stage)!);
const watchOf = (templates: readonly Template[]): Template =>
  templates.find((it) => Object.values(it.Resources).some(({ Type }) => Type === 'AWS::CloudWatch::Dashboard'))!;
const runbook = readFileSync('docs/runbook.md', 'utf8');

describe.each(stageNames)('the stage %s', (stage) => {
  const templates = templatesIn(stage);
  const alarms = alarmsIn(templates);

  test('has an alarm on every resource that can fail, by its dimensions', () => {
    expect(unwatchedIn(templates)).toEqual([]);
  });

  test('has alarms that tell the topic, take silence for peace, and lead to the runbook', () => {
    expect(new Set(alarms.map(({ name }) => name)).size).toBe(alarms.length);
    for (const { name, resource, section } of alarms) {
      expect(JSON.stringify(property(resource, 'AlarmActions')), name).toContain(`:rapport-${stage}-alarms"`);
      expect(property(resource, 'TreatMissingData'), name).toBe('notBreaching');
      expect(alarmKinds as readonly string[], name).toContain(section);
      // Metric math reads ten metrics at the most, and a day.
      const metrics = listOf(property(resource, 'Metrics')).filter((it) => at(it, 'MetricStat') !== undefined);
      expect(metrics.length, name).toBeLessThanOrEqual(10);
      const seconds = Number(property(resource, 'Period') ?? at(metrics[0], 'MetricStat', 'Period'));
      expect(seconds * Number(property(resource, 'EvaluationPeriods')), name).toBeLessThanOrEqual(86_400);
    }
  });

  test('fills in what its expressions leave out, and reads every metric that it names', () => {
    for (const { name, resource } of alarms) {
      const parts = listOf(property(resource, 'Metrics'));
      if (parts.length === 0) continue;
      const [expression, ...more] = parts.flatMap((it) => at(it, 'Expression') ?? []);
      expect(more, name).toEqual([]);
      const ids = parts.flatMap((it) => (at(it, 'MetricStat') === undefined ? [] : String(at(it, 'Id'))));
      for (const id of ids) expect(String(expression), name).toMatch(new RegExp(`FILL\\(${id},0\\)`));
      const used = [...String(expression).matchAll(/[a-z]\w*/g)].map(([id]) => id);
      expect(
        used.filter((id) => !ids.includes(id)),
        name,
      ).toEqual([]);
    }
  });

  test('is watched by a stack that imports nothing and is far from the limits of CloudFormation', () => {
    const watch = watchOf(templates);
    const text = JSON.stringify(watch);
    expect(text).not.toContain('Fn::ImportValue');
    expect(Object.keys(watch.Resources).length).toBeLessThanOrEqual(450);
    expect(Buffer.byteLength(text)).toBeLessThan(900_000);
    const exported = templates.flatMap((it) =>
      Object.values(it.Outputs ?? {}).flatMap(({ Export }) => Export?.Name ?? []),
    );
    expect(exported.filter((name) => name.startsWith(`rapport-${stage}-watch`))).toEqual([]);
  });

  test('has a dashboard, and so has each of its domains with every function of it', () => {
    const bodies = dashboardsIn(templates);
    const withFunctions = domains.filter((it) => functionsOfDomain(it).length > 0).map(({ domain }) => domain);
    expect([...bodies.keys()].sort()).toEqual(
      [`rapport-${stage}`, ...withFunctions.map((it) => `rapport-${stage}-${it}`)].sort(),
    );
    const missing = functionsOf(new StageTemplates(templates)).filter(({ name }) => {
      const shown = `"AWS/Lambda","Invocations","FunctionName","rapport-${stage}-${name}"`;
      return ![...bodies.values()].some((body) => body.includes(shown));
    });
    expect(missing.map(({ name }) => name)).toEqual([]);
    const stageBody = bodies.get(`rapport-${stage}`) ?? '';
    expect(alarms.filter(({ name }) => !stageBody.includes(`:alarm:${name}"`))).toEqual([]);
  });

  test('has dashboards within what CloudWatch shows', () => {
    for (const [name, body] of dashboardsIn(templates)) {
      const { widgets } = JSON.parse(body) as { widgets: DashboardWidget[] };
      let metrics = 0;
      for (const { x, y, width, height, type, properties } of widgets) {
        expect(x + width, name).toBeLessThanOrEqual(24);
        expect(Number.isInteger(x + y + height), name).toBe(true);
        if (type === 'alarm') expect(properties.alarms?.length, name).toBeLessThanOrEqual(100);
        if (type === 'metric') expect(properties.metrics?.length, name).toBeLessThanOrEqual(500);
        metrics += properties.metrics?.length ?? 0;
      }
      expect(metrics, name).toBeLessThanOrEqual(2_500);
      expect(overlapsIn(widgets), name).toEqual([]);
    }
  });
});

type DashboardWidget = {
  x: number;
  y: number;
  width: number;
  height: number;
  type: string;
  properties: { alarms?: unknown[]; metrics?: unknown[] };
};

/** The bodies of the dashboards by name, with what CloudFormation fills in left as it stands. */
function dashboardsIn(templates: readonly Template[]): Map<string, string> {
  return new Map(
    new StageTemplates(templates).ofType('AWS::CloudWatch::Dashboard').map(([, dashboard]) => {
      const [body] = listOf<string>(at(property(dashboard, 'DashboardBody'), 'Fn::Sub'));
      return [String(property(dashboard, 'DashboardName')), body ?? ''];
    }),
  );
}

function overlapsIn(widgets: readonly DashboardWidget[]): string[] {
  return widgets.flatMap((a, place) =>
    widgets.slice(place + 1).flatMap((b) => {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      return apart ? [] : [`${a.x},${a.y} and ${b.x},${b.y}`];
    }),
  );
}

describe('what nobody watches is found', () => {
  test('where a queue is added', () => {
    const templates = templatesIn('prod');
    templates[0]!.Resources.Another = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'rapport-prod-another' } };
    expect(unwatchedIn(templates)).toEqual([
      'AWS::SQS::Queue Another: AWS/SQS ApproximateNumberOfMessagesVisible QueueName=rapport-prod-another',
    ]);
  });

  test.each(watchedTypes)('where a resource of the type %s gets another name, and no alarm with it', (type) => {
    const templates = templatesIn('prod');
    const found = templates
      .flatMap(({ Resources }) => Object.entries(Resources))
      .filter(([, it]) => isFeed(it, type, templates));
    expect(found.length).toBeGreaterThan(0);
    for (const [id] of found.slice(0, 3)) {
      const harmed = renamed(templates, id, type);
      expect(unwatchedIn(harmed).length, id).toBeGreaterThan(0);
    }
  });

  // One alarm less, of each kind that belongs to a resource.
  test.each(
    alarmKinds.filter((it) => /^(function|queue|rule|stream|table|api|lake)-/.test(it) && it !== 'function-canary'),
  )('where an alarm of the kind %s is taken away', (kind) => {
    const templates = templatesIn('prod');
    const { id } = alarmsIn(templates).find(({ section }) => section === kind)!;
    for (const { Resources } of templates) delete Resources[id];
    expect(unwatchedIn(templates).length).toBeGreaterThan(0);
  });
});

/** Of mappings only those of a stream have a metric of their own. */
function isFeed({ Type, Properties }: Resource, type: string, templates: readonly Template[]): boolean {
  if (Type !== type) return false;
  if (type !== 'AWS::Lambda::EventSourceMapping') return true;
  const source = new StageTemplates(templates).resourceOf(at(Properties, 'EventSourceArn'));
  return source?.Type !== 'AWS::SQS::Queue';
}

function renamed(templates: readonly Template[], id: string, type: string): Template[] {
  const harmed = structuredClone(templates) as Template[];
  const template = harmed.find(({ Resources }) => Resources[id] !== undefined)!;
  const resource = template.Resources[id]!;
  const names = ['FunctionName', 'QueueName', 'TableName', 'DeliveryStreamName', 'Name'];
  if (type === 'AWS::ApiGatewayV2::Api') template.Resources.AnotherApi = resource;
  else if (type === 'AWS::Lambda::EventSourceMapping') {
    const added = { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'rapport-prod-another' } };
    template.Resources.Another = added;
    resource.Properties!.FunctionName = { Ref: 'Another' };
  } else
    for (const name of names) if (typeof resource.Properties?.[name] === 'string') resource.Properties[name] += '-2';
  return harmed;
}

describe('what is added', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'rapport-watched-'));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const stackWith = (queueName?: string): Stack => {
    const stack = new Stack(new App({ outdir, analyticsReporting: false, treeMetadata: false }), 'more');
    new Queue(stack, 'Queue', queueName === undefined ? {} : { queueName });
    return stack;
  };

  test('is watched by itself', () => {
    const { queues } = watchedIn([stackWith('rapport-dev-another')], stages.dev);
    expect(queues).toEqual([{ of: 'another', name: 'rapport-dev-another', role: 'dead' }]);
  });

  test.each([[undefined], ['another']])('and has no name of its stage cannot be: %s', (name) => {
    expect(() => watchedIn([stackWith(name)], stages.dev)).toThrow(/more\/Queue\/Resource has no name/);
  });
});

describe('the runbook', () => {
  const sections = new Map(
    runbook
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')).trim(), text] as const),
  );
  const ofAlarms = [...sections.keys()].filter((it) => /^[a-z-]+$/.test(it));

  test('has a section for each alarm, and each of its sections an alarm', () => {
    const used = new Set(alarmsIn(templatesIn('prod')).map(({ section }) => section));
    expect([...used].sort()).toEqual([...alarmKinds].sort());
    expect(ofAlarms.sort()).toEqual([...alarmKinds].sort());
  });

  test.each(alarmKinds)('says of %s what it means, how to look and how to mend', (kind) => {
    const section = sections.get(kind) ?? '';
    for (const heading of ['**Means**', '**Look**', '**Mend**']) expect(section).toContain(heading);
    expect(section.length).toBeGreaterThan(300);
  });

  test('speaks of commands that are there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...runbook.matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, script]) => script!);
    expect([...new Set(named)].filter((script) => scripts[script] === undefined)).toEqual([]);
  });
});

describe('what functions count themselves', () => {
  const source = readFileSync('shared/runtime/metrics.ts', 'utf8');
  const names = [...(/export type MetricName =([^;]+);/.exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
    ([, it]) => it!,
  );
  const alarmed = [
    ...new Set(
      alarmsIn(templatesIn('prod')).flatMap(({ looks }) =>
        looks.flatMap(({ metric }) => (metric.startsWith('Rapport ') ? metric.slice('Rapport '.length) : [])),
      ),
    ),
  ];

  test('is all counted somewhere', () => {
    const code = filesIn('functions', 'shared').filter((path) => !path.endsWith('runtime/metrics.ts'));
    const texts = code.map((path) => readFileSync(path, 'utf8'));
    const counted = names.filter((name) => texts.some((text) => new RegExp(`\\b${name}:`).test(text)));
    expect(counted).toEqual(names);
  });

  test('is what the alarms on it read', () => {
    expect(alarmed.length).toBeGreaterThan(5);
    const shown = [...Object.values(countedByAll), ...Object.values(countedBySome)].flat();
    expect([...alarmed, ...shown].filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !shown.includes(name))).toEqual([]);
    for (const { looks, name } of alarmsIn(templatesIn('prod'))) {
      for (const { metric, dimensions } of looks.filter((it) => it.metric.startsWith('Rapport '))) {
        const of = String(dimensions.function).replace('rapport-prod-', '');
        const some = countedBySome[of] ?? [];
        expect(name.includes('canary') || some.some((it) => metric === `Rapport ${it}`), name).toBe(true);
      }
    }
  });

  test('and has no alarm is said to have none, and why', () => {
    const table = /^## Counted without an alarm\n([\s\S]*?)(?=^## )/m.exec(runbook)?.[1] ?? '';
    const rows = [...table.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name, why]) => [name, why] as const);
    expect(rows.map(([name]) => name).sort()).toEqual(names.filter((name) => !alarmed.includes(name)).sort());
    for (const [, why] of rows) expect(why?.length).toBeGreaterThan(40);
  });
});

function filesIn(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesIn(path) : [path];
    }),
  );
}

test('without the watching stack a stage is written all the same', async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'rapport-unwatched-'));
  try {
    const { stacks } = await synthesise({ stage: 'dev', bundle: false, outdir });
    const others = stacks.filter(({ stackName }) => stackName !== 'rapport-dev-watch');
    // Nothing else refers to it: an alarm of a function stands with the function.
    expect(JSON.stringify(others.map(({ template }) => template))).not.toContain('rapport-dev-watch');
    expect(others.length).toBe(stacks.length - 1);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
