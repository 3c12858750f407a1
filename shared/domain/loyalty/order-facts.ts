import type { DataOf } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import type { orderCancelled } from '../../../events/order/order-cancelled.v1.ts';
import type { orderCompleted } from '../../../events/order/order-completed.v1.ts';
import type { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import type { orderReturned } from '../../../events/order/order-returned.v1.ts';
import { type Policies, policyAt } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import { dayOf } from '../calendar/calendar.ts';
import { currencyTerms } from './arithmetic.ts';

export type OrderLine = DataOf<typeof orderPlaced>['lines'][number];

/** Something that is known, under the id of the event or command that told it. */
export type Fact<Kind extends string, Data> = {
  kind: Kind;
  eventId: string;
  /** Hash of the content: the same id with another hash is another fact and is refused. */
  hash: string;
  atMs: number;
  data: Data;
};

export type PlacedFact = Fact<'placed', DataOf<typeof orderPlaced>>;
export type CompletedFact = Fact<'completed', DataOf<typeof orderCompleted>>;
export type CancelledFact = Fact<'cancelled', DataOf<typeof orderCancelled>>;
export type ReturnedFact = Fact<'returned', DataOf<typeof orderReturned>>;

/** One thing that is known of an order. */
export type OrderFact = PlacedFact | CompletedFact | CancelledFact | ReturnedFact;
export type OrderFactKind = OrderFact['kind'];

/** Facts of one order beyond this are refused: an order has one placing, one delivery and some returns. */
export const FACTS_PER_ORDER_LIMIT = 200;

/**
 * What earning is governed by, taken from the policy when the order became known and kept with it, so that a return
 * years later takes back what was earned under the very rule that earned it.
 */
export type LoyaltyTerms = {
  policyStamp: string;
  purchaseRate: number;
  holdDays: number;
  expiryMonths: number;
  timeZone: string;
  rate: number;
  digits: number;
  baseDigits: number;
  priceBands: { id: string; upTo?: number | undefined }[];
  /** The periods that the order was placed in; left out where there is none. */
  multipliers?: Multiplier[] | undefined;
  /** What happens when a return takes more than is left; left out for `debt`. */
  shortfall?: 'within_balance' | 'only_pending' | undefined;
};

/** A period in which some lines or all earn more. */
export type Multiplier = {
  id: string;
  factor: number;
  categories?: string[] | undefined;
  brands?: string[] | undefined;
};

/** Whose an order is. Nobody's while it is only known by its later facts. */
export type Owner = { kind: 'member'; memberId: string } | { kind: 'visitor'; anonymousId: string } | { kind: 'guest' };

export type Attention = { state: 'waiting' | 'refused'; sinceMs: number };

/** All that is kept of an order: its facts, the terms it earns under and whom its effects were booked to. */
export type OrderRecord = {
  orderId: string;
  /** Counts the writes; 0 is an order never written. */
  version: number;
  /** In canonical order: by time, then kind, then event id. */
  facts: OrderFact[];
  terms?: LoyaltyTerms | undefined;
  /** The account that the effect of the facts is booked to. */
  bookedTo?: Owner | undefined;
  /** Set while a person at the desk should look at the order: it waits for its placing, or a fact contradicts it. */
  attention?: Attention | undefined;
};

export const EVENT_TYPES: Record<OrderFactKind, string> = {
  placed: 'order.placed.v1',
  completed: 'order.completed.v1',
  returned: 'order.returned.v1',
  cancelled: 'order.cancelled.v1',
};

const RANK: Record<OrderFactKind, number> = { placed: 0, completed: 1, returned: 2, cancelled: 3 };

export type OrderData<Kind extends OrderFactKind> = Extract<OrderFact, { kind: Kind }>['data'];

/** An order's event as a fact of the given kind. */
export function orderFact<Kind extends OrderFactKind>(
  kind: Kind,
  event: CloudEvent<string, OrderData<Kind>>,
  hash: string,
): OrderFact {
  const { id: eventId, data } = event;
  // Half of the hash tells facts apart well enough and keeps the order's item small.
  return { kind, eventId, hash: hash.slice(0, 22), atMs: Date.parse(event.time), data } as unknown as OrderFact;
}

export function newOrder(orderId: string): OrderRecord {
  return { orderId, version: 0, facts: [] };
}

export type AddFact =
  | { kind: 'added'; order: OrderRecord }
  | { kind: 'duplicate' }
  | { kind: 'refused'; code: 'id_reused' | 'too_many_facts'; detail: string };

/** Adds a fact to those known. A fact known already changes nothing; its id with other content is refused. */
export function addFact(order: OrderRecord, fact: OrderFact, policies: Policies): AddFact {
  const known = order.facts.find((it) => it.eventId === fact.eventId);
  if (known !== undefined) {
    if (known.hash === fact.hash) return { kind: 'duplicate' };
    return { kind: 'refused', code: 'id_reused', detail: `Event ${fact.eventId} is known with other content.` };
  }
  if (order.facts.length >= FACTS_PER_ORDER_LIMIT) {
    const detail = `Order ${order.orderId} has ${FACTS_PER_ORDER_LIMIT} facts already.`;
    return { kind: 'refused', code: 'too_many_facts', detail };
  }
  const facts = [...order.facts, fact].sort((a, b) => compareFacts(a, b));
  const { terms: termsBefore, ...rest } = order;
  // The placing that counts is the earliest, and its terms with it, so that a contradicting one changes nothing
  // whichever of them came first.
  const counts = fact.kind === 'placed' && facts.find((it) => it.kind === 'placed') === fact;
  const terms = counts ? termsAt(fact.atMs, fact.data.currency, policyAt(policies, fact.atMs)) : termsBefore;
  return { kind: 'added', order: { ...rest, facts, ...(terms && { terms }) } };
}

/** What an order in a currency earns under if it is placed at an instant; undefined where the policy does not know it. */
export function termsAt(atMs: number, code: string, policy: Policy): LoyaltyTerms | undefined {
  const currency = currencyTerms(policy, code);
  if (currency === undefined) return undefined;
  const { purchaseRate, holdDays, expiryMonths, shortfall } = policy.points;
  const priceBands = policy.preferences.priceBands;
  const { stamp: policyStamp, timeZone } = policy;
  const multipliers = multipliersOn(atMs, policy);
  return {
    policyStamp,
    purchaseRate,
    holdDays,
    expiryMonths,
    timeZone,
    ...currency,
    priceBands,
    ...(multipliers.length > 0 && { multipliers }),
    ...(shortfall !== 'debt' && { shortfall }),
  };
}

/** The periods that an instant lies in, by days in the shop's time zone. */
function multipliersOn(atMs: number, policy: Policy): Multiplier[] {
  if (policy.points.multipliers.length === 0) return [];
  const day = dayOf(atMs, policy.timeZone);
  return policy.points.multipliers
    .filter(({ from, to }) => from <= day && day <= to)
    .map(({ id, factor, categories, brands }) => ({
      id,
      factor,
      ...(categories && { categories }),
      ...(brands && { brands }),
    }));
}

/** Canonical order: by time, then kind, then event id; a fact dated before `notBeforeMs` counts from there. */
export function compareFacts(a: OrderFact, b: OrderFact, notBeforeMs = Number.NEGATIVE_INFINITY): number {
  const apartMs = Math.max(a.atMs, notBeforeMs) - Math.max(b.atMs, notBeforeMs);
  return apartMs || RANK[a.kind] - RANK[b.kind] || (a.eventId < b.eventId ? -1 : 1);
}
