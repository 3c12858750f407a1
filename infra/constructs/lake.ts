import { type CfnRule, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogStream } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { catalogue } from '../../events/catalogue.ts';
import { SEAL } from '../../events/envelope.ts';
import { nameOf, type StageConfig } from '../config.ts';
import { useOfKey } from './access.ts';
import type { Surroundings } from './foundation.ts';
import { BoundFunction } from './function.ts';
import { importedName } from './imported-name.ts';
import { logGroup } from './logs.ts';
import { undeliveredQueue } from './queues.ts';
import { removalOf } from './removal.ts';
import { cloudEvent, target } from './rule-targets.ts';
import type { FunctionSpec } from './wiring.ts';

/**
 * The sources of what shops send, and not of what is published about it: the archive and the lake hold facts. What
 * follows from facts can be computed from them again, and a replay must not announce anything a second time.
 */
export const factSources: string[] = [
  ...new Set(catalogue.filter(({ direction }) => direction === 'in').map(({ busSource }) => busSource)),
];

/** What shops send, once it has come through the door and nothing personal can be read in it. */
export const sealedFacts = { source: factSources, detail: { [SEAL]: [{ exists: true }] } };

/** What shops send that has not. */
export const unsealedFacts = { source: factSources, detail: { [SEAL]: [{ exists: false }] } };

/** The bucket that every event ends in, the bucket of the models that are learnt from them, and the bucket that notes who read them. */
export class LakeBuckets extends Construct {
  readonly lake: Bucket;
  readonly models: Bucket;

  constructor(scope: Construct, id: string, config: StageConfig, key: Key) {
    super(scope, id);
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: removalOf(config),
    };
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...common,
      // S3 writes access logs under its own key only.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [
        {
          expiration: Duration.days(config.lake.accessLogDays),
          noncurrentVersionExpiration: Duration.days(config.lake.noncurrentDays),
        },
      ],
    });
    Validations.of(accessLogs).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'This bucket holds the access logs of the lake; logging the reads of logs into themselves would never end.',
    });
    const own = {
      ...common,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: accessLogs as IBucket,
    };
    const shortLived = {
      noncurrentVersionExpiration: Duration.days(config.lake.noncurrentDays),
      abortIncompleteMultipartUploadAfter: Duration.days(1),
    };
    this.models = new Bucket(this, 'Models', {
      ...own,
      serverAccessLogsPrefix: 'models/',
      lifecycleRules: [shortLived],
    });
    this.lake = new Bucket(this, 'Events', {
      ...own,
      serverAccessLogsPrefix: 'events/',
      lifecycleRules: [
        {
          transitions: [
            {
              storageClass: StorageClass.INTELLIGENT_TIERING,
              transitionAfter: Duration.days(config.lake.coldAfterDays),
            },
          ],
          ...shortLived,
        },
      ],
    });
    // A bucket that stays without its policy would answer in the clear again.
    for (const bucket of [accessLogs, this.models, this.lake]) bucket.policy?.applyRemovalPolicy(removalOf(config));
  }
}

/** Takes every event that a shop sent to the lake: one JSON document per line, gzipped, in a folder per day, with pseudonyms for people. */
export class LakeDelivery extends Construct {
  constructor(scope: Construct, surroundings: Surroundings, transformation: FunctionSpec) {
    super(scope, 'LakeDelivery');
    const { config, foundation } = surroundings;
    const {
      bus,
      key,
      buckets: { lake },
    } = foundation;
    const name = nameOf(config.stage, 'lake');
    const logs = logGroup(this, 'Logs', config, 'lake');
    const { live } = new BoundFunction(this, surroundings, transformation, config.stream, 'batch');
    const errors = new LogStream(this, 'Errors', {
      logGroup: logs,
      logStreamName: 'delivery',
      // Not kept: CloudFormation takes up again what a stage has left behind by names that stand in the template, and a stream's is
      // that of its group besides. What could not be delivered lies in the lake, under errors/.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const writer = new Role(this, 'Writer', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com'),
      description: 'Writes the events of the bus into the lake.',
      inlinePolicies: {
        lake: new PolicyDocument({
          minimize: true,
          statements: [
            new PolicyStatement({
              actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
              resources: [lake.bucketArn],
            }),
            new PolicyStatement({
              actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
              resources: [lake.arnForObjects('events/*'), lake.arnForObjects('errors/*')],
            }),
            useOfKey(key, 's3', ['kms:Decrypt', 'kms:GenerateDataKey']),
            new PolicyStatement({
              actions: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
              resources: [live.functionArn],
            }),
            new PolicyStatement({
              actions: ['logs:PutLogEvents'],
              resources: [
                Stack.of(this).formatArn({
                  service: 'logs',
                  resource: 'log-group',
                  resourceName: `${logs.logGroupName}:log-stream:${errors.logStreamName}`,
                  arnFormat: ArnFormat.COLON_RESOURCE_NAME,
                }),
              ],
            }),
          ],
        }),
      },
    });
    for (const folder of ['events', 'errors']) {
      Validations.of(writer).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${importedName(lake)}/${folder}/*]`,
        reason: `Firehose names the objects it writes by time and number, so the grant can only name their folder, ${folder}/.`,
      });
    }
    const delivery = new CfnDeliveryStream(this, 'Delivery', {
      deliveryStreamName: name,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'CUSTOMER_MANAGED_CMK', keyArn: key.keyArn },
      extendedS3DestinationConfiguration: {
        bucketArn: lake.bucketArn,
        roleArn: writer.roleArn,
        prefix: 'events/day=!{timestamp:yyyy-MM-dd}/',
        errorOutputPrefix: 'errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/',
        bufferingHints: { intervalInSeconds: config.lake.bufferSeconds, sizeInMBs: config.lake.bufferMb },
        compressionFormat: 'GZIP',
        encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: key.keyArn } },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: logs.logGroupName,
          logStreamName: errors.logStreamName,
        },
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'Lambda',
              parameters: [
                { parameterName: 'LambdaArn', parameterValue: live.functionArn },
                { parameterName: 'RoleArn', parameterValue: writer.roleArn },
                { parameterName: 'NumberOfRetries', parameterValue: '3' },
                { parameterName: 'BufferSizeInMBs', parameterValue: '1' },
                { parameterName: 'BufferIntervalInSeconds', parameterValue: '60' },
              ],
            },
          ],
        },
      },
    });
    const sender = new Role(this, 'Sender', {
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      description: 'Hands the events of the bus to the lake.',
      inlinePolicies: {
        delivery: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
              resources: [delivery.attrArn],
            }),
          ],
        }),
      },
    });
    const undelivered = undeliveredQueue(this, 'Undelivered', config, key, 'lake-undelivered');
    const rule = new Rule(this, 'Rule', {
      ruleName: name,
      description: 'Every event that a shop sent, to the lake.',
      eventBus: bus,
      eventPattern: sealedFacts,
    });
    // What is replayed is in the lake already.
    (rule.node.defaultChild as CfnRule).addPropertyOverride('EventPattern.replay-name', [{ exists: false }]);
    rule.addTarget(target(rule, { arn: delivery.attrArn, config, undelivered, role: sender, input: cloudEvent }));
  }
}
