import { nextPolicyChangeMs, type Policies, policyAt } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import { DAY_MS, dayOf } from '../calendar/calendar.ts';
import { type Account, closedAccount, copyOf, type Taste } from './account.ts';
import type { CausePosting } from './cause-effect.ts';
import type { OrderPosting } from './order-effect.ts';
import { expireLot, grant, type Movements, movePoints, releaseLot } from './points.ts';
import { compareText, isOrderPosting, type Posting, postingKey } from './postings.ts';
import { countSpend, judgeTier, nextBoundaryMs } from './tiers.ts';

export type FoldResult = { account: Account; entries: Movements };

/** Folds postings, given in the order of their keys, into an account, up to the one that closes it; neither argument is changed. */
export function foldPostings(start: Account, postings: readonly Posting[], policies: Policies): FoldResult {
  let account = copyOf(start);
  const out: Movements = [];
  for (const posting of postings) {
    if (account.closedAtMs !== undefined) break;
    const policy = policyAt(policies, posting.atMs);
    if (account.last === undefined) {
      account.tier = { id: policy.tiers.steps[0]?.id ?? '', sinceMs: posting.atMs };
    }
    runClock(account, posting.atMs, policies, out);
    account.clockMs = Math.max(account.clockMs, posting.atMs);
    const folding = account;
    movePoints(folding, posting, policy, out, () => runClock(folding, posting.atMs, policies, out));
    if (isOrderPosting(posting)) foldOrder(account, posting, policies, out);
    else foldCause(account, posting, policy, out);
    account.last = postingKey(posting);
    if (posting.kind === 'closed') account = closedAccount(account, posting.atMs);
  }
  return { account, entries: out };
}

/**
 * The account as it is at an instant: holds that have ended are released, lots past their day have expired, tiers have
 * lapsed. What is due is computed here, whether or not anything has been written since.
 */
export function accountAt(start: Account, nowMs: number, policies: Policies): FoldResult {
  const account = copyOf(start);
  const entries: Movements = [];
  if (account.last === undefined) account.tier.id = policyAt(policies, nowMs).tiers.steps[0]?.id ?? '';
  runClock(account, nowMs, policies, entries);
  return { account, entries };
}

/** How many dates a search looks at that turn out to bring nothing: month after month of a tier that is kept. */
const SEARCH_LIMIT = 100;

/** The next instant at which time alone brings a movement or a change of tier, if there is one. */
export function nextDueMs(start: Account, policies: Policies): number | undefined {
  const account = copyOf(start);
  const out: Movements = [];
  for (let looked = 0; looked < SEARCH_LIMIT; looked += 1) {
    const dueMs = nextInstantMs(account, policies);
    if (dueMs === undefined) return undefined;
    runInstant(account, dueMs, policies, out);
    if (out.length > 0) return dueMs;
  }
  return undefined;
}

/** Lets everything happen, in the order in which it falls due, that is due at `toMs`. */
function runClock(account: Account, toMs: number, policies: Policies, out: Movements): void {
  for (;;) {
    const dueMs = nextInstantMs(account, policies);
    if (dueMs === undefined || dueMs > toMs) return;
    runInstant(account, dueMs, policies, out);
  }
}

/** The next instant at which anything falls due. */
function nextInstantMs(account: Account, policies: Policies): number | undefined {
  if (account.last === undefined || account.closedAtMs !== undefined) return undefined;
  const policy = policyAt(policies, account.clockMs);
  let nextMs: number | undefined;
  const consider = (atMs: number | undefined) => {
    if (atMs !== undefined && (nextMs === undefined || atMs < nextMs)) nextMs = atMs;
  };
  consider(expiryMs(account));
  consider(account.held[0]?.availableAtMs);
  consider(account.tier.fallsAtMs);
  consider(nextBoundaryMs(account, account.clockMs, policy));
  if (policies.length > 1) consider(nextPolicyChangeMs(policies, account.clockMs));
  consider(referralDueMs(account));
  consider(nextNoticeMs(account, policy));
  return nextMs;
}

/**
 * Lets everything happen that falls due at one instant. What the calendar brings (months, changes of policy, notices) is
 * found by the clock alone, so it all has to be done before the clock has passed the instant.
 */
function runInstant(account: Account, atMs: number, policies: Policies, out: Movements): void {
  const beforeMs = account.clockMs;
  const policyBefore = policyAt(policies, beforeMs);
  const policy = policyAt(policies, atMs);
  const boundary = nextBoundaryMs(account, beforeMs, policyBefore) === atMs;
  const change = policies.length > 1 && nextPolicyChangeMs(policies, beforeMs) === atMs;
  const notice = nextNoticeMs(account, policyBefore) === atMs;
  account.clockMs = Math.max(beforeMs, atMs);
  while (isDue(expiryMs(account), atMs)) {
    const lot = account.lots.shift();
    if (lot !== undefined) expireLot(account, lot, policy, out);
  }
  while (isDue(account.held[0]?.availableAtMs, atMs)) {
    const held = account.held.shift();
    if (held !== undefined) releaseLot(account, held, out);
  }
  if (boundary || change || isDue(account.tier.fallsAtMs, atMs)) {
    const subject = new Date(atMs).toISOString();
    const cause = { atMs, eventId: `tier:${subject}`, eventType: 'tier.review', subject };
    judgeTier(account, { ...cause, reason: change ? 'policy' : 'lapse' }, policy, out);
  }
  if (isDue(referralDueMs(account), atMs)) endReferral(account, atMs, policy, out);
  if (notice) giveNotice(account, atMs, policyBefore, out);
}

