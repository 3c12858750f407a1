import type { Policy } from '../../policy/policy.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import type { Hold, Posting, TasteChange } from './order-effect.ts';
import type { OrderFactKind } from './order-facts.ts';

/** Points of one completed order that wait for its return window to close. */
export type HeldLot = { orderId: string; eventId: string; points: number; policyStamp: string } & Hold;

/** Available points that end at the same instant. */
export type Lot = { expiresAtMs: number; points: number };

/** Where a posting stands in time; postings are folded in this order. */
export type PostingKey = { atMs: number; rank: number; eventId: string; orderId: string };

/** Preferences as decayed spend, in minor units of the base currency as of `asOfMs`. */
export type Taste = { asOfMs: number } & Record<TasteChange['dimension'], Record<string, number>>;

/**
 * What a member has. It is the fold of the postings of the member's orders in time, so it is the same whatever the
 * order in which the facts came. Amounts are never negative, except `spend` where returns outrun completed orders.
 */
export type Account = {
  /** The last posting folded in; undefined before the first. */
  last?: PostingKey | undefined;
  lifetime: { orders: number; spend: number; returned: number };
  /** Pending points of orders that are not completed. */
  openPoints: number;
  held: HeldLot[];
  lots: Lot[];
  /** Points that expired, by the instant at which they did: a late return takes them from here and leaves no debt. */
  lapsed: Lot[];
  debt: number;
  tier: { id: string; sinceMs: number };
  firstOrderAtMs?: number | undefined;
  lastOrderAtMs?: number | undefined;
  /** Since when orders have come without a gap that would have put the member at risk. */
  activeSinceMs?: number | undefined;
  stage: { id: 'new' | 'growing' | 'mature'; sinceMs: number };
  taste: Taste;
};

export type EntryState = 'pending' | 'available' | 'debt';
export type EntryKind = 'earn' | 'available' | 'reverse' | 'expire';

/**
 * One leg of a movement of points, never edited. The legs of a movement say from where to where: over all entries the
 * points with state `pending` sum to what is pending, and likewise for `available` and (negative) `debt`.
 */
export type Entry = {
  kind: EntryKind;
  state: EntryState;
  /** Signed. */
  points: number;
  atMs: number;
  hold?: Hold | undefined;
  eventId: string;
  eventType: string;
  subject: string;
  policyStamp: string;
  arithmetic: string;
};

/** The member has come to another tier. */
export type TierChange = {
  kind: 'tier';
  from: string;
  to: string;
  atMs: number;
  spend: number;
  eventId: string;
  eventType: string;
  subject: string;
  policyStamp: string;
};

/** How many expired lots are remembered: one a month, so this is two years of late returns after expiry. */
const LAPSED_LIMIT = 24;

const RANK: Record<OrderFactKind, number> = { placed: 0, completed: 1, returned: 2, cancelled: 3 };

export function postingKey(posting: Posting): PostingKey {
  const { atMs, eventId, orderId } = posting;
  return { atMs, rank: RANK[posting.kind], eventId, orderId };
}

/** Order in time; of one instant by kind, then event id, then order id. */
export function comparePostingKeys(a: PostingKey, b: PostingKey): number {
  return a.atMs - b.atMs || a.rank - b.rank || compareText(a.eventId, b.eventId) || compareText(a.orderId, b.orderId);
}

export function newAccount(policy: Policy): Account {
  return {
    lifetime: { orders: 0, spend: 0, returned: 0 },
    openPoints: 0,
    held: [],
    lots: [],
    lapsed: [],
    debt: 0,
    tier: { id: policy.tiers.steps[0]?.id ?? '', sinceMs: 0 },
    stage: { id: 'new', sinceMs: 0 },
    taste: { asOfMs: 0, categories: {}, brands: {}, priceBand: {}, channels: {} },
  };
}

export type FoldResult = { account: Account; entries: (Entry | TierChange)[] };

/** Folds postings, given in the order of their keys, into an account; neither argument is changed. */
export function foldPostings(start: Account, postings: readonly Posting[], policy: Policy): FoldResult {
  const account = copyOf(start);
  const entries: (Entry | TierChange)[] = [];
  for (const posting of postings) {
    runClock(account, posting.atMs, policy, entries);
    movePoints(account, posting, policy, entries);
    countOrder(account, posting, policy);
    judgeTier(account, posting, policy, entries);
    account.taste = changeTaste(account.taste, posting, policy);
    account.last = postingKey(posting);
  }
  return { account, entries };
}

/**
 * The account as it is at an instant: holds that have ended are released and lots past their day have expired. What
 * is due is computed here, whether or not anything has been written since.
 */
export function accountAt(start: Account, nowMs: number, policy: Policy): FoldResult {
  const account = copyOf(start);
  const entries: Entry[] = [];
  runClock(account, nowMs, policy, entries);
  return { account, entries };
}

export function pendingPoints(account: Account): number {
  return account.held.reduce((sum, lot) => sum + lot.points, account.openPoints);
}

