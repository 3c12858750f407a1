import type { Policies } from '../../policy/policies.ts';
import {
  type AccountHistory,
  type AccountRecord,
  type AccountWrite,
  bookPostings,
  type Fits,
  newAccountRecord,
} from './book-postings.ts';
import { type OrderEffect, type OrderPosting, orderEffect } from './order-effect.ts';
import {
  type Attention,
  addFact,
  EVENT_TYPES,
  newOrder,
  type OrderFact,
  type OrderRecord,
  type Owner,
} from './order-facts.ts';
import { ORDERS_PER_VISITOR_LIMIT, resolveOwner, type Visitor } from './visitor.ts';

/** What the shop knows of guest orders; amounts in minor units of the base currency. */
export type GuestFigures = {
  orders: number;
  completed: number;
  cancelled: number;
  spend: number;
  returned: number;
  unitsReturned: number;
};

/** What has been read so far. A record that is not there yet is given as new, with version 0. */
export type Known = {
  fits?: Fits;
  order: OrderRecord;
  visitors: ReadonlyMap<string, Visitor>;
  accounts: ReadonlyMap<string, AccountRecord>;
  histories: ReadonlyMap<string, AccountHistory>;
};

export type OrderDecision =
  /** Nothing to do: the fact is known and its effect is booked. */
  | { kind: 'nothing' }
  /** The order is of a member who has been erased: the fact is not taken. */
  | { kind: 'erased' }
  | { kind: 'refused'; code: string; detail: string }
  /** The decision needs more to be read; ask again with it. */
  | { kind: 'need'; visitors: string[]; accounts: string[]; histories: string[] }
  /** To be written in one transaction, each record under the condition that its version is still the one before. */
  | {
      kind: 'write';
      order: OrderRecord;
      accounts: AccountWrite[];
      visitor?: Visitor;
      guests?: GuestFigures;
    };

/**
 * Decides what a fact of an order changes, or, without a fact, whether the order is booked to the wrong owner. The
 * difference is applied between the effect that all known facts call for and the effect booked before.
 * @param nowMs since when an order that now needs a person's eye has needed it
 */
export function decideOrder(
  known: Known,
  fact: OrderFact | undefined,
  policies: Policies,
  nowMs: number,
): OrderDecision {
  const before = known.order;
  const added = fact === undefined ? undefined : addFact(before, fact, policies);
  if (added?.kind === 'duplicate') return { kind: 'nothing' };
  if (added?.kind === 'refused') return added;
  const order = added?.order ?? before;
  const effectBefore = orderEffect(before);
  const effect = orderEffect(order);

  const visitorId = effect.owner?.kind === 'visitor' ? effect.owner.anonymousId : undefined;
  if (visitorId !== undefined && !known.visitors.has(visitorId)) return need({ visitors: [visitorId] });
  const visitor = visitorId === undefined ? undefined : known.visitors.get(visitorId);
  const owner = resolveOwner(effect.owner, visitor);
  const moved = !sameOwner(before.bookedTo, owner);
  if (fact === undefined && !moved) return { kind: 'nothing' };

  const accounts = decideAccounts({ known, before, effectBefore, effect, owner, order, fact, policies });
  if ('kind' in accounts) return accounts;
  const guests = guestChange(before.bookedTo, effectBefore, owner, effect);
  const joining = visitor !== undefined && !visitor.orderIds.includes(order.orderId) ? visitor : undefined;
  if (joining !== undefined && joining.orderIds.length >= ORDERS_PER_VISITOR_LIMIT) {
    return {
      kind: 'refused',
      code: 'too_many_orders',
      detail: `A visitor has at most ${ORDERS_PER_VISITOR_LIMIT} orders.`,
    };
  }
  return {
    kind: 'write',
    order: { ...order, version: before.version + 1, bookedTo: owner, attention: attentionOf(before, effect, nowMs) },
    accounts: accounts.writes,
    ...(joining && {
      visitor: { ...joining, version: joining.version + 1, orderIds: [...joining.orderIds, order.orderId] },
    }),
    ...(guests && { guests }),
  };
}

/** What has to be known to decide on an order for the first time. */
export function unknownOrder(orderId: string): Known {
  return { order: newOrder(orderId), visitors: new Map(), accounts: new Map(), histories: new Map() };
}

type AccountQuestion = {
  known: Known;
  before: OrderRecord;
  effectBefore: OrderEffect;
  effect: OrderEffect;
  owner: Owner | undefined;
  order: OrderRecord;
  fact: OrderFact | undefined;
  policies: Policies;
};

