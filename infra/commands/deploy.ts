import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { assertShopPolicy } from '../../shared/policy/check-policy.ts';
import {
  isPlaceholderIssuer,
  isStageName,
  nameOf,
  type Rollout,
  releaseVersion,
  type StageName,
  stageNames,
  stages,
} from '../config.ts';
import { type Account, bootstrapVersion, readAccount, refusalOf, Stacks } from '../deploy/account.ts';
import { answers } from '../deploy/ask.ts';
import { runCdk } from '../deploy/cdk.ts';
import { type Change, changesOf, summaryOf, toApprove } from '../deploy/changes.ts';
import { apiAddress, isLoopback, spokenOutputs } from '../deploy/endpoints.ts';
import { limitsBroken } from '../deploy/limits.ts';
import { howToEndForGood, planRemoval, remove } from '../deploy/remove.ts';
import { smokeChecks } from '../deploy/smoke.ts';
import type { Template } from '../stacks/template.ts';
import { firstLine, UsageError } from './usage-error.ts';

const help = `npm run deploy -- --stage ${stageNames.join('|')} [options]

Writes the CloudFormation templates of a stage, checks them, shows what they would change, asks where access or data changes,
deploys them with the AWS CDK, looks whether the stage answers, and prints where.

  --stage NAME     the environment: ${stageNames.join(', ')}
  --synth-only     write and check the templates in cdk.out/<stage>, offline, and deploy nothing
  --diff           show what would change, and change nothing
  --remove         take the stage away; a stage that retains keeps its data, and how to end that is printed
  --at-once        let new code take over without a canary: where what runs fails, its alarm would hold back what mends it
  --yes            ask nothing: for pipelines
  --issuer URL     who signs the tokens (or RAPPORT_ISSUER; default: infra/config.ts)
  --audience NAME  whom the tokens are for (or RAPPORT_AUDIENCE; default: infra/config.ts)
  --help           this text

Account, region and endpoint are those of the AWS SDK: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL.
Exit code 0: done. 1: the deployment, or a look at what it deployed, failed. 2: nothing was changed, and why is said in one line.
`;

const root = join(import.meta.dirname, '../..');

type Verb = 'deploy' | 'synth-only' | 'diff' | 'remove';
type Command = { stage: StageName; verb: Verb; yes: boolean; rollout: Rollout; issuer: string; audience: string };
type NamedTemplate = { name: string; template: Template };
/** The account as it was found. */
type There = Account & { isBootstrapped: boolean; stacks: Stacks };
type Prepared = { assembly: CloudAssembly; templates: NamedTemplate[]; there?: There; changes?: Change[] };

/** Said by somebody who was asked. */
class Declined extends UsageError {}

function readCommand(args: string[], env: NodeJS.ProcessEnv): Command | 'help' {
  const { values } = parseOptions(args);
  if (values.help) return 'help';
  const { stage, yes } = values;
  if (stage === undefined) throw new UsageError(`Which stage? --stage ${stageNames.join('|')}`);
  if (!isStageName(stage)) throw new UsageError(`There is no stage "${stage}"; there are ${stageNames.join(', ')}.`);
  const verbs = (['synth-only', 'diff', 'remove'] as const).filter((verb) => values[verb]);
  if (verbs.length > 1) throw new UsageError(`--${verbs.join(' and --')} do not go together.`);
  const issuer = values.issuer ?? (env.RAPPORT_ISSUER || stages[stage].jwt.issuer);
  const audience = values.audience ?? (env.RAPPORT_AUDIENCE || stages[stage].jwt.audience);
  if (!isIssuer(issuer, env.AWS_ENDPOINT_URL)) throw new UsageError(`The issuer "${issuer}" is no https URL.`);
  if (audience.trim() === '') throw new UsageError('The audience is empty.');
  const rollout = values['at-once'] ? 'at_once' : stages[stage].rollout;
  return { stage, verb: verbs[0] ?? 'deploy', yes, rollout, issuer, audience };
}

