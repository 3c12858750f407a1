import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../infra/commands/usage-error.ts';
import { bootstrapVersion, readAccount, refusalOf, Stacks, type StandingStack } from '../../infra/deploy/account.ts';
import { apiAddress, isLoopback, spokenOutputs } from '../../infra/deploy/endpoints.ts';
import { howToEndForGood, planRemoval, remove } from '../../infra/deploy/remove.ts';
import type { Template } from '../../infra/stacks/template.ts';

const sts = mockClient(STSClient);
const ssm = mockClient(SSMClient);
const cloudFormation = mockClient(CloudFormationClient);
const s3 = mockClient(S3Client);

beforeEach(() => {
  for (const mock of [sts, ssm, cloudFormation, s3]) mock.reset();
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'none');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const ours = { application: 'rapport', stage: 'dev' };
const stack = (parts: Partial<StandingStack> = {}): StandingStack => ({
  name: 'rapport-dev-stateful',
  status: 'UPDATE_COMPLETE',
  tags: ours,
  outputs: {},
  protected: false,
  ...parts,
});

test('whose account it is, AWS itself says', async () => {
  sts.on(GetCallerIdentityCommand).resolves({ Account: '123456789012' });
  expect(await readAccount()).toEqual({ id: '123456789012', region: 'eu-central-1' });
});

test('credentials that AWS does not take are a call that cannot be carried out', async () => {
  const message = 'The security token included in the request is expired';
  const refused = new STSServiceException({ name: 'ExpiredToken', message, $fault: 'client', $metadata: {} });
  sts.on(GetCallerIdentityCommand).rejects(refused);
  const failed = await readAccount().catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(UsageError);
  expect(String(failed)).toMatch(/does not accept .*expired/);
});

test('an account is bootstrapped by the parameter that says so', async () => {
  ssm
    .on(GetParameterCommand)
    .resolvesOnce({ Parameter: { Value: '23' } })
    .rejectsOnce(new ParameterNotFound({ message: 'no', $metadata: {} }))
    .rejectsOnce(new Error('AccessDenied'));
  expect(await bootstrapVersion('/cdk-bootstrap/hnb659fds/version')).toBe(23);
  expect(await bootstrapVersion('/cdk-bootstrap/hnb659fds/version')).toBeUndefined();
  await expect(bootstrapVersion('/x')).rejects.toThrow('AccessDenied');
});

describe('a stack that stands there already', () => {
  test.each<[string, Partial<StandingStack>, RegExp | undefined]>([
    ['ours', {}, undefined],
    ['of another application', { tags: { application: 'payroll', stage: 'dev' } }, /not ours: .*application=payroll/],
    ['of nobody', { tags: {} }, /not ours: .*no application/],
    ['of another stage', { tags: { ...ours, stage: 'prod' } }, /not ours: .*stage=prod/],
    ['being changed', { status: 'UPDATE_IN_PROGRESS' }, /being changed right now \(UPDATE_IN_PROGRESS\)/],
    ['never deployed', { status: 'REVIEW_IN_PROGRESS' }, undefined],
    ['rolled back', { status: 'UPDATE_ROLLBACK_COMPLETE' }, undefined],
  ])('%s', (_what, parts, says) => {
    const refusal = refusalOf(stack(parts), 'dev');
    if (says === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toMatch(says);
    expect(refusal ?? '').not.toContain('\n');
  });

  test('is found by its name, with its tags; one that does not exist is none', async () => {
    cloudFormation.on(DescribeStacksCommand, { StackName: 'a' }).resolves({
      Stacks: [
        {
          StackName: 'a',
          StackStatus: 'CREATE_COMPLETE',
          CreationTime: new Date(0),
          Tags: [{ Key: 'application', Value: 'rapport' }],
          Outputs: [{ OutputKey: 'ApiUrl', OutputValue: 'https://x' }],
        },
      ],
    });
    cloudFormation.on(DescribeStacksCommand, { StackName: 'b' }).rejects(new Error('Stack with id b does not exist'));
    cloudFormation.on(DescribeStacksCommand, { StackName: 'c' }).rejects(new Error('Rate exceeded'));
    cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: '{"Resources":{}}' });
    const stacks = new Stacks();
    expect(await stacks.find('a')).toMatchObject({
      tags: { application: 'rapport' },
      outputs: { ApiUrl: 'https://x' },
    });
    expect(await stacks.find('b')).toBeUndefined();
    await expect(stacks.find('c')).rejects.toThrow('Rate exceeded');
    expect(await stacks.templateOf('a')).toEqual({ Resources: {} });
    expect(await stacks.templateOf('b')).toBeUndefined();
    stacks.close();
  });
});

