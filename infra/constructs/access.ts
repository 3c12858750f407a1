/**
 * The statements of our roles and policies. Each names its actions and its resources; none ends in a star. The grants
 * that the CDK's constructs offer are not used, because they give more: `kms:GenerateDataKey*`, `dynamodb:ListStreams` on
 * every table, index access with every table.
 */

import type { EventBus, IRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib/core';
import type { StageConfig } from '../config.ts';
import type { Foundation } from './foundation.ts';
import type { BucketBinding, TableBinding, VaultKeyBinding } from './wiring.ts';

/** What every call for a key of the vault says it is for: the functions repeat it. */
const VAULT_PURPOSE = 'rapport-vault';

const reads: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/** Use of the key through one service alone: a role that may read the table cannot decrypt anything by itself. */
export function useOfKey(key: IKey, service: 'dynamodb' | 's3' | 'sqs', actions: string[]): PolicyStatement {
  const { region, urlSuffix } = Stack.of(key);
  return new PolicyStatement({
    actions,
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } },
  });
}

/** The listed actions on a table, the queries on its index where there are any, and the key as far as they need it. */
export function onTable(foundation: Foundation, binding: TableBinding): PolicyStatement[] {
  const { tableArn } = foundation.tables[binding.table];
  const statements: PolicyStatement[] = [];
  if (binding.actions.length > 0) {
    const partition = binding.partition && {
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [binding.partition] } },
    };
    const actions = binding.actions.map((it) => `dynamodb:${it}`);
    statements.push(new PolicyStatement({ actions, resources: [tableArn], ...partition }));
  }
  if (binding.queries !== undefined) {
    const resources = binding.queries.map((index) => `${tableArn}/index/${index}`);
    statements.push(new PolicyStatement({ actions: ['dynamodb:Query'], resources }));
  }
  const writes = binding.actions.some((it) => !reads.has(it));
  statements.push(useOfTableKey(foundation.key, writes));
  return statements;
}

function useOfTableKey(key: IKey, writes: boolean): PolicyStatement {
  return useOfKey(
    key,
    'dynamodb',
    writes
      ? ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo']
      : ['kms:Decrypt', 'kms:DescribeKey'],
  );
}

/** The listed actions on the objects of a bucket's folder, listing it where that is asked for, and the key as far as they need it. */
export function onBucket(foundation: Foundation, { bucket, folder, actions, lists }: BucketBinding): PolicyStatement[] {
  const { bucketArn } = foundation.buckets[bucket];
  const objects = new PolicyStatement({
    actions: actions.map((it) => `s3:${it}`),
    resources: [`${bucketArn}/${folder}/*`],
  });
  const list = new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucketArn],
    conditions: { StringLike: { 's3:prefix': `${folder}/*` } },
  });
  const writes = actions.includes('PutObject');
  const key = useOfKey(foundation.key, 's3', writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt']);
  return [objects, ...(lists === true ? [list] : []), key];
}

/** Recommendations from the stage's campaign, where it has one. */
export function onManagedRecommender({ recommender }: StageConfig): PolicyStatement[] {
  if (recommender === undefined) return [];
  return [new PolicyStatement({ actions: ['personalize:GetRecommendations'], resources: [recommender.campaignArn] })];
}

/** Queries in the stage's work group, where it has one; what they read of the lake is granted with the lake. */
export function onQueryEngine({ athena }: StageConfig, scope: Stack): PolicyStatement[] {
  if (athena === undefined) return [];
  const workGroup = scope.formatArn({ service: 'athena', resource: 'workgroup', resourceName: athena.workGroup });
  const glue = (resource: string, resourceName?: string) =>
    scope.formatArn({ service: 'glue', resource, ...(resourceName === undefined ? {} : { resourceName }) });
  return [
    new PolicyStatement({
      actions: ['athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StartQueryExecution'],
      resources: [workGroup],
    }),
    new PolicyStatement({
      actions: ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
      resources: [glue('catalog'), glue('database', athena.database), glue('table', `${athena.database}/events`)],
    }),
  ];
}

/** What Lambda's poller needs of a table's stream. */
export function onStream(foundation: Foundation, streamArn: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      resources: [streamArn],
    }),
    useOfTableKey(foundation.key, false),
  ];
}

/** PutEvents on our bus. */
export function onBus(bus: EventBus): PolicyStatement {
  return new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] });
}

/** What Lambda's poller needs of a queue. */
export function receivingFrom(key: IKey, queue: IQueue): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      resources: [queue.queueArn],
    }),
    useOfKey(key, 'sqs', ['kms:Decrypt']),
  ];
}

/** SendMessage to one queue; SQS wants Decrypt too, to check the data key it is about to use. */
export function sendingTo(key: IKey, queue: IQueue): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
    useOfKey(key, 'sqs', ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

/** A function's own log group, which exists already: no right to make one. */
export function onLogs(logs: LogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logs.logGroupArn],
  });
}

/** Lets one rule, and no other, put what it matched into a queue. */
export function letRuleSendTo(queue: IQueue, rule: IRule): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
    }),
  );
}

/** The stage's key for the keys of the vault alone: the purpose in the context is what the vault says with every call. */
export function onVaultKey({ key }: Foundation, { actions }: VaultKeyBinding): PolicyStatement {
  return new PolicyStatement({
    actions: actions.map((it) => `kms:${it}`),
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:EncryptionContext:purpose': VAULT_PURPOSE } },
  });
}

/** Keyed hashes by the stage's key for pseudonyms. */
export function onPseudonymKey({ pseudonymKey }: Foundation): PolicyStatement {
  return new PolicyStatement({ actions: ['kms:GenerateMac'], resources: [pseudonymKey.keyArn] });
}