/** An issuer speaks TLS; only an emulator on this machine may ask one beside it in the clear. */
function isIssuer(issuer: string, endpoint: string | undefined): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol } = new URL(issuer);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(issuer) && isLoopback(endpoint));
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
        diff: { type: 'boolean', default: false },
        remove: { type: 'boolean', default: false },
        'at-once': { type: 'boolean', default: false },
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

/** What needs neither templates nor AWS to be seen. */
function assertCallable({ stage, verb, yes, issuer }: Command): void {
  if (verb === 'deploy' && isPlaceholderIssuer(issuer)) {
    throw new UsageError(
      `${stage} has no issuer yet: name the one that signs your tokens with --issuer and --audience, or in infra/config.ts.`,
    );
  }
  if ((verb === 'deploy' || verb === 'remove') && !yes && !process.stdin.isTTY) {
    throw new UsageError('There is no terminal to ask in: look at it with --diff, then pass --yes.');
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

/**
 * Writes the templates, in the order of deployment.
 * @param bundle whether they come with their code, and are checked; without, they are there at once
 * @throws UsageError where a check of them finds something
 */
async function writeTemplates(
  { stage, issuer, audience }: Command,
  { outdir, bundle }: { outdir: string; bundle: boolean },
): Promise<CloudAssembly> {
  // Loaded after the arguments are known to be good: a wrong flag is answered at once.
  const { synthesise } = await import('../app.ts');
  rmSync(outdir, { recursive: true, force: true });
  try {
    return await synthesise({ stage, bundle, outdir, issuer, audience });
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

function templatesOf({ stacks }: CloudAssembly): NamedTemplate[] {
  return stacks.map(({ stackName, template }) => ({ name: stackName, template: template as Template }));
}

function assertWithinLimits(templates: readonly NamedTemplate[]): void {
  const [first, ...more] = limitsBroken(templates);
  if (first === undefined) return;
  throw new UsageError(`${first}${more.length === 0 ? '' : ` (and ${more.length} more like it)`}`);
}

async function assertOurs(templates: readonly NamedTemplate[], stage: StageName, stacks: Stacks): Promise<void> {
  for (const { name } of templates) {
    const standing = await stacks.find(name);
    const refusal = standing && refusalOf(standing, stage);
    if (refusal !== undefined) throw new UsageError(refusal);
  }
}

function describe(templates: readonly NamedTemplate[], outdir: string, { verb, issuer }: Command): string {
  const lines = templates.map(({ name, template }) => {
    const resources = Object.values(template.Resources);
    const functions = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function').length;
    return `  ${name}: ${resources.length} resources${functions === 0 ? '' : `, ${functions} of them functions`}`;
  });
  const reasons = new Set(templates.flatMap(({ template }) => acknowledgedIn(template)));
  return [
    `Templates in ${relative(process.cwd(), outdir)}/`,
    ...lines,
    `cdk-nag (AwsSolutions) and the house rules pass; ${reasons.size} findings are acknowledged${verb === 'synth-only' ? ', each with its reason:' : '.'}`,
    ...(verb === 'synth-only' ? [...reasons].sort().map((reason) => `  ${reason}`) : []),
    ...(isPlaceholderIssuer(issuer)
      ? ['The issuer is a placeholder: a deployment asks for --issuer and --audience.']
      : []),
  ].join('\n');
}

/** The findings that the templates carry as acknowledged: which rule, and why. */
function acknowledgedIn({ Resources }: Template): string[] {
  type Noted = { cdk_nag?: { rules_to_suppress: { id: string; reason: string }[] } };
  return Object.values(Resources).flatMap(({ Metadata }) =>
    ((Metadata as Noted | undefined)?.cdk_nag?.rules_to_suppress ?? []).map(
      ({ id, reason }) => `${id.replace(/\[.*/, '')}: ${reason}`,
    ),
  );
}

/** Whether the CDK has been given a bucket and roles in this account and region, new enough for these templates. */
async function isBootstrapped({ stacks }: CloudAssembly): Promise<boolean> {
  const [first] = stacks;
  const parameter = first?.bootstrapStackVersionSsmParameter ?? '/cdk-bootstrap/hnb659fds/version';
  const needed = Math.max(0, ...stacks.map(({ requiresBootstrapStackVersion }) => requiresBootstrapStackVersion ?? 0));
  const found = await bootstrapVersion(parameter);
  return found !== undefined && found >= needed;
}

async function changesBeforeUs(templates: readonly NamedTemplate[], stacks: Stacks): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { name, template } of templates) {
    changes.push(...changesOf(name, await stacks.templateOf(name), template));
  }
  return changes;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function showChanges(templates: readonly NamedTemplate[], changes: readonly Change[]): void {
  for (const { name } of templates) {
    const here = changes.filter(({ stack }) => stack === name);
    tell(here.length === 0 ? `${name}: no difference` : `${name}:`);
    for (const line of summaryOf(here)) tell(`  ${line}`);
  }
}

/** Nothing that widens access or touches data happens unasked. */
async function assertApproved(changes: readonly Change[], bootstraps: boolean, { yes }: Command): Promise<void> {
  const asked = toApprove(changes);
  if (yes || (asked.length === 0 && !bootstraps)) return;
  const count = (concern: Change['concerns']): number => asked.filter(({ concerns }) => concerns === concern).length;
  const parts = [
    ...(bootstraps ? ['roles and a bucket for the CDK'] : []),
    ...(count('access') > 0 ? [`${count('access')} changes of access`] : []),
    ...(count('data') > 0 ? [`${count('data')} changes of what holds data`] : []),
  ];
  if (!(await answers(`Deploy ${parts.join(', ')}? (yes/no) `, 'yes'))) throw new Declined('Nothing was deployed.');
}

function showDifference(assembly: CloudAssembly, there: There, changes: readonly Change[]): number {
  if (!there.isBootstrapped) {
    tell(`${there.id}/${there.region} is not bootstrapped yet: a deployment would do that first.`);
    return 0;
  }
  return changes.length === 0 ? 0 : runCdk('diff', assembly.directory, ['--method=template']);
}

/** Deploys the very assembly that was checked, with the CDK that package.json pins. Returns the exit code. */
async function deploy(
  assembly: CloudAssembly,
  there: There,
  changes: readonly Change[],
  command: Command,
): Promise<number> {
  const { directory } = assembly;
  if (!command.yes) showDifference(assembly, there, changes);
  await assertApproved(changes, !there.isBootstrapped, command);
  if (!there.isBootstrapped) {
    const failed = runCdk('bootstrap', directory, [`aws://${there.id}/${there.region}`]);
    if (failed !== 0) return failed;
  }
  const outputs = join(directory, 'outputs.json');
  // What a stage kept when it was removed is taken up again under the name it has.
  const keeps = stages[command.stage].removal === 'retain' ? ['--import-existing-resources'] : [];
  const args = ['--all', '--require-approval=never', `--outputs-file=${outputs}`, ...keeps];
  const failed = runCdk('deploy', directory, args);
  if (failed !== 0) return failed;
  return lookAt(outputsIn(outputs), command);
}

function outputsIn(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const stacks = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
  return spokenOutputs(Object.assign({}, ...Object.values(stacks)));
}

/** Whether what was deployed is there and answers, and where. */
async function lookAt(outputs: Record<string, string>, { stage }: Command): Promise<number> {
  const { ApiUrl, BusName } = outputs;
  if (ApiUrl === undefined || BusName === undefined) throw new Error('The stacks name no API or no bus.');
  const api = apiAddress(ApiUrl, process.env.AWS_ENDPOINT_URL);
  const tables = Object.entries(outputs).flatMap(([name, value]) => (name.endsWith('TableName') ? [value] : []));
  const prefix = `${nameOf(stage)}-`;
  const outcomes = await smokeChecks({ api, version: releaseVersion(), bus: BusName, tables, prefix });
  for (const { what, ok, says } of outcomes) tell(`${ok ? 'ok' : 'NOT OK'}  ${what}: ${says}`);
  for (const [name, value] of Object.entries({ ...outputs, ApiUrl: `${api}/` })) tell(`${name} ${value}`);
  return outcomes.every(({ ok }) => ok) ? 0 : 1;
}

/** Takes the stage away, once somebody has said so by name. Returns the exit code. */
async function takeAway(templates: readonly NamedTemplate[], command: Command, stacks: Stacks): Promise<number> {
  const { stage, yes } = command;
  const deployed = templates.map(({ name }) => name);
  const removal = planRemoval(await stacks.ofStage(stage), deployed, stages[stage].removal === 'retain');
  if (removal.goes.length === 0 && removal.stays.length === 0) {
    throw new UsageError(`There is nothing of ${stage} in this account and region.`);
  }
  for (const { name } of removal.goes) tell(`goes: ${name}`);
  for (const { name } of removal.stays) tell(`stays: ${name}, with everything it holds`);
  if (stages[stage].removal === 'destroy') tell(`Every table, event and object of ${stage} goes with its stacks.`);
  if (removal.goes.length > 0) {
    if (!yes && !(await answers(`Type ${stage} to remove it: `, stage))) throw new Declined('Nothing was removed.');
    await remove(removal, stacks, tell);
  }
  const kept = templates.filter(({ name }) => removal.stays.some((stack) => stack.name === name));
  for (const line of howToEndForGood(
    stage,
    removal,
    kept.map(({ template }) => template),
  ))
    tell(line);
  return 0;
}

/** What can be said against the call before anything in the account changes; what is soonest said first. */
async function prepare(command: Command): Promise<Prepared> {
  assertPolicy();
  assertCallable(command);
  const { stage, verb } = command;
  const account = verb === 'synth-only' ? undefined : await readAccount();
  const sketch = await writeTemplates(command, { outdir: join(root, 'cdk.out', `${stage}-sketch`), bundle: false });
  const templates = templatesOf(sketch);
  assertWithinLimits(templates);
  const stacks = account === undefined ? undefined : new Stacks();
  try {
    if (stacks !== undefined) await assertOurs(templates, stage, stacks);
    if (verb === 'remove') return { assembly: sketch, templates, ...(await therein(sketch, account, stacks)) };
    const assembly = await writeTemplates(command, { outdir: join(root, 'cdk.out', stage), bundle: true });
    return { assembly, templates: templatesOf(assembly), ...(await therein(assembly, account, stacks)) };
  } catch (error) {
    stacks?.close();
    throw error;
  }
}

/** How the account stands to an assembly; nothing, where no account is asked. */
async function therein(
  assembly: CloudAssembly,
  account: Account | undefined,
  stacks: Stacks | undefined,
): Promise<Pick<Prepared, 'there' | 'changes'>> {
  if (account === undefined || stacks === undefined) return {};
  const there = { ...account, isBootstrapped: await isBootstrapped(assembly), stacks };
  return { there, changes: await changesBeforeUs(templatesOf(assembly), stacks) };
}

async function act({ assembly, templates, there, changes = [] }: Prepared, command: Command): Promise<number> {
  if (command.verb !== 'remove') tell(describe(templates, assembly.directory, command));
  if (there === undefined) return 0;
  tell(`Account ${there.id}, region ${there.region}.`);
  try {
    if (command.verb === 'remove') return await takeAway(templates, command, there.stacks);
    showChanges(templates, changes);
    if (command.verb === 'diff') return showDifference(assembly, there, changes);
    return await deploy(assembly, there, changes, command);
  } finally {
    there.stacks.close();
  }
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  let changing = false;
  try {
    const command = readCommand(args, process.env);
    if (command === 'help') {
      process.stdout.write(help);
      return 0;
    }
    const prepared = await prepare(command);
    changing = true;
    return await act(prepared, command);
  } catch (error) {
    process.stderr.write(`deploy: ${firstLine(error)}\n`);
    return error instanceof UsageError || !changing ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
