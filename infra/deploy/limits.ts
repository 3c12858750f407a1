/**
 * The limits of AWS that a template can break and CloudFormation notices only half way through a deployment: how long a
 * name may be, what it is written with, how much one stack holds.
 */
import { at, type Template } from '../stacks/template.ts';

type NameLimit = { property: string; longest: number; letters: RegExp };

const plain = /^[A-Za-z0-9_-]+$/;
const dotted = /^[A-Za-z0-9._-]+$/;

/** By resource type: which property is a name that the template chooses. Source: the API reference of each service. */
export const nameLimits: Readonly<Record<string, NameLimit>> = {
  'AWS::ApiGatewayV2::Api': { property: 'Name', longest: 128, letters: /^.+$/ },
  'AWS::ApiGatewayV2::Authorizer': { property: 'Name', longest: 128, letters: /^.+$/ },
  'AWS::ApiGatewayV2::Stage': { property: 'StageName', longest: 128, letters: /^(\$default|[A-Za-z0-9_-]+)$/ },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', longest: 255, letters: /^.+$/ },
  'AWS::CloudWatch::CompositeAlarm': { property: 'AlarmName', longest: 255, letters: /^.+$/ },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName', longest: 255, letters: plain },
  'AWS::CodeDeploy::Application': { property: 'ApplicationName', longest: 100, letters: /^.+$/ },
  'AWS::CodeDeploy::DeploymentConfig': { property: 'DeploymentConfigName', longest: 100, letters: /^.+$/ },
  'AWS::CodeDeploy::DeploymentGroup': { property: 'DeploymentGroupName', longest: 100, letters: /^.+$/ },
  'AWS::DynamoDB::Table': { property: 'TableName', longest: 255, letters: dotted },
  'AWS::Events::Archive': { property: 'ArchiveName', longest: 48, letters: dotted },
  'AWS::Events::EventBus': { property: 'Name', longest: 256, letters: /^[A-Za-z0-9._/-]+$/ },
  'AWS::Events::Rule': { property: 'Name', longest: 64, letters: dotted },
  'AWS::IAM::ManagedPolicy': { property: 'ManagedPolicyName', longest: 128, letters: /^[\w+=,.@-]+$/ },
  'AWS::IAM::Role': { property: 'RoleName', longest: 64, letters: /^[\w+=,.@-]+$/ },
  'AWS::KinesisFirehose::DeliveryStream': { property: 'DeliveryStreamName', longest: 64, letters: dotted },
  'AWS::KMS::Alias': { property: 'AliasName', longest: 256, letters: /^alias\/[A-Za-z0-9/_-]+$/ },
  'AWS::Lambda::Alias': { property: 'Name', longest: 128, letters: plain },
  'AWS::Lambda::Function': { property: 'FunctionName', longest: 64, letters: plain },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', longest: 512, letters: /^[A-Za-z0-9._/#-]+$/ },
  'AWS::Logs::LogStream': { property: 'LogStreamName', longest: 512, letters: /^[^:*]+$/ },
  'AWS::S3::Bucket': { property: 'BucketName', longest: 63, letters: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ },
  'AWS::SNS::Topic': { property: 'TopicName', longest: 256, letters: plain },
  'AWS::SQS::Queue': { property: 'QueueName', longest: 80, letters: /^[A-Za-z0-9_-]+(\.fifo)?$/ },
  'AWS::SSM::Parameter': { property: 'Name', longest: 1_011, letters: /^[A-Za-z0-9._/-]+$/ },
  'AWS::WAFv2::WebACL': { property: 'Name', longest: 128, letters: plain },
};

const stackName: NameLimit = { property: 'the name', longest: 128, letters: /^[A-Za-z][A-Za-z0-9-]*$/ };
const MAX_RESOURCES = 500;
const MAX_OUTPUTS = 200;
const MAX_TEMPLATE_BYTES = 1_000_000;

/** What stands for a value that only the deployment knows, as long as that value can be. */
const longestValues: Readonly<Record<string, string>> = {
  'AWS::AccountId': '000000000000',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-1',
  'AWS::URLSuffix': 'amazonaws.com.cn',
};

/**
 * Every limit that the stacks of a stage break, one sentence each; none where they can be deployed.
 * Account and region are taken as long as they can be.
 */
export function limitsBroken(stacks: readonly { name: string; template: Template }[]): string[] {
  return stacks.flatMap(({ name, template }) => [
    ...complaintsOf(name, stackName, `the stack ${name}`),
    ...sizeComplaints(name, template),
    ...Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
      const limit = nameLimits[Type];
      if (limit === undefined) return [];
      const chosen = longestOf(at(Properties, limit.property));
      return chosen === undefined ? [] : complaintsOf(chosen, limit, `${limit.property} of ${id} (${Type})`);
    }),
  ]);
}

function complaintsOf(name: string, { longest, letters }: NameLimit, where: string): string[] {
  if (name.length > longest) return [`${where} is ${name.length} characters long, and AWS takes ${longest}: ${name}`];
  return letters.test(name) ? [] : [`${where} has characters that AWS does not take: ${name}`];
}

function sizeComplaints(name: string, template: Template): string[] {
  const held: [what: string, size: number, most: number][] = [
    ['resources', Object.keys(template.Resources).length, MAX_RESOURCES],
    ['outputs', Object.keys(template.Outputs ?? {}).length, MAX_OUTPUTS],
    ['bytes', Buffer.byteLength(JSON.stringify(template)), MAX_TEMPLATE_BYTES],
  ];
  return held
    .filter(([, size, most]) => size > most)
    .map(([what, size, most]) => `the stack ${name} has ${size} ${what}, and CloudFormation takes ${most}`);
}

/** A name as long as it can get: what it is joined of, with account and region filled in; undefined where AWS chooses it. */
function longestOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const ref = at(value, 'Ref');
  if (typeof ref === 'string') return longestValues[ref];
  const joined = at(value, 'Fn::Join');
  if (Array.isArray(joined)) {
    const [separator, parts] = joined as [string, unknown[]];
    const values = parts.map(longestOf);
    return values.every((it) => it !== undefined) ? values.join(separator) : undefined;
  }
  const pattern = at(value, 'Fn::Sub');
  if (typeof pattern !== 'string') return undefined;
  const filled = pattern.replace(/\$\{([^}]+)\}/g, (whole, name: string) => longestValues[name] ?? whole);
  return filled.includes('${') ? undefined : filled;
}
