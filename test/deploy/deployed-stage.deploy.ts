/**
 * The stage `dev`, deployed by the very command into an emulator of AWS, and used over its endpoints. Every test builds on
 * the ones before it: they run in their order.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { releaseVersion, stageNames } from '../../infra/config.ts';
import { type Emulator, startEmulator } from '../../infra/emulator/emulator.ts';
import { gaps } from '../../infra/emulator/gaps.ts';
import { type IssuerServer, serveIssuer } from '../../infra/emulator/issuer-server.ts';
import { templatesOf } from '../infra/stage-templates.ts';
import { journeys } from '../journeys/deployed/journeys.ts';
import { Shop } from '../journeys/deployed/shop.ts';
import { type Ran, runCommand } from './command.ts';
import { untilQueuesAreEmpty } from './queues.ts';

const STAGE = 'dev';
const AUDIENCE = 'rapport-dev';
/** A machine that does much else takes its time; what hangs, hangs longer. */
const DEPLOY_TIMEOUT_MS = 600_000;
const JOURNEY_TIMEOUT_MS = 300_000;
const PATIENCE_MS = 120_000;
const SETTLE_MS = 10_000;
const LOG_LINES = 30;

let emulator: Emulator;
let issuer: IssuerServer;
let stacks: CloudFormationClient;
let queues: SQSClient;
let first: Ran;

beforeAll(async () => {
  issuer = await serveIssuer();
  emulator = await startEmulator(process.env.RAPPORT_EMULATOR_PYTHON ?? 'python3');
  stacks = new CloudFormationClient(connection());
  queues = new SQSClient({ ...connection(), useQueueUrlAsEndpoint: false });
}, DEPLOY_TIMEOUT_MS);

afterAll(async () => {
  stacks?.destroy();
  queues?.destroy();
  await emulator?.stop();
  await issuer?.close();
});

function connection() {
  const { url, region } = emulator;
  return { endpoint: url, region, credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' } };
}

function deploy(...args: string[]): Promise<Ran> {
  const tokens = ['--issuer', issuer.issuer, '--audience', AUDIENCE];
  return runCommand('infra/commands/deploy.ts', [...args, ...tokens], emulator.environment);
}

/** A line of the deployment's own, such as `BusName rapport-dev-bus`. */
function printed(name: string): string {
  return new RegExp(`^${name} (.+)$`, 'm').exec(first.stdout)?.[1] ?? '';
}

async function standing(): Promise<{ name: string; status: string }[]> {
  const { Stacks = [] } = await stacks.send(new DescribeStacksCommand({}));
  return Stacks.map(({ StackName = '', StackStatus = '' }) => ({ name: StackName, status: StackStatus }));
}

/** Each journey is that of somebody new. */
function openShop(): Shop {
  return new Shop({
    api: printed('ApiUrl').replace(/\/$/, ''),
    bus: printed('BusName'),
    prefix: `rapport-${STAGE}`,
    aws: connection(),
    token: (request) => issuer.token(request),
    settled: () => untilQueuesAreEmpty(queues, `rapport-${STAGE}`, SETTLE_MS),
    patienceMs: PATIENCE_MS,
  });
}

/** What functions and the emulator complained of last. */
function troublesInLog(): string {
  const lines = emulator.log().split('\n');
  return lines
    .filter((line) => /"level":"(warn|error)"|ERROR|Traceback/.test(line))
    .slice(-LOG_LINES)
    .join('\n');
}

/** The stacks that the command wrote, in the order of deployment. */
function written(): CloudAssembly['stacks'] {
  return new CloudAssembly(`cdk.out/${STAGE}`).stacks;
}

test('what the emulator lacks is what is listed, and each of it is asserted of the templates', async () => {
  const templates = await Promise.all(stageNames.map(templatesOf));
  const resources = templates.flat().flatMap(({ Resources }) => Object.values(Resources));
  const lacked = [...new Set(resources.map(({ Type }) => Type))].filter((type) => !emulator.types.has(type));
  const listed = gaps.filter(({ property }) => property === undefined).map(({ type }) => type);
  expect(lacked.sort()).toEqual(listed.sort());
  for (const { type, property, assertedBy } of gaps) {
    const those = resources.filter(({ Type, Properties = {} }) => {
      return Type === type && (property === undefined || property in Properties);
    });
    expect(those.length, `${type} ${property ?? ''} is in no template`).toBeGreaterThan(0);
    expect(assertedBy.length).toBeGreaterThan(0);
    for (const file of assertedBy) {
      expect(existsSync(file), file).toBe(true);
      expect(readFileSync(file, 'utf8'), `${file} speaks of ${type}`).toContain(type);
    }
  }
  const kinds = new Set(resources.map(({ Type }) => Type)).size;
  console.info(`The emulator provisions ${kinds - lacked.length} of ${kinds} resource types; it lacks:`);
  for (const { type, property, standIn } of gaps) {
    console.info(`  ${type}${property === undefined ? '' : ` with ${property}`}: ${standIn}`);
  }
});

test(
  'a first deployment bootstraps, deploys stack after stack, and finds the stage well',
  async () => {
    rmSync(`cdk.out/${STAGE}`, { recursive: true, force: true });
    first = await deploy('--stage', STAGE, '--yes');
    expect(first, first.stderr.slice(-2_000)).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(/is not bootstrapped|adds \d+ AWS::IAM::Role \(access\)/);
    const names = (await standing()).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['CDKToolkit', ...written().map(({ stackName }) => stackName)].toSorted());
    expect((await standing()).filter(({ status }) => status !== 'CREATE_COMPLETE')).toEqual([]);
    for (const { stackName, dependencies } of written()) {
      for (const { id } of dependencies.filter((it) => names.includes(it.id))) {
        expect(names.indexOf(id), `${stackName} needs ${id}`).toBeLessThan(names.indexOf(stackName));
      }
    }
    const looks = first.stdout.split('\n').filter((line) => /^(ok|NOT OK) {2}/.test(line));
    expect(looks.length).toBeGreaterThanOrEqual(7);
    expect(looks.filter((line) => !line.startsWith('ok'))).toEqual([]);
    expect(printed('ApiUrl')).toMatch(new RegExp(`^${emulator.url}/`));
    expect(printed('BusName')).toBe('rapport-dev-bus');
    expect(first.stdout).toContain(`version ${releaseVersion()}`);
  },
  DEPLOY_TIMEOUT_MS,
);

