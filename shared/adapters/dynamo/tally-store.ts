import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { type Counters, type Counts, canonical, difference, sumOf } from '../../domain/reputation/counts.ts';
import { batchGet } from './batch-get.ts';
import { type Key, reputationKeys } from './keys.ts';
import { type Item, keyItem, writeFailure } from './profile-records.ts';
import { shardOf } from './shards.ts';

/** What brought a change about. */
export type Cause = { eventId: string; type: string; subject: string };

/**
 * A change of a source: the writes of its own items, under their own conditions, and what its counts change by. All of it
 * happens or none of it.
 */
export type SourceChange = { writes: readonly TransactWriteItem[]; delta: Counts; cause?: Cause | undefined };

export type Tally = { counters: Counters; cause?: Cause | undefined };

export type TallyStore = {
  /** Applies changes, many in one transaction. Throws WriteConflict where an item has changed since it was read. */
  apply(changes: readonly SourceChange[]): Promise<void>;
  /** Counters by target, as they are at this moment. */
  load(targets: readonly string[]): Promise<Map<string, Tally>>;
  /** Counts what sources that keep both (`due`, `counted`) call for by now; those that are even are passed over. */
  settle(keys: readonly Key[]): Promise<void>;
};

/** A transaction has at most 100 writes; some are left for targets that turn up last. */
const WRITES_PER_TRANSACTION = 90;
/** An update expression names so many counters at most. */
const COUNTERS_PER_UPDATE = 200;
/** Every order and review of the shop is counted on one of these. */
export const SHOP_SHARDS = 8;
const SHOP = 'SHOP';

/** The counters of the Reputation table. */
export function tallyStore(client: DynamoDBClient, table: string): TallyStore {
  const send = async (writes: readonly TransactWriteItem[]) => {
    if (writes.length === 0) return;
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
    } catch (error) {
      throw writeFailure(error);
    }
  };
  const store: TallyStore = {
    async apply(changes) {
      for (const batch of inTransactions(changes)) await send(writesOf(table, batch));
    },

    async load(targets) {
      const keys = targets.flatMap((target) => targetKeys(target));
      const items = await batchGet(client, table, keys, { consistent: true });
      const found = new Map<string, Tally>();
      for (const item of items) {
        const target = item.pk?.S?.startsWith(`${SHOP}#`) === true ? SHOP : (item.pk?.S ?? '');
        const before = found.get(target);
        const { counters, cause } = tallyOf(item);
        const sum = before === undefined ? counters : sumOf([{ SHOP: before.counters }, { SHOP: counters }]).SHOP;
        found.set(target, { counters: sum ?? {}, cause: cause ?? before?.cause });
      }
      return found;
    },

    async settle(keys) {
      const items = await batchGet(client, table, keys, { consistent: true });
      const changes = items.flatMap((item) => {
        const { due = '{}', counted = '{}' } = countsOf(item);
        return due === counted ? [] : markCounted(table, item, { due, counted });
      });
      await store.apply(changes);
    },
  };
  return store;
}

/** What a source calls for and what has been counted of it, as its item keeps them. */
export function countsOf(item: Item | undefined): { due?: string; counted?: string; cause?: Cause } {
  const { due, counted, cause } = item ?? {};
  return {
    ...(due?.S !== undefined && { due: due.S }),
    ...(counted?.S !== undefined && { counted: counted.S }),
    ...(cause?.S !== undefined && { cause: JSON.parse(cause.S) as Cause }),
  };
}

/** The counters that an item of the table holds. */
export function tallyOf(item: Item): Tally {
  const counters = Object.entries(item).flatMap(([name, value]) =>
    name.startsWith(COUNTER) && value.N !== undefined ? [[name.slice(COUNTER.length), Number(value.N)] as const] : [],
  );
  const cause = item.cause?.S === undefined ? undefined : (JSON.parse(item.cause.S) as Cause);
  return { counters: Object.fromEntries(counters), cause };
}

/** The difference between two texts of counts. */
export function deltaOf(due: string, counted: string): Counts {
  return difference(JSON.parse(due) as Counts, JSON.parse(counted) as Counts);
}

/** How many targets one step of a change may have: with the source itself and the shop's they fit into one transaction. */
const TARGETS_PER_STEP = WRITES_PER_TRANSACTION - 10;

/**
 * The way from what was counted to what is due, in steps that each fit into one transaction: mostly one, more for an order of
 * hundreds of products. Each step is kept as what has been counted by then, so that whoever stops in between goes on from there.
 */
