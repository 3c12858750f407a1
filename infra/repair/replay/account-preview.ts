/** What facts that are not known yet would make of members' accounts, by the pure fold. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchGet } from '../../../shared/adapters/dynamo/batch-get.ts';
import { type Key, profileKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { readRecord } from '../../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { balancesOf, booksOfFacts } from '../../../shared/domain/liability/member-books.ts';
import { type Account, newAccount } from '../../../shared/domain/loyalty/account.ts';
import { accountDifferences } from '../../../shared/domain/loyalty/account-difference.ts';
import type { AccountHistory } from '../../../shared/domain/loyalty/book-postings.ts';
import {
  addCauseFact,
  type CauseFact,
  type CauseRecord,
  checkInOf,
  introductionOf,
  newCause,
} from '../../../shared/domain/loyalty/cause-facts.ts';
import { accountAt } from '../../../shared/domain/loyalty/fold.ts';
import { orderEffect } from '../../../shared/domain/loyalty/order-effect.ts';
import {
  addFact,
  newOrder,
  type OrderFactKind,
  type OrderRecord,
  type Owner,
  orderFact,
} from '../../../shared/domain/loyalty/order-facts.ts';
import {
  identificationOf,
  identify,
  newVisitor,
  resolveOwner,
  type Visitor,
} from '../../../shared/domain/loyalty/visitor.ts';
import type { Policies } from '../../../shared/policy/policies.ts';
import type { Arrival } from './arrival.ts';
import type { Verdict } from './verdict.ts';

/** What a member has, in the figures that a shop looks at. */
export type AccountFigures = {
  available: number;
  pending: number;
  debt: number;
  tier: string;
  orders: number;
  /** In minor units of the base currency. */
  spend: number;
};

/** A member whose account would change: what it is, and what it would be. */
export type AccountChange = { memberId: string; before: AccountFigures; after: AccountFigures; parts: string[] };

const ORDER_KINDS: Readonly<Record<string, OrderFactKind>> = {
  'order.placed.v1': 'placed',
  'order.completed.v1': 'completed',
  'order.returned.v1': 'returned',
  'order.cancelled.v1': 'cancelled',
};

/** Records by their keys, each as it stands and as it would be; only those that would change are kept. */
class Records<Content> {
  readonly changed = new Map<string, { before: Content; after: Content }>();
  readonly #fresh: (id: string) => Content;
  readonly #loaded = new Map<string, Content>();

  constructor(fresh: (id: string) => Content) {
    this.#fresh = fresh;
  }

  load(found: Iterable<readonly [string, Content]>): void {
    this.#loaded.clear();
    for (const [id, content] of found) this.#loaded.set(id, content);
  }

  now(id: string): Content {
    return this.changed.get(id)?.after ?? this.#loaded.get(id) ?? this.#fresh(id);
  }

  change(id: string, after: Content): void {
    const before = this.changed.get(id)?.before ?? this.#loaded.get(id) ?? this.#fresh(id);
    this.changed.set(id, { before, after });
  }
}

