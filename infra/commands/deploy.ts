import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { assertShopPolicy } from '../../shared/policy/check-policy.ts';
import { isPlaceholderIssuer, isStageName, type StageName, stageNames, stages } from '../config.ts';
import { firstLine, UsageError } from './usage-error.ts';

const help = `npm run deploy -- --stage ${stageNames.join('|')} [options]

Writes the CloudFormation templates of a stage, checks them, and deploys them with the AWS CDK.

  --stage NAME     the environment: ${stageNames.join(', ')}
  --synth-only     write and check the templates in cdk.out/<stage>, offline, and deploy nothing
  --yes            deploy without asking, even what widens access
  --issuer URL     who signs the tokens (or RAPPORT_ISSUER; default: infra/config.ts)
  --audience NAME  whom the tokens are for (or RAPPORT_AUDIENCE; default: infra/config.ts)
  --help           this text

Exit code 0: done. 1: a check or the deployment failed. 2: nothing was done, because of how it was called.
`;

const root = join(import.meta.dirname, '../..');

type Command = { stage: StageName; synthOnly: boolean; yes: boolean; issuer: string; audience: string };

function readCommand(args: string[], env: NodeJS.ProcessEnv): Command | 'help' {
  const { values } = parseOptions(args);
  if (values.help) return 'help';
  const { stage } = values;
  if (stage === undefined) throw new UsageError(`Which stage? --stage ${stageNames.join('|')}`);
  if (!isStageName(stage)) throw new UsageError(`There is no stage "${stage}"; there are ${stageNames.join(', ')}.`);
  const issuer = values.issuer ?? (env.RAPPORT_ISSUER || stages[stage].jwt.issuer);
  const audience = values.audience ?? (env.RAPPORT_AUDIENCE || stages[stage].jwt.audience);
  if (!URL.canParse(issuer) || new URL(issuer).protocol !== 'https:') {
    throw new UsageError(`The issuer "${issuer}" is no https URL.`);
  }
  if (audience.trim() === '') throw new UsageError('The audience is empty.');
  return { stage, synthOnly: values['synth-only'], yes: values.yes, issuer, audience };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        stage: { type: 'string' },
        'synth-only': { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        issuer: { type: 'string' },
        audience: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

/** What would make a deployment fail half way, asked before anything is written. */
async function assertDeployable({ stage, yes, issuer }: Command): Promise<void> {
  if (isPlaceholderIssuer(issuer)) {
    throw new UsageError(
      `${stage} has no issuer yet: name the one that signs your tokens with --issuer and --audience, or in infra/config.ts.`,
    );
  }
  if (!yes && !process.stdin.isTTY) {
    throw new UsageError(
      'There is no terminal to approve changes of access in: read them with --synth-only, then pass --yes.',
    );
  }
  // The SDK's own search, in the order in which the CDK looks too: environment, profiles, single sign-on, metadata.
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({});
  try {
    await client.config.credentials();
  } catch (error) {
    throw new UsageError(`No AWS credentials were found (${firstLine(error)}): log in, or set AWS_PROFILE.`);
  } finally {
    client.destroy();
  }
  try {
    await client.config.region();
  } catch {
    throw new UsageError('No AWS region is set: set AWS_REGION, or a region in the profile that AWS_PROFILE names.');
  }
}

/** The policy is part of every bundle, and functions trust it. */
function assertPolicy(): void {
  try {
    assertShopPolicy();
  } catch (error) {
    throw new UsageError(`shared/policy/policy.json: ${firstLine(error)}`);
  }
}

async function writeTemplates({ stage, issuer, audience }: Command, outdir: string): Promise<CloudAssembly> {
  // Loaded after the arguments are known to be good: a wrong flag is answered at once.
  const { synthesise } = await import('../app.ts');
  rmSync(outdir, { recursive: true, force: true });
  return synthesise({ stage, bundle: true, outdir, issuer, audience });
}

function describe({ stacks }: CloudAssembly, outdir: string, { issuer }: Command): string {
  const lines = stacks.map(({ stackName, template }) => {
    const resources = Object.values((template as { Resources: Record<string, { Type: string }> }).Resources);
    const functions = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function').length;
    return `  ${stackName}: ${resources.length} resources${functions === 0 ? '' : `, ${functions} of them functions`}`;
  });
  const reasons = new Set(stacks.flatMap(({ template }) => acknowledgedIn(template)));
  return [
    `Templates in ${relative(process.cwd(), outdir)}/`,
    ...lines,
    'cdk-nag (AwsSolutions) and the house rules pass; acknowledged, each with its reason:',
    ...[...reasons].sort().map((reason) => `  ${reason}`),
    ...(isPlaceholderIssuer(issuer)
      ? ['The issuer is a placeholder: a deployment asks for --issuer and --audience.']
      : []),
  ].join('\n');
}

/** The findings that the templates carry as acknowledged: which rule, and why. */
function acknowledgedIn(template: unknown): string[] {
  type Noted = { Metadata?: { cdk_nag?: { rules_to_suppress: { id: string; reason: string }[] } } };
  const { Resources } = template as { Resources: Record<string, Noted> };
  return Object.values(Resources).flatMap(({ Metadata }) =>
    (Metadata?.cdk_nag?.rules_to_suppress ?? []).map(({ id, reason }) => `${id.replace(/\[.*/, '')}: ${reason}`),
  );
}

/** Deploys the very assembly that was checked, with the CDK that package.json pins. Returns the CDK's exit code. */
function deploy(outdir: string, { yes }: Command): number {
  const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');
  const outputs = join(outdir, 'outputs.json');
  const { status } = spawnSync(
    process.execPath,
    [
      cdk,
      'deploy',
      '--all',
      `--app=${outdir}`,
      `--require-approval=${yes ? 'never' : 'broadening'}`,
      `--outputs-file=${outputs}`,
      '--no-notices',
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' } },
  );
  if (status === 0) {
    const stacks = JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, Record<string, string>>;
    for (const [name, value] of Object.values(stacks).flatMap((stack) => Object.entries(stack))) {
      if (!name.startsWith('ExportsOutput')) process.stdout.write(`${name} ${value}\n`);
    }
  }
  return status ?? 1;
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args, process.env);
    if (command === 'help') {
      process.stdout.write(help);
      return 0;
    }
    assertPolicy();
    if (!command.synthOnly) await assertDeployable(command);
    const outdir = join(root, 'cdk.out', command.stage);
    const assembly = await writeTemplates(command, outdir);
    process.stdout.write(`${describe(assembly, outdir, command)}\n`);
    return command.synthOnly ? 0 : deploy(outdir, command);
  } catch (error) {
    process.stderr.write(`deploy: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