export function stepsTo(due: string, counted: string): { from: string; to: string; delta: Counts }[] {
  const changes = Object.entries(deltaOf(due, counted));
  const steps: { from: string; to: string; delta: Counts }[] = [];
  let from = counted;
  for (let first = 0; first < changes.length; first += TARGETS_PER_STEP) {
    const delta: Counts = Object.fromEntries(changes.slice(first, first + TARGETS_PER_STEP));
    const isLast = first + TARGETS_PER_STEP >= changes.length;
    const to = isLast ? due : canonical(sumOf([JSON.parse(from) as Counts, delta]));
    steps.push({ from, to, delta });
    from = to;
  }
  return steps;
}

/** Counters stand beside keys and cause in the item, so their names are set apart. */
const COUNTER = 'n.';

function targetKeys(target: string): Key[] {
  if (target !== SHOP) return [reputationKeys.tally(target)];
  return Array.from({ length: SHOP_SHARDS }, (_, shard) => reputationKeys.tally(`${SHOP}#${shard}`));
}

function markCounted(table: string, item: Item, { due, counted }: { due: string; counted: string }): SourceChange[] {
  const { cause } = countsOf(item);
  return stepsTo(due, counted).map(({ from, to, delta }, step) => {
    const isFirst = step === 0 && item.counted === undefined;
    const update: TransactWriteItem = {
      Update: {
        TableName: table,
        Key: { pk: item.pk ?? { S: '' }, sk: item.sk ?? { S: '' } },
        UpdateExpression: 'SET counted = :to',
        ConditionExpression: `due = :due AND ${isFirst ? 'attribute_not_exists(counted)' : 'counted = :from'}`,
        ExpressionAttributeValues: { ':due': { S: due }, ':to': { S: to }, ...(!isFirst && { ':from': { S: from } }) },
      },
    };
    return { writes: [update], delta, ...(cause && { cause }) };
  });
}

/** Changes that go into one transaction: their writes and the targets they share fit, and no item is written twice. */
function inTransactions(changes: readonly SourceChange[]): SourceChange[][] {
  const batches: SourceChange[][] = [];
  let open: SourceChange[] = [];
  let keys = new Set<string>();
  let counters = new Map<string, Set<string>>();
  for (const change of changes) {
    const own = change.writes.map(keyOf);
    const targets = Object.entries(change.delta);
    const added = targets.filter(([target]) => !counters.has(target)).length;
    const crowded = targets.some(([target, names = {}]) => {
      const known = counters.get(target);
      return known !== undefined && known.size + Object.keys(names).length > COUNTERS_PER_UPDATE;
    });
    const size = keys.size + own.length + counters.size + added;
    if (open.length > 0 && (size > WRITES_PER_TRANSACTION || crowded || own.some((key) => keys.has(key)))) {
      batches.push(open);
      open = [];
      keys = new Set();
      counters = new Map();
    }
    open.push(change);
    for (const key of own) keys.add(key);
    for (const [target, names = {}] of targets) {
      const known = counters.get(target) ?? new Set();
      for (const name of Object.keys(names)) known.add(name);
      counters.set(target, known);
    }
  }
  return open.length === 0 ? batches : [...batches, open];
}

function keyOf({ Put, Update, Delete, ConditionCheck }: TransactWriteItem): string {
  const key = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key;
  return `${key?.pk?.S} ${key?.sk?.S}`;
}

function writesOf(table: string, changes: readonly SourceChange[]): TransactWriteItem[] {
  const writes = changes.flatMap((change) => change.writes);
  const sums = Object.entries(sumOf(changes.map(({ delta }) => delta)));
  const causes = new Map(
    changes.flatMap(({ delta, cause }) => (cause ? Object.keys(delta).map((target) => [target, cause] as const) : [])),
  );
  // All of one transaction is counted on one shard of the shop, so that transactions do not wait for each other.
  const shard = shardOf(changes[0] === undefined ? '' : keyOf(changes[0].writes[0] ?? {}), SHOP_SHARDS);
  const counted = sums.flatMap(([target, counters = {}]) => {
    const changed = Object.entries(counters).filter(([, amount]) => amount !== 0);
    if (changed.length === 0) return [];
    const to = target === SHOP ? `${SHOP}#${shard}` : target;
    return [addTo(table, to, changed, causes.get(target))];
  });
  return [...writes, ...counted];
}

function addTo(
  table: string,
  target: string,
  counters: readonly (readonly [name: string, amount: number])[],
  cause: Cause | undefined,
): TransactWriteItem {
  const added = counters.map((_, index) => `#${index} :${index}`).join(', ');
  return {
    Update: {
      TableName: table,
      Key: keyItem(reputationKeys.tally(target)),
      UpdateExpression: `${cause === undefined ? '' : 'SET cause = :cause '}ADD ${added}`,
      ExpressionAttributeNames: Object.fromEntries(counters.map(([name], index) => [`#${index}`, COUNTER + name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(counters.map(([, amount], index) => [`:${index}`, { N: String(amount) }])),
        ...(cause && { ':cause': { S: JSON.stringify(cause) } }),
      },
    },
  };
}
