import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { App, Stack, Tags } from 'aws-cdk-lib/core';
import { afterAll, describe, expect, test } from 'vitest';
import { stages } from '../../infra/config.ts';
import { BoundFunction } from '../../infra/constructs/function.ts';
import { failuresCounted } from '../../infra/constructs/rollout.ts';
import type { FunctionSpec } from '../../infra/constructs/wiring.ts';
import { findingsIn } from '../../infra/stacks/house-rules.ts';
import { StatefulStack } from '../../infra/stacks/stateful.ts';
import {
  at,
  listOf,
  property,
  type Resource,
  StageTemplates,
  statementsOf,
  type Template,
} from '../../infra/stacks/template.ts';
import { type MetricName, writeMetrics } from '../../shared/runtime/metrics.ts';
import { functionsOf, stacksOf } from './stage-templates.ts';

mkdirSync('cdk.out', { recursive: true });
const workshop = mkdtempSync(resolve('cdk.out/rollout-'));
afterAll(() => rmSync(workshop, { recursive: true }));

const failuresAlarm = 'rapport-prod-quote-http-failures-function-canary';
const prod = await stacksOf('prod');
const stage = new StageTemplates(prod.map(({ template }) => template));
const nameOfFunction = new Map(functionsOf(stage).map(({ id, name }) => [id, name]));

/** Deployment groups by the function whose alias they move, each with the metrics that it watches. */
const watchedBy = Object.fromEntries(
  stage.ofType('AWS::Lambda::Alias').map(([, alias]) => {
    const group = stage.resourceOf(at(alias.UpdatePolicy, 'CodeDeployLambdaAliasUpdate', 'DeploymentGroupName'));
    const alarms = listOf(property(group, 'AlarmConfiguration', 'Alarms')).map((it) =>
      stage.resourceOf(at(it, 'Name')),
    );
    return [
      nameOfFunction.get(stage.idOf(property(alias, 'FunctionName'))!),
      alarms.map((it) => `${property(it, 'MetricName')} > ${property(it, 'Threshold')}`),
    ];
  }),
);