function isDue(dueMs: number | undefined, atMs: number): boolean {
  return dueMs !== undefined && dueMs <= atMs;
}

/** When the soonest lot ends; it can be spent in its last millisecond. */
function expiryMs({ lots: [lot] }: Account): number | undefined {
  return lot && lot.expiresAtMs + 1;
}

function referralDueMs({ referral }: Account): number | undefined {
  return referral?.doneAtMs === undefined ? referral?.orders?.[0]?.dueAtMs : undefined;
}

/** The next instant, after the account's clock, at which a member is to be told that points expire. */
function nextNoticeMs({ lots, clockMs }: Account, { points }: Policy): number | undefined {
  let next: number | undefined;
  for (const { expiresAtMs } of lots) {
    for (const days of points.expiryNoticeDays) {
      const atMs = expiresAtMs - days * DAY_MS;
      if (atMs > clockMs && (next === undefined || atMs < next)) next = atMs;
    }
  }
  return next;
}

function giveNotice(account: Account, atMs: number, policy: Policy, out: Movements): void {
  for (const { expiresAtMs, points } of account.lots) {
    const days = policy.points.expiryNoticeDays.find((it) => expiresAtMs - it * DAY_MS === atMs);
    if (days === undefined) continue;
    const subject = new Date(expiresAtMs).toISOString();
    const cause = {
      eventId: `notice:${days}`,
      eventType: 'points.expiry',
      subject,
      policyStamp: policy.stamp,
    };
    out.push({ kind: 'notice', atMs, days, points, expiresAtMs, ...cause });
  }
}

function endReferral(account: Account, atMs: number, policy: Policy, out: Movements): void {
  const { referral } = account;
  const [order] = referral?.orders ?? [];
  if (referral === undefined || order === undefined) return;
  referral.doneAtMs = atMs;
  delete referral.orders;
  out.push({
    kind: 'referral',
    by: referral.by,
    atMs,
    eventId: `referral:${order.orderId}`,
    eventType: 'referral.window',
    subject: order.orderId,
    policyStamp: policy.stamp,
  });
}

function foldOrder(account: Account, posting: OrderPosting, policies: Policies, out: Movements): void {
  const { atMs, eventId, eventType, subject, spend, spendAtMs = atMs } = posting;
  const policy = policyAt(policies, atMs);
  countOrder(account, posting, policy);
  followReferral(account, posting);
  if (spend !== 0) countSpend(account, spend, spendAtMs, atMs, policy, policyAt(policies, spendAtMs));
  judgeTier(account, { atMs, eventId, eventType, subject, reason: spend < 0 ? 'return' : 'spend' }, policy, out);
  account.taste = changeTaste(account.taste, posting, policy);
}

function countOrder(account: Account, posting: OrderPosting, policy: Policy): void {
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

/** How many completed orders are remembered, the first of which may fall away before its return window ends. */
const REFERRED_ORDERS_LIMIT = 10;

/** The first completed order counts for the one who brought the member, unless all of it comes back before its window ends. */
function followReferral(account: Account, posting: OrderPosting): void {
  const { referral } = account;
  if (referral === undefined || referral.doneAtMs !== undefined) return;
  const { kind, subject: orderId, spend, hold, atMs } = posting;
  const orders = referral.orders ?? [];
  if (kind === 'completed' && hold !== undefined && spend > 0) {
    const order = { orderId, dueAtMs: hold.availableAtMs, left: spend };
    referral.orders = [...orders, order].slice(0, REFERRED_ORDERS_LIMIT);
  } else if (spend < 0) {
    const changed = orders.map((it) => (it.orderId === orderId ? { ...it, left: it.left + spend } : it));
    const [first, ...others] = changed.filter(({ left }) => left > 0);
    // An order that has waited past its own window counts from now.
    if (first === undefined) delete referral.orders;
    else referral.orders = [{ ...first, dueAtMs: Math.max(first.dueAtMs, atMs) }, ...others];
  }
}

function foldCause(account: Account, posting: CausePosting, policy: Policy, out: Movements): void {
  if (posting.kind === 'introduced') {
    account.timeZone = posting.timeZone ?? account.timeZone;
    if (posting.referredBy !== undefined) account.referral ??= { by: posting.referredBy };
  }
  if (posting.kind === 'checked_in') {
    const day = dayOf(posting.atMs, account.timeZone ?? policy.timeZone);
    // A member who travels west meets the same day again: it counts once.
    if (account.checkedIn !== undefined && day <= account.checkedIn) return;
    account.checkedIn = day;
    grant(account, { ...posting, arithmetic: `${posting.arithmetic}, for ${day}` }, 'earn', policy, out);
  }
}

/** Preferences after a posting: what was there has decayed by half per half-life, and the strongest are kept. */
function changeTaste(taste: Taste, posting: OrderPosting, policy: Policy): Taste {
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