describe('removing a stage', () => {
  const deployed = ['rapport-dev-stateful', 'rapport-dev-stateless', 'rapport-dev-watch'];
  const standing = [...deployed, 'rapport-dev-of-old'].map((name) => stack({ name }));
  const names = (stacks: readonly StandingStack[]) => stacks.map(({ name }) => name);

  test('takes the stacks in the reverse order, one that the app no longer knows first', () => {
    const { goes, stays } = planRemoval(standing, deployed, false);
    expect(names(goes)).toEqual(['rapport-dev-of-old', ...deployed.toReversed()]);
    expect(stays).toEqual([]);
  });

  test('leaves the stateful stack of a stage that retains, and says how to end it for good', () => {
    const removal = planRemoval(standing, deployed, true);
    expect(names(removal.goes)).toEqual(['rapport-dev-of-old', 'rapport-dev-watch', 'rapport-dev-stateless']);
    expect(names(removal.stays)).toEqual(['rapport-dev-stateful']);
    const template: Template = {
      Resources: {
        T: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'rapport-prod-profile' } },
        A: { Type: 'AWS::Events::Archive', Properties: { ArchiveName: 'rapport-prod-archive' } },
      },
    };
    const said = howToEndForGood('prod', removal, [template]).join('\n');
    expect(said).toContain('delete-table --table-name rapport-prod-profile');
    expect(said).toContain('delete-archive --archive-name rapport-prod-archive');
    expect(said).toContain('schedule-key-deletion');
    expect(howToEndForGood('dev', planRemoval(standing, deployed, false), [template])).toEqual([]);
  });

  test('empties the buckets that go, unprotects, and deletes stack after stack', async () => {
    const Resources = {
      Lake: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Delete' },
      Kept: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' },
    };
    const gone = Object.assign(new Error('Stack with id a does not exist'), { name: 'ValidationError' });
    cloudFormation
      .on(DescribeStacksCommand)
      .resolvesOnce({ Stacks: [{ StackName: 'a', StackStatus: 'CREATE_COMPLETE', CreationTime: new Date(0) }] })
      .rejects(gone);
    cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify({ Resources }) });
    cloudFormation.on(ListStackResourcesCommand).resolves({
      StackResourceSummaries: ['Lake', 'Kept'].map((LogicalResourceId) => ({
        LogicalResourceId,
        PhysicalResourceId: `bucket-${LogicalResourceId.toLowerCase()}`,
        ResourceType: 'AWS::S3::Bucket',
        LastUpdatedTimestamp: new Date(0),
        ResourceStatus: 'CREATE_COMPLETE',
      })),
    });
    cloudFormation.on(UpdateTerminationProtectionCommand).resolves({});
    cloudFormation.on(DeleteStackCommand).resolves({});
    s3.on(ListObjectVersionsCommand)
      .resolvesOnce({ Versions: [{ Key: 'k', VersionId: '1' }], DeleteMarkers: [{ Key: 'k', VersionId: '2' }] })
      .resolves({});
    s3.on(DeleteObjectsCommand).resolves({});
    const told: string[] = [];
    const stacks = new Stacks();
    await remove({ goes: [stack({ name: 'a', protected: true })], stays: [] }, stacks, (line) => told.push(line));
    stacks.close();
    expect(told).toEqual(['bucket-lake: emptied of 2 object versions', 'a: deleting', 'a: deleted']);
    expect(s3.commandCalls(DeleteObjectsCommand).map(({ args }) => args[0].input.Bucket)).toEqual(['bucket-lake']);
    expect(cloudFormation.commandCalls(UpdateTerminationProtectionCommand)).toHaveLength(1);
    expect(cloudFormation.commandCalls(DeleteStackCommand)).toHaveLength(1);
  });
});

test('an API is reached by its own address, and in an emulator below the endpoint', () => {
  const url = 'https://abc123.execute-api.eu-central-1.amazonaws.com/';
  expect(apiAddress(url, undefined)).toBe('https://abc123.execute-api.eu-central-1.amazonaws.com');
  expect(apiAddress(url, 'http://127.0.0.1:4566')).toBe('http://127.0.0.1:4566/_aws/execute-api/abc123/$default');
});

test('only this machine is loopback', () => {
  for (const url of ['http://127.0.0.1:4566', 'http://localhost', 'http://[::1]:1']) expect(isLoopback(url)).toBe(true);
  for (const url of [undefined, '', 'http://127.0.0.1.example', 'https://login.example', 'localhost']) {
    expect(isLoopback(url)).toBe(false);
  }
});

test('what stacks only say to each other is not told', () => {
  expect(spokenOutputs({ ApiUrl: 'u', ExportsOutputRefBus: 'b' })).toEqual({ ApiUrl: 'u' });
});
