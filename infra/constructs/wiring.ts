/**
 * What a domain declares: functions, what starts them, and what they may touch. Plain data, so that a domain's wiring
 * reads as a table, and a test can walk it.
 */
import type { EventDefinition } from '../../events/define-event.ts';

export const tableNames = ['profile', 'inbox', 'catalog', 'reputation', 'recommend', 'vault', 'limits'] as const;
export type TableName = (typeof tableNames)[number];

/**
 * The secondary indexes: what waits for a person or for another fact; and what has changed in the catalogue, in the order in which it
 * came.
 */
export const indexNames = ['attention', 'changes'] as const;
export type IndexName = (typeof indexNames)[number];

export type TableAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';

/** A binding gives a function one environment variable and, with it, the right to do exactly what is listed. */
export type TableBinding = {
  kind: 'table';
  variable: string;
  table: TableName;
  actions: readonly TableAction[];
  /** Only items of this partition may be touched. */
  partition?: string;
  /** Which secondary indexes may be queried. */
  queries?: readonly IndexName[];
};

export const bucketNames = ['lake', 'models'] as const;
export type BucketName = (typeof bucketNames)[number];
export type ObjectAction = 'DeleteObject' | 'GetObject' | 'PutObject';

/** A bucket: its name as an environment variable, these actions on the objects of one folder, and to list that folder where it says so. */
export type BucketBinding = {
  kind: 'bucket';
  variable: string;
  bucket: BucketName;
  folder: string;
  actions: readonly ObjectAction[];
  lists?: true;
};
/** What a stage may have and need not: the variable is there, and empty where the stage has none. */
export type ManagedRecommenderBinding = { kind: 'managed-recommender' };
/** Where the heavy aggregation of a training runs. */
export type QueryEngineBinding = { kind: 'query-engine' };
/** The stage's key, to wrap and unwrap the keys of the vault with and for nothing else. */
export type VaultKeyBinding = { kind: 'vault-key'; actions: readonly ('Decrypt' | 'GenerateDataKey')[] };
/** The stage's key for pseudonyms. */
export type PseudonymKeyBinding = { kind: 'pseudonym-key' };
/** The stage's name, under which models are trained and served. */
export type StageBinding = { kind: 'stage'; variable: string };
export type BusBinding = { kind: 'bus'; variable: string };
export type ReleaseBinding = { kind: 'release'; variable: string };
export type Binding =
  | TableBinding
  | BucketBinding
  | ManagedRecommenderBinding
  | QueryEngineBinding
  | VaultKeyBinding
  | PseudonymKeyBinding
  | StageBinding
  | BusBinding
  | ReleaseBinding;

export type FunctionSpec = {
  /** The logical name, `loyalty-order-placed`: also the tail of the deployed function's name. */
  name: string;
  /** The entry file, relative to the repository's root; it exports `handler`. */
  entry: string;
  binds: readonly Binding[];
  /** Packages with native code, which cannot be part of a bundle and are laid beside it. */
  nativePackages?: readonly string[];
};

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A route. Without `public` the API asks for a valid token; which scopes a token needs, the handler decides and explains. */
export type Route = { method: Method; path: `/v1/${string}`; public?: true } | { fallback: true; public: true };

/** `size`: which of the stage's sizes the function has; `http` where left out. */
export type HttpDomainSpec = FunctionSpec & { routes: readonly Route[]; size?: 'longHttp' | 'serving' };

/** What an event has to say beside its type, as an EventBridge pattern on its data: that a field is there, or begins so. */
export type DataPattern = {
  readonly [field: string]: readonly [{ readonly exists: true } | { readonly prefix: string }] | DataPattern;
};

/**
 * A function that takes one event type, in batches, out of a queue of its own. `having`: only events whose data match
 * reach the queue, so the others cost nothing.
 */
export type ReactionSpec = FunctionSpec & { on: EventDefinition; having?: DataPattern };

/** A function that takes every event of a shop which has not come through the door, so that it does. */
export type RelaySpec = FunctionSpec;

/** Changes of items with one of these sort keys, or one that begins so, and with this attribute after the change. */
export type ChangeFilter = {
  sortKeys: readonly (string | { prefix: string })[];
  having?: { attribute: string; type: 'S' | 'N' | 'SS' };
};

/**
 * A function that reads the changes of a table; those of one item come in their order. It is handed what passes one of the
 * filters, of which there are five at most, and not called for the rest.
 */
export type StreamReactionSpec = FunctionSpec & { table: TableName; changes: readonly ChangeFilter[] };

/** A function that the clock starts. `size`: which of the stage's sizes it has; `schedule` where left out. */
export type ScheduledReactionSpec = FunctionSpec & { everyHours: number; size?: 'longSchedule' | 'training' };

/**
 * The stacks of what can be thrown away and deployed again, in the order in which they are deployed. CloudFormation lets a
 * stack have 500 resources, so domains that belong together have one of their own.
 */
