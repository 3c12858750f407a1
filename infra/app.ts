import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Tags, Validations } from 'aws-cdk-lib/core';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import {
  isRollout,
  isStageName,
  nameOf,
  type Rollout,
  rollouts,
  type StageConfig,
  type StageName,
  stageNames,
  stages,
  tagsOf,
} from './config.ts';
import { root } from './constructs/bundle.ts';
import { EdgeStack } from './constructs/edge.ts';
import { domainStacks } from './constructs/wiring.ts';
import { HouseRules } from './stacks/house-rules.ts';
import { StatefulStack } from './stacks/stateful.ts';
import { DomainStack, StatelessStack } from './stacks/stateless.ts';
import { WatchStack } from './stacks/watch.ts';

export type SynthesisOptions = {
  stage: StageName;
  /** False: templates with a placeholder for code, and no cdk-nag: fast, for tests and the local runtime. */
  bundle: boolean;
  /** Where the assembly is written; without it a new directory under the system's temporary one, which the caller may delete. */
  outdir?: string;
  /** Whether cdk-nag looks at the templates; an unacknowledged finding makes the synthesis throw. Default: as `bundle`. */
  check?: boolean;
  /** Who signs the tokens, and whom they are for, in place of the stage's own. */
  issuer?: string;
  audience?: string;
  /** How new code takes over, in place of the stage's own way: at once, where what runs is worse than any that could follow. */
  rollout?: Rollout;
};

/** Writes the CloudFormation templates of a stage, offline and in this process. The same input gives the same bytes. */
export async function synthesise({
  stage,
  bundle,
  outdir,
  check = bundle,
  issuer,
  audience,
  rollout = stages[stage].rollout,
}: SynthesisOptions): Promise<CloudAssembly> {
  const app = new App({
    ...(outdir === undefined ? {} : { outdir }),
    context: flags(),
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: check,
  });
  await build(app, { ...withIssuer(stages[stage], issuer, audience), rollout }, { bundle, check });
  return app.synth();
}

/** The feature flags of cdk.json: the CLI passes them on, a synthesis in process reads them itself. */
function flags(): Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  return context;
}

function withIssuer(config: StageConfig, issuer = config.jwt.issuer, audience = config.jwt.audience): StageConfig {
  return { ...config, jwt: { issuer, audience } };
}

async function build(
  app: App,
  config: StageConfig,
  { bundle, check }: { bundle: boolean; check: boolean },
): Promise<void> {
  const tags = tagsOf(config.stage);
  const about = { analyticsReporting: false, terminationProtection: config.removal === 'retain', tags };
  const stateful = new StatefulStack(app, nameOf(config.stage, 'stateful'), config, {
    ...about,
    description: `Rapport ${config.stage}: key, bus, tables and lake.`,
  });
  const surroundings = { config, foundation: stateful.foundation, bundle };
  const stateless = new StatelessStack(app, nameOf(config.stage, 'stateless'), surroundings, {
    ...about,
    terminationProtection: false,
    description: `Rapport ${config.stage}: functions, rules, queues and the API.`,
  });
  const apart = domainStacks
    .filter((it) => it !== 'stateless')
    .map((name) => {
      const props = {
        ...about,
        terminationProtection: false,
        description: `Rapport ${config.stage}: functions, rules and queues of ${name}.`,
      };
      return new DomainStack(app, nameOf(config.stage, name), { name, surroundings, api: stateless.api }, props);
    });
  const stacks = [stateful, stateless, ...apart];
  new WatchStack(
    app,
    nameOf(config.stage, 'watch'),
    { config, stacks },
    {
      ...about,
      terminationProtection: false,
      // Many small resources: written without blanks the template stays well below what CloudFormation takes.
      suppressTemplateIndentation: true,
      description: `Rapport ${config.stage}: dashboards and alarms.`,
    },
  );
  if (config.edge !== undefined) {
    const { stage, edge } = config;
    const description = `Rapport ${stage}: CloudFront and a web ACL in front of the API.`;
    new EdgeStack(app, nameOf(stage, 'edge'), { stage, edge }, { ...about, terminationProtection: false, description });
  }
  for (const [key, value] of Object.entries(tags)) Tags.of(app).add(key, value);
  Validations.of(app).addPlugins(
    new HouseRules({ production: config.removal === 'retain', canary: config.rollout === 'canary' }),
  );
  if (check) {
    // Loaded only where it is used: cdk-nag pulls in every construct library there is.
    const { AwsSolutionsChecks } = await import('cdk-nag');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true }));
  }
}

/** The app as the CDK's command line runs it: `cdk synth -c stage=prod -c issuer=... -c audience=... -c rollout=at_once`. */
async function main(): Promise<void> {
  const app = new App({ analyticsReporting: false, treeMetadata: false });
  const read = (key: string): string | undefined => {
    const value: unknown = app.node.tryGetContext(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const stage = read('stage') ?? 'dev';
  if (!isStageName(stage)) throw new Error(`There is no stage "${stage}"; there are ${stageNames.join(', ')}.`);
  const config = withIssuer(
    stages[stage],
    read('issuer') ?? process.env.RAPPORT_ISSUER,
    read('audience') ?? process.env.RAPPORT_AUDIENCE,
  );
  const rollout = read('rollout') ?? config.rollout;
  if (!isRollout(rollout)) throw new Error(`New code takes over ${rollouts.join(' or ')}, not "${rollout}".`);
  await build(app, { ...config, rollout }, { bundle: true, check: true });
  app.synth();
}

if (import.meta.main) await main();