export class AccountPreview {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #policies: Policies;
  readonly #orders = new Records<OrderRecord>(newOrder);
  readonly #causes = new Records<CauseRecord>((key) => {
    const [memberId = '', causeId = ''] = key.split('\n');
    return newCause(memberId, causeId);
  });
  readonly #visitors = new Records<Visitor>(newVisitor);

  constructor(client: DynamoDBClient, table: string, policies: Policies) {
    this.#client = client;
    this.#table = table;
    this.#policies = policies;
  }

  /** Orders that would change, as they stand and as they would be. */
  get orders(): ReadonlyMap<string, { before: OrderRecord; after: OrderRecord }> {
    return this.#orders.changed;
  }

  /** Adds events to what is known. @returns what became of each; undefined for one that is of no account */
  async add(arrivals: readonly Arrival[]): Promise<(Verdict | undefined)[]> {
    const told = arrivals.map(causesTold);
    await this.#load(arrivals, told.flat());
    return arrivals.map(({ event, hash }, index) => {
      const kind = ORDER_KINDS[event.type];
      if (kind !== undefined) {
        const orderId = String(event.data.orderId);
        const fact = orderFact(kind, event as unknown as Parameters<typeof orderFact>[1], hash);
        const added = addFact(this.#orders.now(orderId), fact, this.#policies);
        if (added.kind === 'added') this.#orders.change(orderId, added.order);
        return verdictOf(added);
      }
      if (event.type === 'member.identified.v1') {
        const anonymousId = String(event.data.anonymousId);
        const fact = identificationOf(event as unknown as Parameters<typeof identificationOf>[0], hash);
        const identified = identify(this.#visitors.now(anonymousId), fact);
        if (identified.kind === 'identified') this.#visitors.change(anonymousId, identified.visitor);
        return verdictOf(identified);
      }
      const verdicts = (told[index] ?? []).map((it) => this.addCause(it));
      return verdicts[0];
    });
  }

  /** Adds a fact of a cause that is known to be loaded, or that nothing is known of. */
  addCause({ memberId, causeId, fact }: ToldCause): Verdict {
    const key = `${memberId}\n${causeId}`;
    const added = addCauseFact(this.#causes.now(key), fact);
    if (added.kind === 'added') this.#causes.change(key, added.cause);
    return verdictOf(added);
  }

  async loadCauses(told: readonly ToldCause[]): Promise<void> {
    await this.#load([], told);
  }

  /** The members whose accounts would change, in the order of their ids. */
  async changes(nowMs: number): Promise<AccountChange[]> {
    await this.#rebookVisitors();
    const { orders, members } = await this.#booked();
    for (const { after } of this.#causes.changed.values()) members.add(after.memberId);
    const changes: AccountChange[] = [];
    for (const memberId of [...members].sort()) {
      const change = await this.#changeOf(memberId, orders, nowMs);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  async #load(arrivals: readonly Arrival[], told: readonly ToldCause[]): Promise<void> {
    const orderIds = arrivals.flatMap(({ event }) => (event.type in ORDER_KINDS ? [String(event.data.orderId)] : []));
    const visitorIds = arrivals.flatMap(({ event }) =>
      event.type === 'member.identified.v1' ? [String(event.data.anonymousId)] : [],
    );
    const [orders, causes, visitors] = await Promise.all([
      this.#read<OrderRecord>(orderIds.map(profileKeys.order)),
      this.#read<CauseRecord>(told.map((it) => profileKeys.cause(it.memberId, it.causeId))),
      this.#read<Visitor>(visitorIds.map(profileKeys.visitor)),
    ]);
    this.#orders.load(orders.map((it) => [it.orderId, it]));
    this.#causes.load(causes.map((it) => [`${it.memberId}\n${it.causeId}`, it]));
    this.#visitors.load(visitors.map((it) => [it.anonymousId, it]));
  }

  async #read<Content extends object>(keys: readonly Key[]): Promise<Content[]> {
    const items = await batchGet(this.#client, this.#table, keys, { consistent: true });
    return items.map((item) => readRecord<Content>(item)).filter((it) => it !== undefined);
  }

  /** The orders of visitors that turn out to be members are theirs from then on, whether or not the orders themselves change. */
  async #rebookVisitors(): Promise<void> {
    const orderIds = [...this.#visitors.changed.values()].flatMap(({ after }) => after.orderIds);
    const known = orderIds.filter((orderId) => !this.#orders.changed.has(orderId));
    const orders = await this.#read<OrderRecord>(known.map(profileKeys.order));
    this.#orders.load(orders.map((it) => [it.orderId, it]));
    for (const order of orders) this.#orders.change(order.orderId, order);
  }

  /** The orders that would change, booked to whom they would belong to, and all whom that is about. */
  async #booked(): Promise<{ orders: OrderRecord[]; members: Set<string> }> {
    const claimed = [...this.#orders.changed.values()].map(({ after }) => orderEffect(after).owner);
    const unknown = claimed.flatMap((owner) =>
      owner?.kind === 'visitor' && !this.#visitors.changed.has(owner.anonymousId) ? [owner.anonymousId] : [],
    );
    const visitors = new Map(
      (await this.#read<Visitor>(unknown.map(profileKeys.visitor))).map((it) => [it.anonymousId, it]),
    );
    for (const [anonymousId, { after }] of this.#visitors.changed) visitors.set(anonymousId, after);
    const members = new Set<string>();
    const name = (owner: Owner | undefined): void => {
      if (owner?.kind === 'member') members.add(owner.memberId);
    };
    const orders = [...this.#orders.changed.values()].map(({ before, after }, index): OrderRecord => {
      const owner = claimed[index];
      const visitor = owner?.kind === 'visitor' ? visitors.get(owner.anonymousId) : undefined;
      const bookedTo = resolveOwner(owner, visitor);
      name(before.bookedTo);
      name(bookedTo);
      return { ...after, bookedTo };
    });
    return { orders, members };
  }

  async #changeOf(memberId: string, orders: readonly OrderRecord[], nowMs: number): Promise<AccountChange | undefined> {
    const profile = profileStore(this.#client, this.#table);
    const known = (await profile.loadAccount(memberId)) && (await profile.loadHistory(memberId));
    const history: Pick<AccountHistory, 'orders' | 'causes'> = known?.history ?? { orders: [], causes: [] };
    const changedOrders = new Map(orders.map((it) => [it.orderId, it]));
    const causes = [...this.#causes.changed.values()].filter(({ after }) => after.memberId === memberId);
    const changedCauses = new Map(causes.map(({ after }) => [after.causeId, after]));
    const facts = [...orders, ...causes.map(({ after }) => after)].flatMap((it) => it.facts as { atMs: number }[]);
    const untilMs = Math.max(nowMs, known?.record.account.clockMs ?? 0, ...facts.map(({ atMs }) => atMs));
    const before = accountAt(known?.record.account ?? newAccount(this.#policies), untilMs, this.#policies).account;
    const after = booksOfFacts(
      memberId,
      {
        orders: [...history.orders.filter(({ orderId }) => !changedOrders.has(orderId)), ...orders],
        causes: [...history.causes.filter(({ causeId }) => !changedCauses.has(causeId)), ...changedCauses.values()],
      },
      this.#policies,
      untilMs,
    ).account;
    const parts = accountDifferences(before, after).map(({ part }) => part);
    return parts.length === 0 ? undefined : { memberId, before: figuresOf(before), after: figuresOf(after), parts };
  }
}

/** A fact of a cause of a member's. */
export type ToldCause = { memberId: string; causeId: string; fact: CauseFact };

function causesTold({ event, hash }: Arrival): ToldCause[] {
  const memberId = String(event.data.memberId);
  if (event.type === 'member.checked_in.v1') return [{ memberId, ...checkInOf(event, hash) }];
  if (event.type !== 'member.registered.v1' && event.type !== 'member.updated.v1') return [];
  const introduction = introductionOf(event as unknown as Parameters<typeof introductionOf>[0], hash);
  return introduction === undefined ? [] : [{ memberId, ...introduction }];
}

function verdictOf(added: { kind: string; code?: string }): Verdict {
  if (added.kind === 'duplicate') return { kind: 'known' };
  return added.kind === 'refused' ? { kind: 'refused', code: added.code ?? 'refused' } : { kind: 'new' };
}

function figuresOf(account: Account): AccountFigures {
  const { orders, spend } = account.lifetime;
  return { ...balancesOf(account), tier: account.tier.id, orders, spend };
}
