import { describe, expect, test } from 'vitest';
import { stageNames, stages } from '../../infra/config.ts';
import { findingsIn } from '../../infra/stacks/house-rules.ts';
import { at, type Resource, type Template } from '../../infra/stacks/template.ts';
import { templatesOf } from './stage-templates.ts';

describe.each(stageNames)('the templates of %s', (stage) => {
  test('keep the house rules', async () => {
    const expectations = { production: stages[stage].removal === 'retain', canary: stages[stage].rollout === 'canary' };
    expect(findingsIn(await templatesOf(stage), expectations)).toEqual([]);
  });
});

test('only production keeps its data when its stack goes', () => {
  expect(stageNames.filter((stage) => stages[stage].removal === 'retain')).toEqual(['prod']);
});

/** A change for the worse, in what a template says of one resource, and the rule that has to notice it. */
type Mutation = [rule: string, type: string, what: string, harm: (resource: Resource) => unknown];

const mutations: Mutation[] = [
  ['table-recovers', 'AWS::DynamoDB::Table', 'no recovery', (it) => drop(it, 'PointInTimeRecoverySpecification')],
  ['table-recovers', 'AWS::DynamoDB::Table', "AWS's own key", (it) => drop(it, 'SSESpecification')],
  ['table-recovers', 'AWS::DynamoDB::Table', 'provisioned', (it) => set(it, 'BillingMode', 'PROVISIONED')],
  [
    'data-outlives-its-stack',
    'AWS::DynamoDB::Table',
    'unprotected',
    (it) => set(it, 'DeletionProtectionEnabled', false),
  ],
  ['data-outlives-its-stack', 'AWS::DynamoDB::Table', 'deleted with its stack', (it) => (it.DeletionPolicy = 'Delete')],
  ['data-outlives-its-stack', 'AWS::DynamoDB::Table', 'replaced', (it) => (it.UpdateReplacePolicy = 'Delete')],
  ['data-outlives-its-stack', 'AWS::KMS::Key', 'deleted with its stack', (it) => (it.DeletionPolicy = 'Delete')],
  ['data-outlives-its-stack', 'AWS::S3::Bucket', 'deleted with its stack', (it) => (it.DeletionPolicy = 'Delete')],
  ['key-rotates', 'AWS::KMS::Key', 'for ever the same', (it) => set(it, 'EnableKeyRotation', false)],
  ['queue-has-dead-letters', 'AWS::SQS::Queue', 'no dead-letter queue', (it) => drop(it, 'RedrivePolicy')],
  ['queue-is-private', 'AWS::SQS::Queue', 'not encrypted', (it) => drop(it, 'KmsMasterKeyId')],
  ['queue-is-private', 'AWS::SQS::QueuePolicy', 'plain text allowed', (it) => statements(it).splice(0, 1)],
  ['mapping-loses-nothing', 'AWS::SQS::Queue', 'visible too soon', (it) => set(it, 'VisibilityTimeout', 30)],
  ['topic-is-private', 'AWS::SNS::Topic', 'not encrypted', (it) => drop(it, 'KmsMasterKeyId')],
  ['topic-is-private', 'AWS::SNS::TopicPolicy', 'plain text allowed', (it) => statements(it).splice(0, 1)],
  ['topic-is-private', 'AWS::SNS::TopicPolicy', 'any account', (it) => delete statements(it)[1]!.Condition],
  [
    'mapping-loses-nothing',
    'AWS::Lambda::EventSourceMapping',
    'all or nothing',
    (it) => drop(it, 'FunctionResponseTypes'),
  ],
  ['mapping-loses-nothing', 'AWS::Lambda::EventSourceMapping', 'no limit', (it) => drop(it, 'ScalingConfig')],
  ['mapping-loses-nothing', 'AWS::Lambda::EventSourceMapping', 'records lost', (it) => drop(it, 'DestinationConfig')],
  [
    'mapping-loses-nothing',
    'AWS::Lambda::EventSourceMapping',
    'stuck for ever',
    (it) => drop(it, 'MaximumRetryAttempts'),
  ],
  ['rule-loses-nothing', 'AWS::Events::Rule', 'no dead-letter queue', (it) => delete target(it).DeadLetterConfig],
  ['rule-loses-nothing', 'AWS::Events::Rule', 'no retry policy', (it) => delete target(it).RetryPolicy],
  ['rule-loses-nothing', 'AWS::SQS::QueuePolicy', 'rule not let in', (it) => statements(it).splice(1, 1)],
  ['route-asks-for-a-token', 'AWS::ApiGatewayV2::Route', 'open', (it) => set(it, 'AuthorizationType', 'NONE')],
  ['route-asks-for-a-token', 'AWS::ApiGatewayV2::Authorizer', 'any audience', (it) => drop(it, 'JwtConfiguration')],
  ['api-has-limits', 'AWS::ApiGatewayV2::Stage', 'not throttled', (it) => drop(it, 'DefaultRouteSettings')],
  ['api-has-limits', 'AWS::ApiGatewayV2::Stage', 'not logged', (it) => drop(it, 'AccessLogSettings')],
  [
    'api-has-limits',
    'AWS::ApiGatewayV2::Stage',
    'addresses logged',
    (it) => set(it, 'AccessLogSettings', { Format: '$context.identity.sourceIp' }),
  ],
  ['api-has-limits', 'AWS::ApiGatewayV2::Api', 'open to any page', (it) => set(it, 'CorsConfiguration', {})],
  ['grant-names-what-it-gives', 'AWS::IAM::Role', 'any action', (it) => (grants(it)[0]!.Action = 'dynamodb:*')],
  ['grant-names-what-it-gives', 'AWS::IAM::Role', 'any resource', (it) => (grants(it)[0]!.Resource = '*')],
  [
    'grant-names-what-it-gives',
    'AWS::IAM::Role',
    'a managed policy',
    (it) => set(it, 'ManagedPolicyArns', ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']),
  ],
  ['function-stands-alone', 'AWS::Lambda::Function', 'no source', (it) => delete it.Metadata],
  ['function-stands-alone', 'AWS::Lambda::Function', "Lambda's own log group", (it) => drop(it, 'LoggingConfig')],
  ['logs-are-forgotten', 'AWS::Logs::LogGroup', 'kept for ever', (it) => drop(it, 'RetentionInDays')],
  ['bucket-is-private', 'AWS::S3::Bucket', 'may be public', (it) => drop(it, 'PublicAccessBlockConfiguration')],
  ['bucket-is-private', 'AWS::S3::Bucket', 'no versions', (it) => drop(it, 'VersioningConfiguration')],
  ['bucket-is-private', 'AWS::S3::Bucket', 'not encrypted', (it) => drop(it, 'BucketEncryption')],
];

const asked = { production: true, canary: true };
const sound = await templatesOf('prod');

test.each(mutations)('%s notices: %s, %s', (rule, type, _what, harm) => {
  // Each resource of the type is harmed alone, so that no resource is beyond the rule's reach unseen.
  const noticed = sound.flatMap(({ Resources }, index) =>
    Object.keys(Resources)
      .filter((id) => Resources[id]?.Type === type)
      .map((id) => {
        const templates: Template[] = structuredClone(sound);
        harm(templates[index]!.Resources[id]!);
        return findingsIn(templates, asked).some((finding) => finding.rule === rule);
      }),
  );
  expect(noticed.filter(Boolean).length).toBeGreaterThan(0);
});

test('each rule has a mutation that it notices, and each table, role and log group is within reach', () => {
  const whole: [rule: string, type: string][] = [
    ['table-recovers', 'AWS::DynamoDB::Table'],
    ['grant-names-what-it-gives', 'AWS::IAM::Role'],
    ['logs-are-forgotten', 'AWS::Logs::LogGroup'],
    ['queue-is-private', 'AWS::SQS::Queue'],
    ['rule-loses-nothing', 'AWS::Events::Rule'],
  ];
  for (const [rule, type] of whole) {
    const [, , , harm] = mutations.find(([name, of]) => name === rule && of === type)!;
    const templates: Template[] = structuredClone(sound);
    const harmed = templates.flatMap(({ Resources }) =>
      Object.entries(Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => {
          harm(resource);
          return id;
        }),
    );
    const found = findingsIn(templates, asked)
      .filter((finding) => finding.rule === rule)
      .map(({ resource }) => resource);
    expect([...new Set(found)].sort()).toEqual(harmed.sort());
  }
});

function set({ Properties }: Resource, key: string, value: unknown): void {
  Properties![key] = value;
}

function drop({ Properties }: Resource, key: string): void {
  delete Properties![key];
}

type Loose = Record<string, unknown>;

function target({ Properties }: Resource): Loose {
  return (Properties!.Targets as Loose[])[0]!;
}

function statements({ Properties }: Resource): Loose[] {
  return at(Properties, 'PolicyDocument', 'Statement') as Loose[];
}

function grants({ Properties }: Resource): Loose[] {
  return at((Properties!.Policies as unknown[])[0], 'PolicyDocument', 'Statement') as Loose[];
}
