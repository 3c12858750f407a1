import { latestPolicy, type Policies } from '../../policy/policies.ts';
import type { Hold, TasteChange } from './order-effect.ts';
import type { PostingKey } from './postings.ts';

/** Points of one completed order that wait for its return window to close. */
export type HeldLot = { orderId: string; eventId: string; points: number; policyStamp: string } & Hold;

/** Available points that end at the same instant. */
export type Lot = { expiresAtMs: number; points: number };

/**
 * Points that pay part of an order, as long as some may still have to be given back; or, with 0 points, an order that
 * names a redemption which is not known yet.
 */
export type Redeemed = {
  id: string;
  points: number;
  /** What it took, soonest to expire first; `expiresAtMs` 0 is what was not there and is owed. */
  lots: Lot[];
  /** How much of it has been given back. */
  back: number;
  orderId?: string | undefined;
  /** The order's net and what has come back of it, in minor units of the base currency. */
  net?: number | undefined;
  returned: number;
  /** The most points that may pay the order, once it is known. */
  limit?: number | undefined;
  /** The order has been cancelled, or the redemption undone. */
  over?: true | undefined;
};

/** Who brought the member, and how far the reward for it has come. */
export type Referral = {
  by: string;
  /** Completed orders that stand, the first one first: it is the one that counts, the others wait in case it falls away. */
  orders?: ReferredOrder[] | undefined;
  doneAtMs?: number | undefined;
};

/** An order, when its return window ends, and what is left of its spend. */
export type ReferredOrder = { orderId: string; dueAtMs: number; left: number };

/** Preferences as decayed spend, in minor units of the base currency as of `asOfMs`. */
export type Taste = { asOfMs: number } & Record<TasteChange['dimension'], Record<string, number>>;

/** A tier and since when; `fallsAtMs` is when a grace ends in which spend has to come back. */
export type Tier = { id: string; sinceMs: number; fallsAtMs?: number | undefined };

/** The way an account is folded; an account folded in another way is folded anew when it is next written. */
export const FOLD = 2;

/**
 * What a member has. It is the fold of the postings of the member's causes in time, so it is the same whatever the
 * order in which the facts came. Amounts are never negative, except `spend` where returns outrun completed orders.
 */
export type Account = {
  fold: number;
  /** The last posting folded in; undefined before the first. */
  last?: PostingKey | undefined;
  /** Up to when time has been taken into account: the last posting, or what fell due after it. */
  clockMs: number;
  lifetime: { orders: number; spend: number; returned: number };
  /** Spend by the month it was completed in (months since year 0), of the last months that a tier may be judged on. */
  months: Record<string, number>;
  /** Pending points that wait for something to happen: an order's completion, a review's publication. */
  openPoints: number;
  held: HeldLot[];
  lots: Lot[];
  /** Points that expired, by the instant at which they did: a late return takes them from here and leaves no debt. */
  lapsed: Lot[];
  debt: number;
  redeemed: Redeemed[];
  tier: Tier;
  firstOrderAtMs?: number | undefined;
  lastOrderAtMs?: number | undefined;
  /** Since when orders have come without a gap that would have put the member at risk. */
  activeSinceMs?: number | undefined;
  stage: { id: 'new' | 'growing' | 'mature'; sinceMs: number };
  taste: Taste;
  /** The member's own clock, as last told; the shop's where they have told none. */
  timeZone?: string | undefined;
  /** The member's own day of the last check-in that counted. */
  checkedIn?: string | undefined;
  referral?: Referral | undefined;
  /** Since when the member is no more: whatever became known since is nothing to this account, and time brings it nothing. */
  closedAtMs?: number | undefined;
};

export function newAccount(policies: Policies): Account {
  return {
    fold: FOLD,
    clockMs: 0,
    lifetime: { orders: 0, spend: 0, returned: 0 },
    months: {},
    openPoints: 0,
    held: [],
    lots: [],
    lapsed: [],
    debt: 0,
    redeemed: [],
    tier: { id: latestPolicy(policies).tiers.steps[0]?.id ?? '', sinceMs: 0 },
    stage: { id: 'new', sinceMs: 0 },
    taste: { asOfMs: 0, categories: {}, brands: {}, priceBand: {}, channels: {} },
  };
}

export function pendingPoints(account: Account): number {
  return account.held.reduce((sum, lot) => sum + lot.points, account.openPoints);
}

export function availablePoints(account: Account): number {
  return account.lots.reduce((sum, lot) => sum + lot.points, 0);
}

/** The account as it is left when its member is no more: without points, and without what it had learnt of the member. */
export function closedAccount(account: Account, atMs: number): Account {
  const { timeZone: _zone, checkedIn: _day, referral: _referral, ...kept } = account;
  return {
    ...kept,
    months: {},
    openPoints: 0,
    held: [],
    lots: [],
    lapsed: [],
    debt: 0,
    redeemed: [],
    taste: { asOfMs: atMs, categories: {}, brands: {}, priceBand: {}, channels: {} },
    closedAtMs: atMs,
  };
}

/** A copy that can be changed: deep where the fold writes, shared where it replaces whole values. */
export function copyOf(account: Account): Account {
  return {
    ...account,
    lifetime: { ...account.lifetime },
    months: { ...account.months },
    held: account.held.map((lot) => ({ ...lot })),
    lots: account.lots.map((lot) => ({ ...lot })),
    lapsed: account.lapsed.map((lot) => ({ ...lot })),
    redeemed: account.redeemed.map((it) => ({ ...it, lots: it.lots.map((lot) => ({ ...lot })) })),
    tier: { ...account.tier },
    ...(account.referral && { referral: { ...account.referral } }),
  };
}

/** An account as it was kept by an earlier release, with what that one did not know yet. */
export function upgraded(account: Account): Account {
  if (account.fold === FOLD) return account;
  const { last } = account;
  return {
    ...account,
    fold: account.fold ?? 1,
    clockMs: account.clockMs ?? last?.atMs ?? 0,
    months: account.months ?? {},
    redeemed: account.redeemed ?? [],
  };
}
