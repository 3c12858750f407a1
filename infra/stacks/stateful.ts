import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { idOf, nameOf, type StageConfig } from '../config.ts';
import type { Foundation } from '../constructs/foundation.ts';
import { LakeBuckets, sealedFacts } from '../constructs/lake.ts';
import { removalOf, tableRemovalOf } from '../constructs/removal.ts';
import { AlarmTopic } from '../constructs/topic.ts';
import type { IndexName, TableName } from '../constructs/wiring.ts';

/** `forgets`: what lapses is to be gone for good, so no backup keeps it. */
const tableShapes: Record<TableName, { stream: boolean; timeToLive?: string; index?: IndexName; forgets?: true }> = {
  profile: { stream: true, timeToLive: 'ttl', index: 'attention' },
  inbox: { stream: false, index: 'attention' },
  catalog: { stream: true, index: 'changes' },
  reputation: { stream: true, timeToLive: 'ttl', index: 'attention' },
  recommend: { stream: false, timeToLive: 'ttl' },
  vault: { stream: false },
  limits: { stream: false, timeToLive: 'ttl', forgets: true },
};

/** What an index is sorted by, and what of an item it repeats: as little as whoever queries it needs. */
const indexShapes: Record<IndexName, { partitionKey: string; sortKey: string; attributes?: string[] }> = {
  attention: { partitionKey: 'attentionState', sortKey: 'attentionSince' },
  changes: {
    partitionKey: 'feed',
    sortKey: 'changedAt',
    attributes: [
      ...['productId', 'name', 'brandId', 'supplierId', 'categories', 'price', 'currency', 'availability'],
      ...['kind', 'id', 'grade', 'score', 'restrictions', 'asOf', 'eventId'],
    ],
  },
};

/**
 * What must survive any deployment: the key, the bus and its archive, the tables, the lake. Changes seldom, and never in
 * one step with the code.
 */
export class StatefulStack extends Stack {
  readonly foundation: Foundation;

  constructor(scope: Construct, id: string, config: StageConfig, props: StackProps) {
    super(scope, id, props);
    const key = this.makeKey(config);
    const bus = this.makeBus(config);
    const { lake, models } = new LakeBuckets(this, 'Lake', config, key);
    const { topic: alarms } = new AlarmTopic(this, 'Alarms', config, key);
    this.foundation = {
      key,
      pseudonymKey: this.makePseudonymKey(config),
      bus,
      buckets: { lake, models },
      alarms,
      tables: {
        profile: this.makeTable('profile', config, key),
        inbox: this.makeTable('inbox', config, key),
        catalog: this.makeTable('catalog', config, key),
        reputation: this.makeTable('reputation', config, key),
        recommend: this.makeTable('recommend', config, key),
        vault: this.makeTable('vault', config, key),
        limits: this.makeTable('limits', config, key),
      },
    };
    new CfnOutput(this, 'BusName', { value: bus.eventBusName, description: 'Where services may PutEvents directly.' });
    new CfnOutput(this, 'LakeBucketName', { value: lake.bucketName, description: 'Where every event ends.' });
    new CfnOutput(this, 'AlarmTopicArn', {
      value: alarms.topicArn,
      description: 'Where alarms are told: subscribe here.',
    });
    for (const [name, table] of Object.entries(this.foundation.tables)) {
      new CfnOutput(this, idOf(`${name}-table-name`), { value: table.tableName });
    }
  }

  private makeKey(config: StageConfig): Key {
    const key = new Key(this, 'Key', {
      alias: `alias/${nameOf(config.stage, 'data')}`,
      description: `Encrypts the tables, the queues and the lake of ${nameOf(config.stage)}.`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(config.keyDeletionWindowDays),
      removalPolicy: removalOf(config),
    });
    const events = new ServicePrincipal('events.amazonaws.com');
    const ownAccount = { 'aws:SourceAccount': this.account };
    // A policy of a key speaks of that key alone: "*" is how it calls itself.
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EventBridgeSendsToEncryptedQueues',
        principals: [events],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: ownAccount },
      }),
    );
    return key;
  }

  /** AWS does not rotate keys of this kind, which is as it should be: another key would be another name for everybody. */
  private makePseudonymKey(config: StageConfig): Key {
    const key = new Key(this, 'PseudonymKey', {
      alias: `alias/${nameOf(config.stage, 'pseudonyms')}`,
      description: `Makes the pseudonyms that stand for ids outside the tables of ${nameOf(config.stage)}.`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      pendingWindow: Duration.days(config.keyDeletionWindowDays),
      removalPolicy: removalOf(config),
    });
    return key;
  }

  /**
   * Bus and archive are encrypted under keys that AWS owns and not under ours: how often a bus asks KMS for a customer's
   * key is not documented, and once for every event would double what an order costs.
   */
  private makeBus(config: StageConfig): EventBus {
    const bus = new EventBus(this, 'Bus', {
      eventBusName: nameOf(config.stage, 'bus'),
      description: 'Everything that happens in the shop, and what Rapport makes of it.',
    });
    bus.applyRemovalPolicy(removalOf(config));
    const archive = new CfnArchive(this, 'Archive', {
      archiveName: nameOf(config.stage, 'archive'),
      description: 'Every event that a shop sent, to replay from.',
      sourceArn: bus.eventBusArn,
      eventPattern: sealedFacts,
      retentionDays: config.archiveDays,
    });
    archive.applyRemovalPolicy(removalOf(config));
    return bus;
  }

  /**
   * AWS::DynamoDB::Table and not GlobalTable: the latter asks for a region when the template is written, so that one template
   * could not serve every region, and cdk-nag does not look at its recovery.
   */
  private makeTable(name: TableName, config: StageConfig, key: Key): Table {
    const { stream, timeToLive, index, forgets = false } = tableShapes[name];
    const table = new Table(this, idOf(`${name}-table`), {
      tableName: nameOf(config.stage, name),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: !forgets },
      deletionProtection: config.removal === 'retain',
      removalPolicy: tableRemovalOf(config),
      ...(stream ? { stream: StreamViewType.NEW_AND_OLD_IMAGES } : {}),
      ...(timeToLive === undefined ? {} : { timeToLiveAttribute: timeToLive }),
    });
    if (forgets) {
      Validations.of(table).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason: `What stands in ${name} is worth nothing after a minute, and whose counter it was has to be forgotten: a backup would remember it.`,
      });
    }
    if (index !== undefined) {
      const { partitionKey, sortKey, attributes } = indexShapes[index];
      table.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        ...(attributes === undefined
          ? { projectionType: ProjectionType.KEYS_ONLY }
          : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: attributes }),
      });
    }
    return table;
  }
}
