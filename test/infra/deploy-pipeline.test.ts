/** The pipeline is read as GitHub and AWS read it: what may run when, as whom, and with which rights. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { stageNames } from '../../infra/config.ts';
import { at, listOf } from '../../infra/stacks/template.ts';

const directory = '.github/workflows';
const files = readdirSync(directory);
const read = (file: string): unknown => parse(readFileSync(join(directory, file), 'utf8'));

type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Job = {
  needs?: string;
  if?: string;
  uses?: string;
  with?: { stage?: string };
  environment?: string;
  permissions?: Record<string, string>;
  steps?: Step[];
};
const jobsOf = (file: string) => at(read(file), 'jobs') as Record<string, Job>;
const everyStep = files.flatMap((file) => Object.values(jobsOf(file)).flatMap(({ steps = [] }) => steps));

test('a commit is checked before it is deployed, and each stage waits for the one before it', () => {
  const jobs = jobsOf('deploy.yml');
  expect(jobs.check?.steps?.map(({ run }) => run)).toContain('.ci/run');
  const order = ['check', ...stageNames];
  expect(Object.keys(jobs)).toEqual(order);
  for (const [index, stage] of stageNames.entries()) {
    expect(jobs[stage]).toMatchObject({
      needs: order[index],
      uses: './.github/workflows/deploy-stage.yml',
      with: { stage },
    });
  }
  // A pull request is checked, and deploys nothing: every stage hangs on the first.
  expect(jobs.dev?.if).toContain("github.event_name != 'pull_request'");
  expect(Object.keys(at(read('deploy.yml'), 'on') as object)).not.toContain('pull_request_target');
});

test('a stage is deployed in the environment of its name, by the command, one run at a time', () => {
  const { deploy } = jobsOf('deploy-stage.yml') as { deploy: Job & { concurrency: unknown } };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub fills it in.
  expect(deploy.environment).toBe('${{ inputs.stage }}');
  expect(deploy.concurrency).toMatchObject({ 'cancel-in-progress': false });
  expect(deploy.steps?.at(-1)?.run).toBe('npm run deploy -- --stage "$STAGE" --yes');
});

test('no step has a key of AWS: the run proves who it is, and only where it deploys', () => {
  const text = files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
  expect(text).not.toMatch(/secrets\s*[.[]|aws[-_]access[-_]key|aws[-_]secret|AKIA|ASIA|session[-_]token/i);
  const credentials = everyStep.filter(({ uses = '' }) => uses.startsWith('aws-actions/configure-aws-credentials@'));
  expect(credentials).toHaveLength(1);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub fills it in.
  expect(credentials[0]?.with).toMatchObject({ 'role-to-assume': '${{ vars.AWS_ROLE_ARN }}' });
  for (const file of files) {
    expect(at(read(file), 'permissions')).toEqual({ contents: 'read' });
    for (const [name, { permissions }] of Object.entries(jobsOf(file))) {
      const proves = { contents: 'read', 'id-token': 'write' };
      expect(permissions, `${file}, ${name}`).toEqual(name === 'check' ? undefined : proves);
    }
  }
});

test('what others wrote is taken by its commit, and no script is put together from what somebody may name', () => {
  const foreign = everyStep.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
  expect(foreign.length).toBeGreaterThan(0);
  for (const uses of foreign) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  for (const { run = '' } of everyStep) expect(run).not.toContain('${{');
});

/** CloudFormation's short forms, as the long ones: `!Ref x` is `{ Ref: 'x' }`. */
function readTemplate(file: string): unknown {
  const short = (tag: string, collection?: 'seq') => ({
    tag: `!${tag}`,
    ...(collection === undefined ? {} : { collection }),
    resolve: (value: unknown) => {
      const plain = typeof value === 'string' ? value : (value as { toJSON(): unknown }).toJSON();
      return { [tag === 'Ref' ? 'Ref' : `Fn::${tag}`]: plain };
    },
  });
  const tags = [short('Ref'), short('Sub'), short('GetAtt'), short('Equals', 'seq'), short('If', 'seq')];
  return parse(readFileSync(file, 'utf8'), { customTags: tags });
}

test('the role on the side of AWS believes runs of one repository in the environment of one stage', () => {
  const template = readTemplate('infra/deploy/github-role.yaml');
  const role = at(template, 'Resources', 'Role', 'Properties');
  const [trust, ...more] = listOf(at(role, 'AssumeRolePolicyDocument', 'Statement'));
  expect(more).toEqual([]);
  expect(trust).toMatchObject({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' });
  // Equal, not alike: a pattern would believe branches and forks that nobody has thought of.
  expect(at(trust, 'Condition')).toEqual({
    StringEquals: {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
      'token.actions.githubusercontent.com:sub': { 'Fn::Sub': 'repo:${Repository}:environment:${Stage}' },
    },
  });
  expect(at(template, 'Parameters', 'Stage', 'AllowedValues')).toEqual([...stageNames]);
  const [policy, ...others] = listOf(at(role, 'Policies'));
  expect(others).toEqual([]);
  const statements = listOf<{ Action: string | string[]; Resource: unknown }>(
    at(policy, 'PolicyDocument', 'Statement'),
  );
  const actions = statements.flatMap(({ Action }) => listOf<string>(Action));
  expect(actions.filter((action) => !/^\w+:(Describe|Get|List)\w+$|^sts:AssumeRole$/.test(action))).toEqual([]);
  const everywhere = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => listOf(Action));
  expect(everywhere).toEqual(['lambda:ListEventSourceMappings']);
});
