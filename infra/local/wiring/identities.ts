/** What `Ref` and `Fn::GetAtt` answer for each type of resource the stacks use. */
import { WiringError } from './model.ts';
import { type Identity, type Resolver, type Resource, type Surroundings, whereIs } from './resolve.ts';

/**
 * Types without a behaviour of their own on one machine: rights, keys, logs, dashboards, how new code takes over, retention and edge settings. They may be
 * referred to, so they have an identity; nothing else of them is read. Any type that is neither here nor modelled is an
 * error.
 */
const inertTypes: ReadonlySet<string> = new Set([
  'AWS::ApiGatewayV2::Stage',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::LogStream',
  'AWS::Logs::ResourcePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
]);

/** Types that `readWiring` turns into behaviour. */
export const modelledTypes: ReadonlySet<string> = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
]);

/** The number of the version that a fresh deployment publishes. */
export const LOCAL_VERSION = '1';

export function refuseUnknownTypes(resources: readonly Resource[]): void {
  const unknown = resources.filter(({ type }) => !inertTypes.has(type) && !modelledTypes.has(type));
  if (unknown.length === 0) return;
  const list = unknown.map((resource) => `${whereIs(resource)} (${resource.type})`).join(', ');
  throw new WiringError(`The local runtime does not know these resources: ${list}`);
}

/** Builds the function that gives a resource its name, ARN and, for a queue, its address on the local endpoint. */
export function identifier(
  { region, account }: Surroundings,
  queueUrl: (name: string) => string,
): (resource: Resource, resolver: Resolver) => Identity {
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;

  return (resource, resolver) => {
    const named = (property: string): string => {
      const given = resolver.resolve(resource.properties[property], resource.stack);
      return typeof given === 'string' ? given : `${resource.stack}-${resource.logicalId}`;
    };
    const byName = (name: string, arnOfIt: string, more: Record<string, string> = {}): Identity => ({
      ref: name,
      attributes: { Arn: arnOfIt, ...more },
    });

    switch (resource.type) {
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable': {
        const tableArn = arn('dynamodb', `table/${named('TableName')}`);
        return byName(named('TableName'), tableArn, { StreamArn: `${tableArn}/stream/local` });
      }
      case 'AWS::SQS::Queue': {
        const name = named('QueueName');
        return {
          ref: queueUrl(name),
          attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: queueUrl(name) },
        };
      }
      case 'AWS::Lambda::Function':
        return byName(named('FunctionName'), arn('lambda', `function:${named('FunctionName')}`));
      case 'AWS::Lambda::Version': {
        // Of one deployment there is one version, and this is it.
        const versionArn = arn('lambda', `function:${named('FunctionName')}:${LOCAL_VERSION}`);
        return { ref: versionArn, attributes: { FunctionArn: versionArn, Version: LOCAL_VERSION } };
      }
      case 'AWS::Lambda::Alias': {
        const aliasArn = arn('lambda', `function:${named('FunctionName')}:${named('Name')}`);
        return { ref: aliasArn, attributes: { Arn: aliasArn, AliasArn: aliasArn } };
      }
      case 'AWS::Events::EventBus':
        return byName(named('Name'), arn('events', `event-bus/${named('Name')}`), { Name: named('Name') });
      case 'AWS::Events::Archive':
        return byName(named('ArchiveName'), arn('events', `archive/${named('ArchiveName')}`));
      case 'AWS::Events::Rule':
        return byName(named('Name'), arn('events', `rule/${named('Name')}`));
      case 'AWS::KinesisFirehose::DeliveryStream': {
        const name = named('DeliveryStreamName');
        return byName(name, arn('firehose', `deliverystream/${name}`));
      }
      case 'AWS::S3::Bucket':
        return byName(named('BucketName'), `arn:aws:s3:::${named('BucketName')}`);
      case 'AWS::IAM::Role':
        return byName(named('RoleName'), `arn:aws:iam::${account}:role/${named('RoleName')}`, { RoleId: 'local' });
      case 'AWS::KMS::Key':
        return byName(resource.logicalId, arn('kms', `key/${resource.logicalId}`), { KeyId: resource.logicalId });
      case 'AWS::SNS::Topic': {
        const topicArn = arn('sns', named('TopicName'));
        return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: named('TopicName') } };
      }
      case 'AWS::Logs::LogGroup':
        return byName(named('LogGroupName'), arn('logs', `log-group:${named('LogGroupName')}:*`));
      case 'AWS::ApiGatewayV2::Api':
        return {
          ref: resource.logicalId,
          attributes: { ApiId: resource.logicalId, ApiEndpoint: `https://${resource.logicalId}.execute-api.local` },
        };
      case 'AWS::ApiGatewayV2::Authorizer':
        return { ref: resource.logicalId, attributes: { AuthorizerId: resource.logicalId } };
      default:
        // Of the rest only the reference itself is ever used, and only as a name.
        return { ref: resource.logicalId, attributes: {} };
    }
  };
}