describe('a rollout in production', () => {
  test.each([
    ['of an API', 'loyalty-http', ['Errors > 0', 'Failed > 5', 'Duration > 9000']],
    ['of an API that takes its time', 'backtest-http', ['Errors > 0', 'Failed > 5', 'Duration > 26100']],
    ['of a reaction', 'loyalty-order-placed', ['Errors > 0', 'Retried > 5']],
    ['of who follows a table', 'reputation-fold', ['Errors > 0', 'Retried > 5']],
    ['of what the clock starts', 'liability-close-days', ['Errors > 0']],
  ])('%s goes by what is measured of it', (_what, name, watched) => {
    expect(watchedBy[name]).toEqual(watched);
  });

  test('goes by nothing that no function counts', () => {
    const counted: (MetricName | undefined)[] = Object.values(failuresCounted);
    const lines: string[] = [];
    for (const name of counted) if (name !== undefined) writeMetrics('any', { [name]: 1 }, (line) => lines.push(line));
    const [first, second] = lines.map((line) => at(JSON.parse(line), '_aws', 'CloudWatchMetrics'));
    expect([first, second]).toMatchObject([
      [{ Namespace: 'Rapport', Dimensions: [['function']], Metrics: [{ Name: 'Failed' }] }],
      [{ Namespace: 'Rapport', Dimensions: [['function']], Metrics: [{ Name: 'Retried' }] }],
    ]);
    const own = stage.ofType('AWS::CloudWatch::Alarm').filter(([, it]) => property(it, 'AlarmName') === failuresAlarm);
    expect(own.map(([, it]) => [property(it, 'Namespace'), property(it, 'Dimensions')])).toEqual([
      ['Rapport', [{ Name: 'function', Value: 'rapport-prod-quote-http' }]],
    ]);
  });

  test('is there for each function, and by the alarms of that function alone', () => {
    expect(Object.keys(watchedBy).sort()).toEqual([...nameOfFunction.values()].sort());
    for (const [, group] of stage.ofType('AWS::CodeDeploy::DeploymentGroup')) {
      const of = String(property(group, 'DeploymentGroupName'));
      for (const { Name } of listOf<{ Name: unknown }>(property(group, 'AlarmConfiguration', 'Alarms'))) {
        const dimensions = listOf<{ Value: string }>(property(stage.resourceOf(Name), 'Dimensions'));
        expect(dimensions.map(({ Value }) => Value.replace(/:live$/, ''))).toEqual(dimensions.map(() => of));
      }
    }
  });

  test('is done by a role that moves the aliases of its own stack, and starts nothing', () => {
    for (const { template } of prod) {
      const own = new StageTemplates([template]);
      const functions = own.ofType('AWS::Lambda::Function').map(([id]) => id);
      const roles = own
        .ofType('AWS::IAM::Role')
        .filter(([, it]) => JSON.stringify(it).includes('codedeploy.amazonaws'));
      expect(roles).toHaveLength(functions.length === 0 ? 0 : 1);
      for (const [, role] of roles) {
        const [policy] = listOf(property(role, 'Policies'));
        const statements = statementsOf(at(policy, 'PolicyDocument'));
        expect(statements.flatMap(({ Action }) => listOf(Action)).sort()).toEqual([
          'cloudwatch:DescribeAlarms',
          'lambda:GetAlias',
          'lambda:GetProvisionedConcurrencyConfig',
          'lambda:UpdateAlias',
        ]);
        const moved = statements.find(({ Action }) => listOf(Action).includes('lambda:UpdateAlias'));
        expect(
          listOf(moved?.Resource)
            .map((it) => own.idOf(it))
            .sort(),
        ).toEqual(functions.sort());
      }
    }
  });

  test('can be left out where there is no time for it; the versions before stay all the same', async () => {
    const templates = (await stacksOf('prod', { rollout: 'at_once' })).map(({ template }) => template);
    const hurried = new StageTemplates(templates);
    expect(hurried.ofType('AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
    expect(hurried.ofType('AWS::Lambda::Alias').filter(([, { UpdatePolicy }]) => UpdatePolicy !== undefined)).toEqual(
      [],
    );
    expect(findingsIn(templates, { production: true, canary: false })).toEqual([]);
    // The aliases and versions are the same ones: to hurry once changes nothing of what is deployed but the way.
    for (const type of ['AWS::Lambda::Alias', 'AWS::Lambda::Version']) {
      expect(hurried.ofType(type).map(([id]) => id)).toEqual(stage.ofType(type).map(([id]) => id));
    }
  });
});

test('a stage for trying things out does all at once', async () => {
  const dev = new StageTemplates((await stacksOf('dev')).map(({ template }) => template));
  expect(dev.ofType('AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
  expect(dev.ofType('AWS::CodeDeploy::Application')).toEqual([]);
});

/** Two functions as they are deployed, code and all; the ids of their versions by their names. */
function versions(code: Record<'one' | 'two', string>, change: (specs: Specs, stack: Stack) => void = () => undefined) {
  const app = new App({
    outdir: mkdtempSync(join(workshop, 'assembly-')),
    analyticsReporting: false,
    treeMetadata: false,
    context: (JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }).context,
  });
  const { foundation } = new StatefulStack(app, 'stateful', stages.dev, {});
  const stack = new Stack(app, 'functions');
  const specs: Specs = { one: specOf('one', code.one), two: specOf('two', code.two) };
  change(specs, stack);
  for (const { memoryMb = 512, ...spec } of Object.values(specs)) {
    const size = { memoryMb, timeoutSeconds: 10 };
    new BoundFunction(stack, { config: stages.dev, foundation, bundle: true }, spec, size, 'batch');
  }
  const template = app.synth().getStackByName('functions').template as Template;
  const stage = new StageTemplates([template]);
  return Object.fromEntries(
    functionsOf(stage).map(({ id, name }) => [
      name,
      stage.ofType('AWS::Lambda::Version').find(([, it]) => stage.idOf(property(it, 'FunctionName')) === id)?.[0],
    ]),
  );
}

type Specs = Record<'one' | 'two', FunctionSpec & { memoryMb?: number }>;

function specOf(name: string, code: string): FunctionSpec {
  const file = join(workshop, `${name}.ts`);
  writeFileSync(file, code);
  return { name, entry: relative(process.cwd(), file), binds: [] };
}

describe('a version', () => {
  const code = { one: 'export const handler = () => 1;', two: 'export const handler = () => 2;' };
  const before = versions(code);

  test('is the same for the same code', () => {
    expect(Object.keys(before)).toEqual(['one', 'two']);
    expect(versions(code)).toEqual(before);
    expect(versions({ ...code, one: `${code.one} // as it was` })).toEqual(before);
  });

  test('is new where the code is, and of no other function', () => {
    const after = versions({ ...code, two: 'export const handler = () => 3;' });
    expect(after).toEqual({ one: before.one, two: expect.stringMatching(/^TwoFunctionCurrentVersion/) });
    expect(after.two).not.toBe(before.two);
  });

  test('is new where the configuration is, and of no other function', () => {
    const larger = versions(code, ({ one }) => {
      one.memoryMb = 1_024;
    });
    expect([larger.one === before.one, larger.two === before.two]).toEqual([false, true]);
    const told = versions(code, ({ two }) => {
      two.binds = [{ kind: 'stage', variable: 'STAGE' }];
    });
    expect([told.one === before.one, told.two === before.two]).toEqual([true, false]);
  });

  test('is the same where only what it is called by, or reached under, is another', () => {
    const tagged = versions(code, (_specs, stack) => Tags.of(stack).add('owner', 'shop'));
    expect(tagged).toEqual(before);
  });
});

test('a resource of an alarm or of a rollout is named so that people find it', () => {
  const named = (type: string, name: string): string[] =>
    stage.ofType(type).map(([, it]: [string, Resource]) => String(property(it, name)));
  const names = [
    ...named('AWS::CloudWatch::Alarm', 'AlarmName'),
    ...named('AWS::CodeDeploy::DeploymentGroup', 'DeploymentGroupName'),
  ];
  expect(names.filter((name) => !/^rapport-prod-[a-z0-9-]{1,80}$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
