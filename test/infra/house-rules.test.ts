import { describe, expect, test } from 'vitest';
import { stageNames, stages } from '../../infra/config.ts';
import { findingsIn, ruleNames } from '../../infra/stacks/house-rules.ts';
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

const asked = { production: true, canary: true };
const sound = await templatesOf('prod');
const anyOf = (type: string): string =>
  sound.flatMap(({ Resources }) => Object.entries(Resources)).find(([, it]) => it.Type === type)![0];
const anyFunction = anyOf('AWS::Lambda::Function');
const anyVersion = anyOf('AWS::Lambda::Version');

/** A change for the worse, in what a template says of one resource, and the rule that has to notice it. */
type Mutation = [rule: string, type: string, what: string, harm: (resource: Resource) => unknown];

const mutations: Mutation[] = [
  ['table-recovers', 'AWS::DynamoDB::Table', "AWS's own key", (it) => drop(it, 'SSESpecification')],
  ['table-recovers', 'AWS::DynamoDB::Table', 'no recovery', (it) => drop(it, 'PointInTimeRecoverySpecification')],
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
  [
    'table-recovers',
    'AWS::DynamoDB::Table',
    'counters that are remembered',
    (it) => set(it, 'TableName', 'rapport-prod-limits'),
  ],
  ['route-has-a-limit', 'AWS::ApiGatewayV2::Route', 'leads to something else', (it) => drop(it, 'Target')],
  ['route-has-a-limit', 'AWS::Lambda::Function', 'no table to count in', (it) => dropVariable(it, 'LIMITS_TABLE')],
  ['route-has-a-limit', 'AWS::Lambda::Function', 'no limit', (it) => dropVariable(it, 'ADDRESS_REQUESTS_PER_MINUTE')],
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
  ['data-stands-apart', 'AWS::SQS::Queue', 'a bucket among the functions', (it) => (it.Type = 'AWS::S3::Bucket')],
  ['function-is-live', 'AWS::Lambda::Alias', 'under another name', (it) => set(it, 'Name', 'beta')],
  ['function-is-live', 'AWS::Lambda::Alias', 'what was written last', (it) => set(it, 'FunctionVersion', '$LATEST')],
  ['function-is-live', 'AWS::Lambda::Version', 'gone with the next', (it) => delete it.DeletionPolicy],
  ['function-is-live', 'AWS::Lambda::Function', 'no name', (it) => drop(it, 'FunctionName')],
  ['function-has-an-alarm', 'AWS::CloudWatch::Alarm', 'told to nobody', (it) => drop(it, 'AlarmActions')],
  ['function-has-an-alarm', 'AWS::CloudWatch::Alarm', 'switched off', (it) => set(it, 'ActionsEnabled', false)],
  ['function-has-an-alarm', 'AWS::CloudWatch::Alarm', 'a hundred errors', (it) => set(it, 'Threshold', 100)],
  ['function-has-an-alarm', 'AWS::CloudWatch::Alarm', 'of all versions', (it) => drop(it, 'Dimensions')],
  [
    'only-what-is-live-is-called',
    'AWS::Lambda::EventSourceMapping',
    'what was written last',
    (it) => set(it, 'FunctionName', { Ref: anyFunction }),
  ],
  [
    'only-what-is-live-is-called',
    'AWS::ApiGatewayV2::Integration',
    'what was written last',
    (it) => set(it, 'IntegrationUri', { 'Fn::GetAtt': [anyFunction, 'Arn'] }),
  ],
  [
    'only-what-is-live-is-called',
    'AWS::Lambda::Permission',
    'a version',
    (it) => set(it, 'FunctionName', { Ref: anyVersion }),
  ],
  [
    'only-what-is-live-is-called',
    'AWS::Events::Rule',
    'what was written last',
    (it) => (target(it).Arn = { 'Fn::GetAtt': [anyFunction, 'Arn'] }),
  ],
  [
    'only-what-is-live-is-called',
    'AWS::IAM::Role',
    'the right to',
    (it) =>
      grants(it).push({
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { 'Fn::GetAtt': [anyFunction, 'Arn'] },
      }),
  ],
  ['new-code-can-be-taken-back', 'AWS::Lambda::Alias', 'all at once', (it) => delete it.UpdatePolicy],
  [
    'new-code-can-be-taken-back',
    'AWS::CodeDeploy::DeploymentGroup',
    'all at once',
    (it) => set(it, 'DeploymentConfigName', 'CodeDeployDefault.LambdaAllAtOnce'),
  ],
  [
    'new-code-can-be-taken-back',
    'AWS::CodeDeploy::DeploymentGroup',
    'watched by nothing',
    (it) => set(it, 'AlarmConfiguration', { Enabled: true, Alarms: [] }),
  ],
  [
    'new-code-can-be-taken-back',
    'AWS::CodeDeploy::DeploymentGroup',
    'left half way',
    (it) => set(it, 'AutoRollbackConfiguration', { Enabled: true, Events: ['DEPLOYMENT_FAILURE'] }),
  ],
  ['bucket-is-private', 'AWS::S3::Bucket', 'may be public', (it) => drop(it, 'PublicAccessBlockConfiguration')],
  ['bucket-is-private', 'AWS::S3::Bucket', 'no versions', (it) => drop(it, 'VersioningConfiguration')],
  ['bucket-is-private', 'AWS::S3::Bucket', 'not encrypted', (it) => drop(it, 'BucketEncryption')],
  ['bucket-is-private', 'AWS::S3::BucketPolicy', 'plain text allowed', (it) => statements(it).splice(0, 1)],
];

test.each(mutations)('%s notices: %s, %s', (rule, type, _what, harm) => {
  // One resource of the type is harmed at a time, so that it is this one which is noticed.
  const noticed = sound.some(({ Resources }, index) =>
    Object.keys(Resources)
      .filter((id) => Resources[id]?.Type === type)
      .some((id) => {
        const templates: Template[] = structuredClone(sound);
        harm(templates[index]!.Resources[id]!);
        return findingsIn(templates, asked).some((finding) => finding.rule === rule);
      }),
  );
  expect(noticed).toBe(true);
});

test('each rule has a mutation that it notices', () => {
  expect([...new Set(mutations.map(([rule]) => rule))].sort()).toEqual([...ruleNames].sort());
});

test(' each table, role and log group is within reach', () => {
  const whole: [rule: string, type: string][] = [
    ['table-recovers', 'AWS::DynamoDB::Table'],
    ['grant-names-what-it-gives', 'AWS::IAM::Role'],
    ['logs-are-forgotten', 'AWS::Logs::LogGroup'],
    ['queue-is-private', 'AWS::SQS::Queue'],
    ['rule-loses-nothing', 'AWS::Events::Rule'],
    ['function-stands-alone', 'AWS::Lambda::Function'],
    ['only-what-is-live-is-called', 'AWS::Lambda::EventSourceMapping'],
    ['new-code-can-be-taken-back', 'AWS::Lambda::Alias'],
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

function dropVariable({ Properties }: Resource, name: string): void {
  const variables = at(Properties, 'Environment', 'Variables') as Loose | undefined;
  delete variables?.[name];
}

function target({ Properties }: Resource): Loose {
  return (Properties!.Targets as Loose[])[0]!;
}

function statements({ Properties }: Resource): Loose[] {
  return at(Properties, 'PolicyDocument', 'Statement') as Loose[];
}

function grants({ Properties }: Resource): Loose[] {
  return at((Properties!.Policies as unknown[])[0], 'PolicyDocument', 'Statement') as Loose[];
}
