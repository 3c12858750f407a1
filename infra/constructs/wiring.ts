/**
 * What a domain declares: functions, what starts them, and what they may touch. Plain data, so that a domain's wiring
 * reads as a table, and a test can walk it.
 */
import type { EventDefinition } from '../../events/define-event.ts';

export const tableNames = ['profile', 'inbox', 'catalog', 'reputation'] as const;
export type TableName = (typeof tableNames)[number];

/** The one secondary index there is: what waits for a person or for another fact. */
export const ATTENTION_INDEX = 'attention';

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
  attentionActions?: readonly 'Query'[];
};
export type BusBinding = { kind: 'bus'; variable: string };
export type ReleaseBinding = { kind: 'release'; variable: string };
export type Binding = TableBinding | BusBinding | ReleaseBinding;

export type FunctionSpec = {
  /** The logical name, `loyalty-order-placed`: also the tail of the deployed function's name. */
  name: string;
  /** The entry file, relative to the repository's root; it exports `handler`. */
  entry: string;
  binds: readonly Binding[];
};

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A route. Without `public` the API asks for a valid token; which scopes a token needs, the handler decides and explains. */
export type Route = { method: Method; path: `/v1/${string}`; public?: true } | { fallback: true; public: true };

/** `size`: which of the stage's sizes the function has; `http` where left out. */
export type HttpDomainSpec = FunctionSpec & { routes: readonly Route[]; size?: 'longHttp' };

/** What an event has to say beside its type, as an EventBridge pattern on its data: that a field is there, or begins so. */
export type DataPattern = {
  readonly [field: string]: readonly [{ readonly exists: true } | { readonly prefix: string }] | DataPattern;
};

/**
 * A function that takes one event type, in batches, out of a queue of its own. `having`: only events whose data match
 * reach the queue, so the others cost nothing.
 */
export type ReactionSpec = FunctionSpec & { on: EventDefinition; having?: DataPattern };

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
export type ScheduledReactionSpec = FunctionSpec & { everyHours: number; size?: 'longSchedule' };

/**
 * The stacks of what can be thrown away and deployed again, in the order in which they are deployed. CloudFormation lets a
 * stack have 500 resources, so domains that belong together have one of their own.
 */
export const domainStacks = ['stateless', 'reputation'] as const;
export type DomainStackName = (typeof domainStacks)[number];

export type DomainSpec = {
  domain: string;
  /** Where it is deployed; `stateless` where left out. */
  stack?: DomainStackName;
  http?: HttpDomainSpec;
  reactions?: readonly ReactionSpec[];
  streamReactions?: readonly StreamReactionSpec[];
  scheduledReactions?: readonly ScheduledReactionSpec[];
};

const variableOf: Record<TableName, string> = {
  profile: 'PROFILE_TABLE',
  inbox: 'INBOX_TABLE',
  catalog: 'CATALOG_TABLE',
  reputation: 'REPUTATION_TABLE',
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
  return { ...binding, attentionActions: ['Query'] };
}

/** The bus, to publish on. */
export const bus: BusBinding = { kind: 'bus', variable: 'BUS_NAME' };

/** The version that runs. */
export const release: ReleaseBinding = { kind: 'release', variable: 'RELEASE' };

/** What each reaction needs of the inbox: to claim the id of an event, and to keep what it refuses. */
export const inboxClaims: TableBinding = table('inbox', 'BatchGetItem', 'PutItem');