test.each(journeys)(
  'deployed: $name',
  async ({ walk }) => {
    onTestFailed(() => console.error(troublesInLog()));
    const shop = openShop();
    try {
      await walk(shop);
    } finally {
      shop.close();
    }
  },
  JOURNEY_TIMEOUT_MS,
);

test(
  'a stage is looked after by the commands: a dead letter is found, sent again and dropped, and the books are right',
  async () => {
    const command = (name: string, ...args: string[]): Promise<Ran> =>
      runCommand(`infra/commands/${name}.ts`, [...args, '--stage', STAGE], emulator.environment);
    const shop = openShop();
    const poison = shop.id('nothing at all');
    await shop.slip('loyalty-order-placed', poison);
    shop.close();
    await untilQueuesAreEmpty(queues, `rapport-${STAGE}`, SETTLE_MS);
    const listed = await command('dead-letters', 'list');
    expect(listed).toMatchObject({ status: 0, stderr: '' });
    expect(listed.stdout).toMatch(/rapport-dev-loyalty-order-placed-dead: 1, .*\n.*\n +\S+ .* malformed_json /);
    const alarms = await command('alarms');
    expect(alarms, alarms.stderr).toMatchObject({ status: 1 });
    expect(alarms.stdout).toMatch(/^ {2}ON .* rapport-dev-loyalty-order-placed-dead /m);
    // It fails still, so it is where it was.
    expect(await command('dead-letters', 'redrive', '--all', '--wait', '10')).toMatchObject({ status: 2 });
    const queue = ['--queue', 'rapport-dev-loyalty-order-placed-dead'];
    expect(await command('dead-letters', 'drop', ...queue, '--yes')).toMatchObject({ status: 0 });
    expect((await command('dead-letters', 'list')).stdout).toBe('No dead letters.\n');
    const reconciled = await command('reconcile');
    expect(reconciled, reconciled.stderr).toMatchObject({ status: 0 });
    const figures = JSON.parse(reconciled.stdout.trim().split('\n').at(-1) ?? '') as {
      differences: number;
      compared: object;
    };
    expect(figures).toMatchObject({ differences: 0, compared: { accounts: expect.any(Number) } });
    const span = ['--from', shop.daysAgo(2), '--to', shop.daysAgo(0)];
    const replay = await command('replay', ...span, '--dry-run');
    expect(replay, replay.stderr).toMatchObject({ status: 0 });
    expect(replay.stdout).toContain('No account and no score would change.');
  },
  JOURNEY_TIMEOUT_MS,
);