export function availablePoints(account: Account): number {
  return account.lots.reduce((sum, lot) => sum + lot.points, 0);
}

/** Releases and expires, in the order in which it falls due, all that is due at `toMs`. */
function runClock(account: Account, toMs: number, policy: Policy, entries: (Entry | TierChange)[]): void {
  for (;;) {
    const release = account.held[0];
    const expiry = account.lots[0];
    const releaseDue = release !== undefined && release.availableAtMs <= toMs;
    const expiryDue = expiry !== undefined && expiry.expiresAtMs < toMs;
    if (releaseDue && !(expiryDue && expiry.expiresAtMs < release.availableAtMs)) {
      account.held.shift();
      releaseLot(account, release, entries);
    } else if (expiryDue) {
      account.lots.shift();
      expireLot(account, expiry, policy, entries);
    } else {
      return;
    }
  }
}

function releaseLot(account: Account, held: HeldLot, entries: (Entry | TierChange)[]): void {
  const { points } = held;
  if (points === 0) return;
  const repaid = Math.min(points, account.debt);
  const kept = points - repaid;
  account.debt -= repaid;
  if (kept > 0) addLot(account.lots, held.expiresAtMs, kept);
  const leg = (state: EntryState, amount: number, arithmetic: string): Entry => ({
    kind: 'available',
    state,
    points: amount,
    atMs: held.availableAtMs,
    hold: { availableAtMs: held.availableAtMs, expiresAtMs: held.expiresAtMs },
    eventId: held.eventId,
    eventType: 'order.completed.v1',
    subject: held.orderId,
    policyStamp: held.policyStamp,
    arithmetic,
  });
  entries.push(leg('pending', -points, `the hold of ${points} points has ended`));
  if (kept > 0)
    entries.push(
      leg('available', kept, repaid > 0 ? `${points} - ${repaid} owed = ${kept}` : `${kept} points to spend`),
    );
  if (repaid > 0) entries.push(leg('debt', repaid, `${repaid} of ${points} points repay what was owed`));
}

function expireLot(account: Account, lot: Lot, policy: Policy, entries: (Entry | TierChange)[]): void {
  addLot(account.lapsed, lot.expiresAtMs, lot.points);
  account.lapsed.splice(0, Math.max(0, account.lapsed.length - LAPSED_LIMIT));
  // The whole instant and not the day: a shop that has changed its time zone has two ends of the same month.
  const subject = new Date(lot.expiresAtMs).toISOString();
  entries.push({
    kind: 'expire',
    state: 'available',
    points: -lot.points,
    atMs: lot.expiresAtMs,
    hold: undefined,
    eventId: `expiry:${subject}`,
    eventType: 'points.expiry',
    subject,
    policyStamp: policy.stamp,
    arithmetic: `${lot.points} points were not used in time`,
  });
}

function movePoints(account: Account, posting: Posting, policy: Policy, entries: (Entry | TierChange)[]): void {
  const { points } = posting;
  const leg = (kind: EntryKind, state: EntryState, amount: number): Entry => ({
    kind,
    state,
    points: amount,
    atMs: posting.atMs,
    hold: posting.kind === 'placed' ? undefined : posting.hold,
    eventId: posting.eventId,
    eventType: posting.eventType,
    subject: posting.orderId,
    policyStamp: posting.policyStamp,
    arithmetic: posting.arithmetic,
  });
  if (posting.kind === 'placed') {
    account.openPoints += points;
    entries.push(leg('earn', 'pending', points));
    return;
  }
  if (posting.kind === 'completed') {
    account.openPoints -= points;
    if (posting.hold !== undefined && points > 0) {
      const { orderId, eventId, hold, policyStamp } = posting;
      account.held.push({ orderId, eventId, points, policyStamp, ...hold });
      account.held.sort((a, b) => a.availableAtMs - b.availableAtMs || compareText(a.orderId, b.orderId));
      // A hold of no days, or one that a late completion finds over, ends at once.
      runClock(account, posting.atMs, policy, entries);
    }
    return;
  }
  const taken = takePoints(account, posting);
  if (taken.pending > 0 || points === 0) entries.push(leg('reverse', 'pending', 0 - taken.pending));
  if (taken.lapsed > 0) entries.push(leg('expire', 'available', taken.lapsed));
  if (taken.available + taken.lapsed > 0) entries.push(leg('reverse', 'available', -(taken.available + taken.lapsed)));
  if (taken.owed > 0) entries.push(leg('reverse', 'debt', -taken.owed));
}