export const domainStacks = ['stateless', 'loyalty', 'offers', 'reputation', 'recommend'] as const;
export type DomainStackName = (typeof domainStacks)[number];

export type DomainSpec = {
  domain: string;
  /** Where it is deployed; `stateless` where left out. */
  stack?: DomainStackName;
  http?: HttpDomainSpec;
  reactions?: readonly ReactionSpec[];
  relays?: readonly RelaySpec[];
  /** The function that every event goes through on its way into the lake; one domain has it. */
  transformations?: readonly [FunctionSpec];
  streamReactions?: readonly StreamReactionSpec[];
  scheduledReactions?: readonly ScheduledReactionSpec[];
};

const variableOf: Record<TableName, string> = {
  profile: 'PROFILE_TABLE',
  inbox: 'INBOX_TABLE',
  catalog: 'CATALOG_TABLE',
  reputation: 'REPUTATION_TABLE',
  recommend: 'RECOMMEND_TABLE',
  vault: 'VAULT_TABLE',
  limits: 'LIMITS_TABLE',
};

/** Binds a table: its name as an environment variable, and these actions on its items. */
export function table(name: TableName, ...actions: TableAction[]): TableBinding {
  return { kind: 'table', variable: variableOf[name], table: name, actions };
}

/** The partition of the Profile table that the shop's policies stand in. */
export const POLICY_PARTITION = 'SHOP#POLICY';

/** The shop's policies, and nothing else of the Profile table: to read, or with more actions to keep new ones. */
export function policies(...more: 'PutItem'[]): TableBinding {
  return { ...table('profile', 'BatchGetItem', ...more), partition: POLICY_PARTITION };
}

/** The partition of the Profile table that the liability journal stands in. */
export const LIABILITY_PARTITION = 'SHOP#LIABILITY';

/** Lets a table's binding query the `attention` index too. */
export function andAttention(binding: TableBinding): TableBinding {
  return { ...binding, queries: ['attention'] };
}

/** What has changed in the catalogue, and nothing else of it. */
export const catalogueChanges: TableBinding = { ...table('catalog'), queries: ['changes'] };

/** The models of the shop: to read, or to write and remove as well. */
export function models(...more: ('DeleteObject' | 'PutObject')[]): BucketBinding {
  return {
    kind: 'bucket',
    variable: 'MODEL_BUCKET',
    bucket: 'models',
    folder: 'models',
    actions: ['GetObject', ...more],
  };
}

/** The events in the lake, to read from end to end. */
export const lakeEvents: BucketBinding = {
  kind: 'bucket',
  variable: 'LAKE_BUCKET',
  bucket: 'lake',
  folder: 'events',
  actions: ['GetObject'],
  lists: true,
};

/** Amazon Personalize, where the stage has a campaign. */
export const managedRecommender: ManagedRecommenderBinding = { kind: 'managed-recommender' };

/** Amazon Athena, where the stage has a work group; else the function aggregates by itself. */
export const queryEngine: QueryEngineBinding = { kind: 'query-engine' };

/** The rule, and its queue, by which archived events are read without being reacted to. */
export const PREVIEW = 'replay-preview';

/** How the name of a replay begins that is only to be read; so what it brings reaches no reaction. */
export function previewPrefix(stageName: string): string {
  return `rapport-${stageName}-preview-`;
}

/** The stage. */
export const stage: StageBinding = { kind: 'stage', variable: 'STAGE' };

/** The bus, to publish on. */
export const bus: BusBinding = { kind: 'bus', variable: 'BUS_NAME' };

/** The version that runs. */
export const release: ReleaseBinding = { kind: 'release', variable: 'RELEASE' };

/** What each reaction needs of the inbox: to claim the id of an event, and to keep what it refuses. */
export const inboxClaims: TableBinding = table('inbox', 'BatchGetItem', 'PutItem');

/** Which members have been erased: every function has it whose routes are for members. */
export const erasedMembers: TableBinding = table('inbox', 'BatchGetItem');

/** To seal what is personal: reads and makes the keys of owners. */
export const sealing: readonly Binding[] = [
  table('vault', 'BatchGetItem', 'PutItem'),
  { kind: 'vault-key', actions: ['Decrypt', 'GenerateDataKey'] },
];

/** The same, and to write into the vault in one transaction with the rest, as long as the owner's key stands. */
export const keeping: readonly Binding[] = [...sealing, table('vault', 'ConditionCheckItem')];

/** To open what is sealed, and no more. */
export const opening: readonly Binding[] = [
  table('vault', 'BatchGetItem'),
  { kind: 'vault-key', actions: ['Decrypt'] },
];

/** The keyed hash that stands for ids outside the tables. */
export const pseudonymKey: PseudonymKeyBinding = { kind: 'pseudonym-key' };