test('the role of the pipeline can be made of its template', async () => {
  const StackName = 'github-role';
  const provider = 'arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com';
  await stacks.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: readFileSync('infra/deploy/github-role.yaml', 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: [
        { ParameterKey: 'Repository', ParameterValue: 'shop/rapport' },
        { ParameterKey: 'Stage', ParameterValue: STAGE },
        // The emulator makes no provider; an account that has one names it.
        { ParameterKey: 'ProviderArn', ParameterValue: provider },
      ],
    }),
  );
  const soon = { client: stacks, minDelay: 1, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilStackCreateComplete(soon, { StackName });
  const { Stacks: [made] = [] } = await stacks.send(new DescribeStacksCommand({ StackName }));
  const outputs = Object.fromEntries(
    (made?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  expect(outputs).toMatchObject({
    RoleArn: expect.stringContaining('role/rapport-dev-deploy'),
    ProviderArn: provider,
  });
  await stacks.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete(soon, { StackName });
});

test(
  'a deployment of the same commit changes nothing',
  async () => {
    const again = await deploy('--stage', STAGE, '--yes');
    expect(again, again.stderr.slice(-2_000)).toMatchObject({ status: 0 });
    for (const { stackName: name } of written()) {
      expect(again.stdout).toContain(`${name}: no difference`);
      expect(`${again.stdout}${again.stderr}`).toContain(`${name} (no changes)`);
    }
    // Not by its own account alone: CloudFormation finds nothing to do in any of the templates either.
    const cdk = ['diff', `--app=cdk.out/${STAGE}`, '--method=change-set', '--fail', '--no-notices'];
    const asked = await runCommand('node_modules/aws-cdk/bin/cdk', cdk, emulator.environment);
    expect(asked, asked.stderr.slice(-2_000)).toMatchObject({ status: 0 });
    expect(`${asked.stdout}${asked.stderr}`).toMatch(/Number of stacks with differences: 0/);
  },
  DEPLOY_TIMEOUT_MS,
);

test(
  'a stack of another application is left alone',
  async () => {
    const StackName = 'rapport-staging-stateful';
    const TemplateBody = JSON.stringify({ Resources: { Theirs: { Type: 'AWS::SNS::Topic' } } });
    await stacks.send(
      new CreateStackCommand({ StackName, TemplateBody, Tags: [{ Key: 'application', Value: 'payroll' }] }),
    );
    await waitUntilStackCreateComplete({ client: stacks, minDelay: 1, maxDelay: 1, maxWaitTime: 30 }, { StackName });
    const before = await standing();
    const refused = await deploy('--stage', 'staging', '--yes');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^deploy: The stack rapport-staging-stateful is not ours: .*application=payroll.*\n$/,
    );
    const notRemoved = await deploy('--stage', 'staging', '--remove', '--yes');
    expect(notRemoved).toMatchObject({ status: 2 });
    expect(await standing()).toEqual(before);
    await stacks.send(new DeleteStackCommand({ StackName }));
    await waitUntilStackDeleteComplete({ client: stacks, minDelay: 1, maxDelay: 1, maxWaitTime: 30 }, { StackName });
  },
  DEPLOY_TIMEOUT_MS,
);

test(
  'a stage is removed by name only, and then it is gone',
  async () => {
    const unasked = await deploy('--stage', STAGE, '--remove');
    expect(unasked).toMatchObject({ status: 2, stdout: '' });
    const removed = await deploy('--stage', STAGE, '--remove', '--yes');
    expect(removed, removed.stderr).toMatchObject({ status: 0, stderr: '' });
    for (const { stackName } of written()) expect(removed.stdout).toContain(`${stackName}: deleted`);
    expect((await standing()).map(({ name }) => name).filter((name) => name.startsWith('rapport-'))).toEqual([]);
    const again = await deploy('--stage', STAGE, '--remove', '--yes');
    expect(again).toMatchObject({ status: 2 });
    expect(again.stderr).toMatch(/nothing of dev/);
  },
  DEPLOY_TIMEOUT_MS,
);
