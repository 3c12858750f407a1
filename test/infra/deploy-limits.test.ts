import { describe, expect, test } from 'vitest';
import { type StageName, stageNames } from '../../infra/config.ts';
import { limitsBroken, nameLimits } from '../../infra/deploy/limits.ts';
import { property, type Template } from '../../infra/stacks/template.ts';
import { templatesOf } from './stage-templates.ts';

const named = (templates: readonly Template[]) =>
  templates.map((template, index) => ({ name: `stack-${index}`, template }));
const one = (Type: string, Properties: Record<string, unknown>, name = 'stack') => [
  { name, template: { Resources: { It: { Type, Properties } } } },
];

const written = new Map<StageName, Template[]>();
for (const stage of stageNames) written.set(stage, await templatesOf(stage));

describe.each(stageNames)('the stage %s', (stage) => {
  const templates = written.get(stage)!;

  test('keeps within every limit', () => {
    expect(limitsBroken(named(templates))).toEqual([]);
  });

  test('has a limit for every resource that it names', () => {
    // A property that names the resource itself is called so: FunctionName of a function, or Name.
    const own = ({ Type, Properties = {} }: Template['Resources'][string]): string | undefined =>
      [`${Type.split('::')[2]}Name`, 'Name'].find((key) => typeof Properties[key] === 'string');
    const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
    const unlimited = resources.flatMap((resource) => {
      const key = own(resource);
      return key === undefined || nameLimits[resource.Type]?.property === key ? [] : [`${resource.Type} ${key}`];
    });
    expect([...new Set(unlimited)]).toEqual([]);
    expect(
      resources.filter((it) => property(it, nameLimits[it.Type]?.property ?? '') !== undefined).length,
    ).toBeGreaterThan(50);
  });
});

test('a stage whose name is too long for its queues, rules and functions is told which', () => {
  const text = JSON.stringify(written.get('dev'));
  const renamed = JSON.parse(
    text.replaceAll('rapport-dev-', `rapport-${'a-stage-that-goes-on-'.repeat(2)}-`),
  ) as Template[];
  const broken = limitsBroken(named(renamed)).join('\n');
  for (const type of ['AWS::Lambda::Function', 'AWS::Events::Rule', 'AWS::SQS::Queue', 'AWS::Events::Archive']) {
    expect(broken).toContain(type);
  }
  expect(broken).not.toContain('AWS::Logs::LogGroup');
});

test.each([
  ['AWS::Lambda::Function', 'FunctionName', 64],
  ['AWS::Events::Rule', 'Name', 64],
  ['AWS::SQS::Queue', 'QueueName', 80],
  ['AWS::S3::Bucket', 'BucketName', 63],
  ['AWS::Events::Archive', 'ArchiveName', 48],
  ['AWS::IAM::Role', 'RoleName', 64],
])('%s takes a %s of %i characters and not of one more', (type, key, longest) => {
  expect(limitsBroken(one(type, { [key]: 'n'.repeat(longest) }))).toEqual([]);
  expect(limitsBroken(one(type, { [key]: 'n'.repeat(longest + 1) }))).toEqual([
    `${key} of It (${type}) is ${longest + 1} characters long, and AWS takes ${longest}: ${'n'.repeat(longest + 1)}`,
  ]);
});

test.each([
  ['a queue with a dot', one('AWS::SQS::Queue', { QueueName: 'a.b' })],
  ['a bucket in capitals', one('AWS::S3::Bucket', { BucketName: 'Lake' })],
  ['a stack with an underscore', one('AWS::SNS::Topic', {}, 'rapport_dev')],
])('%s is refused by its letters', (_what, stacks) => {
  expect(limitsBroken(stacks)).toEqual([expect.stringContaining('characters that AWS does not take')]);
});

test('account and region count as long as they can be', () => {
  const joined = (prefix: string) => ({
    BucketName: { 'Fn::Join': ['-', [prefix, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Region' }]] },
  });
  // 12 digits, 14 letters, two hyphens: 35 are left.
  expect(limitsBroken(one('AWS::S3::Bucket', joined('b'.repeat(35))))).toEqual([]);
  expect(limitsBroken(one('AWS::S3::Bucket', joined('b'.repeat(36))))).toHaveLength(1);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
  const pattern = 'lake-${AWS::AccountId}-${AWS::Region}';
  expect(limitsBroken(one('AWS::S3::Bucket', { BucketName: { 'Fn::Sub': pattern } }))).toEqual([]);
  expect(
    limitsBroken(one('AWS::S3::Bucket', { BucketName: { 'Fn::Sub': `${'b'.repeat(40)}-${pattern}` } })),
  ).toHaveLength(1);
});

test('what AWS names by itself has no limit of ours', () => {
  expect(limitsBroken(one('AWS::S3::Bucket', {}))).toEqual([]);
  expect(limitsBroken(one('AWS::SQS::Queue', { QueueName: { 'Fn::GetAtt': ['Other', 'QueueName'] } }))).toEqual([]);
});

test('a stack with more than CloudFormation takes is told before it is sent', () => {
  const resources = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`R${index}`, { Type: 'AWS::SNS::Topic' }]));
  expect(limitsBroken([{ name: 'full', template: { Resources: resources(500) } }])).toEqual([]);
  expect(limitsBroken([{ name: 'full', template: { Resources: resources(501) } }])).toEqual([
    'the stack full has 501 resources, and CloudFormation takes 500',
  ]);
  const heavy = { Long: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'x'.repeat(1_000_001) } } };
  expect(limitsBroken([{ name: 'heavy', template: { Resources: heavy } }])[0]).toMatch(/bytes/);
});
