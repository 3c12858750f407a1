/**
 * What the templates say, in the words of the local runtime. Every name here is the name that the template gives (or
 * CloudFormation would generate), so that a handler sees locally what it sees when deployed.
 */
import type { AlarmModel } from '../../watch/alarm-model.ts';
import type { EventMatcher } from './event-pattern.ts';

export type KeyType = 'S' | 'N' | 'B';

export type IndexModel = {
  name: string;
  hashKey: string;
  rangeKey?: string;
  projection: { type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; attributes: readonly string[] };
};

export type TableModel = {
  name: string;
  arn: string;
  hashKey: string;
  rangeKey?: string;
  /** Type of every attribute that is part of a key. */
  attributeTypes: Readonly<Record<string, KeyType>>;
  indexes: readonly IndexModel[];
  streamView?: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
  ttlAttribute?: string;
};

export type QueueModel = {
  name: string;
  arn: string;
  url: string;
  redrive?: { deadLetterQueue: string; maxReceiveCount: number };
};

export type FunctionModel = {
  /** The logical name, `loyalty-order-placed`: what logs and errors say. */
  name: string;
  physicalName: string;
  arn: string;
  /** Path of the module that exports `handler`, relative to the repository. */
  entry: string;
  environment: Readonly<Record<string, string>>;
  timeoutMs: number;
  memoryMb: number;
  /** Where an asynchronous invocation goes that failed every time. */
  asyncDeadLetterQueue?: string;
};

export type RuleTarget =
  | { kind: 'queue'; queue: string; inputPath: readonly string[] }
  | { kind: 'lake'; deliveryStream: string; inputPath: readonly string[] }
  | { kind: 'function'; functionName: string; inputPath: readonly string[] };

export type RuleModel = {
  name: string;
  arn: string;
  bus: string;
  matches: EventMatcher;
  targets: readonly RuleTarget[];
};

/** What keeps the events of a bus to replay them from; `matches` says which of them. */
export type ArchiveModel = {
  name: string;
  arn: string;
  bus: string;
  busArn: string;
  matches: EventMatcher;
};

export type ScheduleModel = {
  name: string;
  arn: string;
  everyMs: number;
  functionName: string;
  /** Not started by a virtual clock, which may pass a year in a minute; only when it is asked for. */
  patient: boolean;
  /** The event the template sets; without one the function gets the scheduled event of EventBridge. */
  input?: unknown;
};

export type QueueMapping = {
  queue: string;
  functionName: string;
  batchSize: number;
  maxConcurrency: number;
  reportsItemFailures: boolean;
};

export type StreamMapping = {
  table: string;
  functionName: string;
  batchSize: number;
  bisectOnError: boolean;
  reportsItemFailures: boolean;
  /** Retries after the first attempt; without a limit a failing batch blocks the stream, as it does when deployed. */
  maxRetryAttempts: number;
  failureQueue?: string;
  /** Whether a record is handed over at all; those that are not are passed over for good. */
  matches: EventMatcher;
};

/** What takes events to a folder of a bucket; `folder` holds `!{timestamp:yyyy-MM-dd}` where the day of arrival goes. */
/** `through`: the functions that records go through on their way, one after another. */
export type DeliveryStreamModel = { name: string; bucket: string; folder: string; through: readonly string[] };

export type BucketModel = { name: string; arn: string };

export type AuthorizerModel = { issuer: string; audience: readonly string[] };

export type RouteModel = {
  /** As the template writes it: `GET /v1/members/{id}` or `$default`. */
  routeKey: string;
  functionName: string;
  authorizer?: AuthorizerModel;
  scopes: readonly string[];
};

export type Wiring = {
  region: string;
  account: string;
  tables: readonly TableModel[];
  queues: readonly QueueModel[];
  buses: readonly string[];
  deliveryStreams: readonly DeliveryStreamModel[];
  /** Nothing here goes by them; they can be asked for. */
  alarms: readonly AlarmModel[];
  buckets: readonly BucketModel[];
  functions: readonly FunctionModel[];
  rules: readonly RuleModel[];
  archives: readonly ArchiveModel[];
  schedules: readonly ScheduleModel[];
  queueMappings: readonly QueueMapping[];
  streamMappings: readonly StreamMapping[];
  routes: readonly RouteModel[];
};

/** Something in the templates that the local runtime does not know. It is never ignored: local would not be the deployment. */
export class WiringError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WiringError';
  }
}