function decideAccounts(
  question: AccountQuestion,
): { writes: AccountWrite[] } | Extract<OrderDecision, { kind: 'need' | 'erased' }> {
  const { known, before, effectBefore, effect, owner } = question;
  const previous = before.bookedTo?.kind === 'member' ? before.bookedTo.memberId : undefined;
  const next = owner?.kind === 'member' ? owner.memberId : undefined;
  const changes: { memberId: string; booked: OrderPosting[]; wanted: OrderPosting[] }[] = [];
  if (previous !== undefined && previous !== next) {
    changes.push({ memberId: previous, booked: effectBefore.postings, wanted: [] });
  }
  if (next !== undefined) {
    changes.push({ memberId: next, booked: previous === next ? effectBefore.postings : [], wanted: effect.postings });
  }
  const relevant = changes.filter(({ booked, wanted }) => JSON.stringify(booked) !== JSON.stringify(wanted));
  const missing = relevant.filter(({ memberId }) => !known.accounts.has(memberId)).map(({ memberId }) => memberId);
  if (missing.length > 0) return need({ accounts: missing });
  if (relevant.some(({ memberId }) => known.accounts.get(memberId)?.account.closedAtMs !== undefined)) {
    return { kind: 'erased' };
  }

  const writes: AccountWrite[] = [];
  const late: string[] = [];
  const { order, policies } = question;
  for (const { memberId, booked, wanted } of relevant) {
    const record = known.accounts.get(memberId) ?? newAccountRecord(memberId, policies);
    const change = { subject: order.orderId, booked, wanted, because: causeOf(question) };
    const write = bookPostings(record, change, policies, {
      fits: known.fits,
      history: known.histories.get(memberId),
    });
    if (write === 'late') late.push(memberId);
    else writes.push(write);
  }
  return late.length > 0 ? need({ histories: late }) : { writes };
}

/** The fact that made the difference; where an order changes hands without one, its placing. */
function causeOf({ fact, order }: AccountQuestion) {
  const cause = fact ?? order.facts[0];
  return {
    atMs: cause?.atMs ?? 0,
    eventId: cause?.eventId ?? '',
    eventType: cause === undefined ? '' : EVENT_TYPES[cause.kind],
    subject: order.orderId,
  };
}

function attentionOf(before: OrderRecord, effect: OrderEffect, nowMs: number): Attention | undefined {
  const state = effect.waiting ? 'waiting' : effect.refused.length > 0 ? 'refused' : undefined;
  if (state === undefined) return undefined;
  return before.attention?.state === state ? before.attention : { state, sinceMs: nowMs };
}

function sameOwner(a: Owner | undefined, b: Owner | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function guestChange(
  ownerBefore: Owner | undefined,
  before: OrderEffect,
  ownerAfter: Owner | undefined,
  after: OrderEffect,
): GuestFigures | undefined {
  const from = ownerBefore?.kind === 'guest' ? guestFigures(before.postings) : guestFigures([]);
  const to = ownerAfter?.kind === 'guest' ? guestFigures(after.postings) : guestFigures([]);
  const change: GuestFigures = {
    orders: to.orders - from.orders,
    completed: to.completed - from.completed,
    cancelled: to.cancelled - from.cancelled,
    spend: to.spend - from.spend,
    returned: to.returned - from.returned,
    unitsReturned: to.unitsReturned - from.unitsReturned,
  };
  return Object.values(change).some((value) => value !== 0) ? change : undefined;
}

/** What the postings of a guest's order add up to. */
export function guestFigures(postings: readonly OrderPosting[]): GuestFigures {
  const total = (pick: (posting: OrderPosting) => number) => postings.reduce((sum, posting) => sum + pick(posting), 0);
  return {
    orders: total((it) => (it.kind === 'placed' ? 1 : 0)),
    completed: total((it) => it.orders),
    cancelled: total((it) => (it.kind === 'cancelled' ? 1 : 0)),
    spend: total((it) => it.spend),
    returned: total((it) => it.returned),
    unitsReturned: total((it) => it.units),
  };
}

function need(parts: {
  visitors?: string[];
  accounts?: string[];
  histories?: string[];
}): Extract<OrderDecision, { kind: 'need' }> {
  return { kind: 'need', visitors: [], accounts: [], histories: [], ...parts };
}
