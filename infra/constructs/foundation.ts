import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { StageConfig } from '../config.ts';
import type { BucketName, TableName } from './wiring.ts';

/** What outlives a deployment, as the constructs of the stateless stack see it. */
export type Foundation = {
  key: Key;
  /** Makes the keyed hashes that stand for ids outside the tables. */
  pseudonymKey: Key;
  bus: EventBus;
  tables: Readonly<Record<TableName, Table>>;
  buckets: Readonly<Record<BucketName, Bucket>>;
  /** Where alarms are told. */
  alarms: Topic;
};

/** What each construct of the stateless stack is built from. */
export type Surroundings = {
  config: StageConfig;
  foundation: Foundation;
  /** False: functions get a placeholder for code, and no entry file is read. For tests and the local runtime. */
  bundle: boolean;
};