/** Takes the points of a return or a cancellation from where they are now; what is nowhere to be found is owed. */
function takePoints(account: Account, posting: Posting) {
  const { points, hold, orderId } = posting;
  const taken = { pending: 0, available: 0, lapsed: 0, owed: 0 };
  if (hold === undefined) {
    account.openPoints -= points;
    taken.pending = points;
    return taken;
  }
  const held = account.held.find((lot) => lot.orderId === orderId);
  if (held !== undefined) {
    taken.pending = Math.min(points, held.points);
    held.points -= taken.pending;
    account.held = account.held.filter((lot) => lot.points > 0);
  }
  // Its own lot first, then what else expires soonest.
  taken.available += takeFrom(account.lots, points - taken.pending, hold.expiresAtMs);
  taken.lapsed = takeFrom(account.lapsed, points - taken.pending - taken.available, hold.expiresAtMs);
  account.lapsed = account.lapsed.filter((lot) => lot.points > 0);
  while (account.lots[0] !== undefined && taken.pending + taken.available + taken.lapsed < points) {
    const soonest = account.lots[0].expiresAtMs;
    taken.available += takeFrom(account.lots, points - taken.pending - taken.available - taken.lapsed, soonest);
    account.lots = account.lots.filter((lot) => lot.points > 0);
  }
  account.lots = account.lots.filter((lot) => lot.points > 0);
  taken.owed = points - taken.pending - taken.available - taken.lapsed;
  account.debt += taken.owed;
  return taken;
}

function takeFrom(lots: Lot[], wanted: number, expiresAtMs: number): number {
  const lot = lots.find((it) => it.expiresAtMs === expiresAtMs);
  if (lot === undefined) return 0;
  const amount = Math.min(lot.points, wanted);
  lot.points -= amount;
  return amount;
}

function countOrder(account: Account, posting: Posting, policy: Policy): void {
  account.lifetime.orders += posting.orders;
  account.lifetime.spend += posting.spend;
  account.lifetime.returned += posting.returned;
  const { growingOrders, matureOrders, atRiskAfterDays } = policy.lifecycle;
  const { orders } = account.lifetime;
  const stage = orders >= matureOrders ? 'mature' : orders >= growingOrders ? 'growing' : 'new';
  if (stage !== account.stage.id) account.stage = { id: stage, sinceMs: posting.atMs };
  if (posting.kind !== 'placed') return;
  const gap = account.lastOrderAtMs === undefined ? Number.POSITIVE_INFINITY : posting.atMs - account.lastOrderAtMs;
  if (gap >= atRiskAfterDays * DAY_MS) account.activeSinceMs = posting.atMs;
  account.firstOrderAtMs ??= posting.atMs;
  account.lastOrderAtMs = posting.atMs;
}

function judgeTier(account: Account, posting: Posting, policy: Policy, entries: (Entry | TierChange)[]): void {
  if (account.last === undefined) account.tier.sinceMs = posting.atMs;
  const { spend } = account.lifetime;
  const steps = policy.tiers.steps;
  const tier = steps.findLast((step) => spend >= step.threshold) ?? steps[0];
  if (tier === undefined || tier.id === account.tier.id) return;
  entries.push({
    kind: 'tier',
    from: account.tier.id,
    to: tier.id,
    atMs: posting.atMs,
    spend,
    eventId: posting.eventId,
    eventType: posting.eventType,
    subject: posting.orderId,
    policyStamp: policy.stamp,
  });
  account.tier = { id: tier.id, sinceMs: posting.atMs };
}

/** Preferences after a posting: what was there has decayed by half per half-life, and the strongest are kept. */
function changeTaste(taste: Taste, posting: Posting, policy: Policy): Taste {
  if (posting.taste.length === 0) return taste;
  const { halfLifeDays, kept } = policy.preferences;
  const decay = 2 ** (-(posting.atMs - taste.asOfMs) / (halfLifeDays * DAY_MS));
  const next: Taste = { asOfMs: posting.atMs, categories: {}, brands: {}, priceBand: {}, channels: {} };
  for (const dimension of ['categories', 'brands', 'priceBand', 'channels'] as const) {
    const weights = new Map(Object.entries(taste[dimension]).map(([id, weight]) => [id, weight * decay]));
    for (const change of posting.taste) {
      if (change.dimension === dimension) weights.set(change.id, (weights.get(change.id) ?? 0) + change.weight);
    }
    const strongest = [...weights]
      .map(([id, weight]) => [id, Math.round(weight)] as const)
      .filter(([, weight]) => weight > 0)
      .sort(([idA, a], [idB, b]) => b - a || compareText(idA, idB))
      .slice(0, kept);
    next[dimension] = Object.fromEntries(strongest);
  }
  return next;
}

function addLot(lots: Lot[], expiresAtMs: number, points: number): void {
  const known = lots.find((lot) => lot.expiresAtMs === expiresAtMs);
  if (known !== undefined) known.points += points;
  else {
    lots.push({ expiresAtMs, points });
    lots.sort((a, b) => a.expiresAtMs - b.expiresAtMs);
  }
}

/** A copy that can be changed: deep where the fold writes, shared where it replaces whole values. */
function copyOf(account: Account): Account {
  return {
    ...account,
    lifetime: { ...account.lifetime },
    held: account.held.map((lot) => ({ ...lot })),
    lots: account.lots.map((lot) => ({ ...lot })),
    lapsed: account.lapsed.map((lot) => ({ ...lot })),
    tier: { ...account.tier },
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
