import type { Policy } from '../../policy/policy.ts';
import { endOfMonth } from '../calendar/calendar.ts';
import { type Account, availablePoints, type HeldLot, type Lot, pendingPoints, type Redeemed } from './account.ts';
import { redemptionLimit } from './arithmetic.ts';
import { type CausePosting, expiryOfGrant } from './cause-effect.ts';
import type { Entry, EntryKind, EntryState, Note } from './entries.ts';
import type { Hold, OrderPosting } from './order-effect.ts';
import { isOrderPosting, type Posting } from './postings.ts';

/** What a fold has brought so far; appended to as it goes. */
export type Movements = (Entry | Note)[];

/** How many expired lots are remembered: one a month, so this is two years of late returns after expiry. */
const LAPSED_LIMIT = 24;
/** How many redemptions of orders are remembered; what is older is not given back any more. */
const REDEEMED_LIMIT = 40;

/** Releases points whose hold has ended: first they repay what is owed, the rest can be spent. */
export function releaseLot(account: Account, held: HeldLot, out: Movements): void {
  const { points } = held;
  if (points === 0) return;
  const { kept, repaid } = addAvailable(account, held.expiresAtMs, points);
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
  out.push(leg('pending', -points, `the hold of ${points} points has ended`));
  if (kept > 0)
    out.push(leg('available', kept, repaid > 0 ? `${points} - ${repaid} owed = ${kept}` : `${kept} points to spend`));
  if (repaid > 0) out.push(leg('debt', repaid, `${repaid} of ${points} points repay what was owed`));
}

export function expireLot(account: Account, lot: Lot, policy: Policy, out: Movements): void {
  addLot(account.lapsed, lot.expiresAtMs, lot.points);
  account.lapsed.splice(0, Math.max(0, account.lapsed.length - LAPSED_LIMIT));
  // The whole instant and not the day: a shop that has changed its time zone has two ends of the same month.
  const subject = new Date(lot.expiresAtMs).toISOString();
  out.push({
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

/** Moves the points of a posting. `runClock` is called where a hold begins that may have ended already. */
export function movePoints(
  account: Account,
  posting: Posting,
  policy: Policy,
  out: Movements,
  runClock: () => void,
): void {
  if (isOrderPosting(posting)) moveOrderPoints(account, posting, policy, out, runClock);
  else moveCausePoints(account, posting, policy, out);
}

function moveOrderPoints(
  account: Account,
  posting: OrderPosting,
  policy: Policy,
  out: Movements,
  runClock: () => void,
): void {
  const { points, subject } = posting;
  if (posting.kind === 'placed') {
    account.openPoints += points;
    out.push(leg(posting, 'earn', 'pending', points));
    linkRedemption(account, posting, policy, out);
    return;
  }
  if (posting.kind === 'completed') {
    account.openPoints -= points;
    if (posting.hold !== undefined && points > 0) {
      const { eventId, hold, policyStamp } = posting;
      account.held.push({ orderId: subject, eventId, points, policyStamp, ...hold });
      account.held.sort((a, b) => a.availableAtMs - b.availableAtMs || (a.orderId < b.orderId ? -1 : 1));
      // A hold of no days, or one that a late completion finds over, ends at once.
      runClock();
    }
    return;
  }
  const taken = takeBack(account, posting);
  if (taken.pending > 0 || points === 0) out.push(leg(posting, 'reverse', 'pending', 0 - taken.pending));
  pushTaken(posting, 'reverse', taken, out);
  for (const redeemed of account.redeemed.filter((it) => it.orderId === subject)) {
    // The order may have become known later than it was paid.
    redeemed.net ??= posting.left;
    redeemed.returned += posting.kind === 'returned' ? posting.returned : 0;
    if (posting.kind === 'cancelled') redeemed.over = true;
    giveBackDue(account, redeemed, posting, policy, out);
  }
}

function moveCausePoints(account: Account, posting: CausePosting, policy: Policy, out: Movements): void {
  const { points } = posting;
  switch (posting.kind) {
    case 'introduced':
    case 'checked_in':
      return;
    case 'granted':
      grant(account, posting, posting.adjusts ? 'adjust' : 'earn', policy, out);
      return;
    case 'pended':
      account.openPoints += points;
      out.push(leg(posting, 'earn', 'pending', points));
      return;
    case 'confirmed':
      account.openPoints -= points;
      out.push(leg(posting, 'available', 'pending', -points));
      grant(account, posting, 'available', policy, out);
      return;
    case 'dropped':
      account.openPoints -= points;
      out.push(leg(posting, 'reverse', 'pending', -points));
      return;
    case 'taken': {
      const taken = takeAvailable(account, points, posting.shortfall, posting.expiresAtMs);
      pushTaken(posting, posting.adjusts ? 'adjust' : 'reverse', { ...taken, pending: 0 }, out);
      return;
    }
    case 'closed':
      takeAllOut(account, posting, out);
      return;
    case 'redeemed':
      redeem(account, posting, policy, out);
      return;
    case 'released': {
      const redeemed = account.redeemed.find((it) => it.id === posting.redemptionId);
      if (redeemed === undefined) return;
      redeemed.over = true;
      giveBackDue(account, redeemed, posting, policy, out);
    }
  }
}

/** What is pending, what can be spent and what is owed go out of the books, each by an entry of its own. */
function takeAllOut(account: Account, posting: CausePosting, out: Movements): void {
  const legs = [
    { state: 'pending', points: -pendingPoints(account), what: 'pending' },
    { state: 'available', points: -availablePoints(account), what: 'to spend' },
    { state: 'debt', points: account.debt, what: 'owed' },
  ] as const;
  for (const { state, points, what } of legs.filter((it) => it.points !== 0)) {
    const arithmetic = `${posting.arithmetic}: ${Math.abs(points)} points ${what} - ${Math.abs(points)} = 0`;
    out.push({ ...leg(posting, 'adjust', state, points), arithmetic });
  }
}

/** Points that can be spent from now on and expire as those of any lot that becomes available now, or when the posting says. */
export function grant(account: Account, posting: CausePosting, kind: EntryKind, policy: Policy, out: Movements): void {
  const { points, atMs } = posting;
  if (points === 0) return;
  const expiresAtMs = posting.expiresAtMs ?? expiryOfGrant(atMs, policy);
  const { kept, repaid } = addAvailable(account, expiresAtMs, points);
  const hold = { availableAtMs: atMs, expiresAtMs };
  if (kept > 0) out.push({ ...leg(posting, kind, 'available', kept), hold });
  if (repaid > 0) out.push(leg(posting, kind, 'debt', repaid));
}

/** Spends points, those that expire first before the others. What is not there, because a fact came late, is owed. */
function redeem(account: Account, posting: CausePosting, policy: Policy, out: Movements): void {
  const { points, redemptionId = '', orderId, orderNet } = posting;
  const lots: Lot[] = [];
  let left = points;
  while (left > 0 && account.lots[0] !== undefined) {
    const lot = account.lots[0];
    const amount = Math.min(lot.points, left);
    lots.push({ expiresAtMs: lot.expiresAtMs, points: amount });
    lot.points -= amount;
    left -= amount;
    if (lot.points === 0) account.lots.shift();
  }
  if (points > left) out.push(leg(posting, 'redeem', 'available', left - points));
  if (left > 0) {
    lots.push({ expiresAtMs: 0, points: left });
    account.debt += left;
    out.push(leg(posting, 'redeem', 'debt', -left));
  }
  const named = account.redeemed.find((it) => it.id === redemptionId && it.points === 0);
  // A redemption says itself which order it pays; that another one has named it is nothing to it.
  const expected = orderId === undefined || named?.orderId === orderId ? named : undefined;
  if (expected === undefined) account.redeemed = account.redeemed.filter((it) => it !== named);
  const { orderBack = 0, orderOver } = posting;
  const found = { id: redemptionId, points, lots, back: 0, returned: orderBack, ...(orderOver && { over: orderOver }) };
  const redeemed: Redeemed = expected ?? found;
  redeemed.points = points;
  redeemed.lots = lots;
  redeemed.orderId ??= orderId;
  if (orderNet !== undefined) {
    // It pays what was left of the order by then, whatever had come back before.
    redeemed.net = orderNet;
    redeemed.returned = orderBack;
  }
  if (expected === undefined) keepRedeemed(account, redeemed);
  giveBackDue(account, redeemed, posting, policy, out);
}

/** An order has been placed: the redemptions that pay part of it are held against what may be paid with points. */
function linkRedemption(account: Account, posting: OrderPosting, policy: Policy, out: Movements): void {
  const { subject: orderId, redemptionId, net = 0 } = posting;
  if (redemptionId !== undefined && account.redeemed.every((it) => it.id !== redemptionId)) {
    keepRedeemed(account, { id: redemptionId, points: 0, lots: [], back: 0, returned: 0 });
  }
  let limit = redemptionLimit(net, policy);
  for (const redeemed of account.redeemed) {
    const named = redeemed.id === redemptionId && (redeemed.orderId === undefined || redeemed.orderId === orderId);
    if (!named && redeemed.orderId !== orderId) continue;
    redeemed.orderId = orderId;
    redeemed.net = net;
    redeemed.limit = limit;
    limit = Math.max(0, limit - redeemed.points);
    giveBackDue(account, redeemed, posting, policy, out);
  }
}

function keepRedeemed(account: Account, redeemed: Redeemed): void {
  account.redeemed.push(redeemed);
  account.redeemed.splice(0, Math.max(0, account.redeemed.length - REDEEMED_LIMIT));
}

/**
 * Gives back what a redemption has been given too much: all of it when its order is cancelled, what is over the share
 * of an order that points may pay, and of the rest floor(points x returned net / net), all returns together.
 */
function giveBackDue(account: Account, redeemed: Redeemed, posting: Posting, policy: Policy, out: Movements): void {
  const { points, net, returned, limit = points, over } = redeemed;
  const used = Math.min(points, limit);
  const share =
    net === undefined ? 0 : net === 0 ? used : Number((BigInt(used) * BigInt(Math.min(returned, net))) / BigInt(net));
  const due = over === true ? points : points - used + share;
  const amount = due - redeemed.back;
  if (amount > 0) giveBack(account, redeemed, amount, posting, policy, out);
  const finished = points > 0 && redeemed.back === points;
  if (finished) account.redeemed = account.redeemed.filter((it) => it !== redeemed);
}

/**
 * Points go back to the lots they came from, the last taken first; a lot that has ended in the meantime, or ends this
 * month, can be spent until the month is over, so that nobody loses points by an order that came to nothing.
 */
function giveBack(
  account: Account,
  redeemed: Redeemed,
  amount: number,
  posting: Posting,
  policy: Policy,
  out: Movements,
): void {
  const thisMonthMs = endOfMonth(posting.atMs, 0, policy.timeZone);
  let kept = 0;
  let repaid = 0;
  for (let left = amount; left > 0; ) {
    const lot = redeemed.lots.at(-1);
    if (lot === undefined) break;
    const part = Math.min(lot.points, left);
    const moved = addAvailable(account, Math.max(lot.expiresAtMs, thisMonthMs), part);
    kept += moved.kept;
    repaid += moved.repaid;
    left -= part;
    lot.points -= part;
    if (lot.points === 0) redeemed.lots.pop();
  }
  redeemed.back += amount;
  const arithmetic = `${redeemed.back} of the ${redeemed.points} points of redemption ${redeemed.id} given back`;
  if (kept > 0) out.push({ ...leg(posting, 'refund', 'available', kept), hold: undefined, arithmetic });
  if (repaid > 0) out.push({ ...leg(posting, 'refund', 'debt', repaid), hold: undefined, arithmetic });
}

type Taken = { pending: number; available: number; lapsed: number; owed: number; forgiven: number };

/** Takes the points of a return or a cancellation from where they are now; what is nowhere to be found is owed. */
function takeBack(account: Account, posting: OrderPosting): Taken {
  const { points, hold, subject } = posting;
  const taken: Taken = { pending: 0, available: 0, lapsed: 0, owed: 0, forgiven: 0 };
  if (hold === undefined) {
    account.openPoints -= points;
    taken.pending = points;
    return taken;
  }
  const held = account.held.find((lot) => lot.orderId === subject);
  if (held !== undefined) {
    taken.pending = Math.min(points, held.points);
    held.points -= taken.pending;
    account.held = account.held.filter((lot) => lot.points > 0);
  }
  const rest = takeAvailable(account, points - taken.pending, posting.shortfall, hold.expiresAtMs);
  return { ...rest, pending: taken.pending };
}

/**
 * Takes points that can be spent: from the lot named first, then, where they have expired, from what has, then from
 * what expires soonest. The shortfall says what becomes of the rest.
 */
function takeAvailable(
  account: Account,
  points: number,
  shortfall: 'within_balance' | 'only_pending' | undefined,
  ownExpiresAtMs?: number,
): Omit<Taken, 'pending'> {
  const taken = { available: 0, lapsed: 0, owed: 0, forgiven: 0 };
  if (shortfall === 'only_pending') return { ...taken, forgiven: points };
  if (ownExpiresAtMs !== undefined) {
    taken.available = takeFrom(account.lots, points, ownExpiresAtMs);
    taken.lapsed = takeFrom(account.lapsed, points - taken.available, ownExpiresAtMs);
    account.lapsed = account.lapsed.filter((lot) => lot.points > 0);
    account.lots = account.lots.filter((lot) => lot.points > 0);
  }
  while (account.lots[0] !== undefined && taken.available + taken.lapsed < points) {
    const soonest = account.lots[0].expiresAtMs;
    taken.available += takeFrom(account.lots, points - taken.available - taken.lapsed, soonest);
    account.lots = account.lots.filter((lot) => lot.points > 0);
  }
  const missing = points - taken.available - taken.lapsed;
  if (shortfall === 'within_balance') return { ...taken, forgiven: missing };
  account.debt += missing;
  return { ...taken, owed: missing };
}

function pushTaken(posting: Posting, kind: EntryKind, taken: Taken, out: Movements): void {
  const note = taken.forgiven > 0 ? `; ${taken.forgiven} of them forgiven` : '';
  const arithmetic = `${posting.arithmetic}${note}`;
  const push = (entryKind: EntryKind, state: EntryState, points: number) =>
    out.push({ ...leg(posting, entryKind, state, points), arithmetic });
  if (taken.lapsed > 0) push('expire', 'available', taken.lapsed);
  if (taken.available + taken.lapsed > 0) push(kind, 'available', -(taken.available + taken.lapsed));
  if (taken.owed > 0) push(kind, 'debt', -taken.owed);
  // Where all of it is forgiven the journal says so, for nothing else would.
  if (taken.forgiven > 0 && taken.forgiven === posting.points) push(kind, 'available', 0);
}

function leg(posting: Posting, kind: EntryKind, state: EntryState, points: number): Entry {
  return {
    kind,
    state,
    points,
    atMs: posting.atMs,
    hold: holdOf(posting),
    eventId: posting.eventId,
    eventType: posting.eventType,
    subject: posting.subject,
    policyStamp: posting.policyStamp,
    arithmetic: posting.arithmetic,
  };
}

function holdOf(posting: Posting): Hold | undefined {
  return isOrderPosting(posting) && posting.kind !== 'placed' ? posting.hold : undefined;
}

/** Points become available; what is owed is repaid first. */
function addAvailable(account: Account, expiresAtMs: number, points: number): { kept: number; repaid: number } {
  const repaid = Math.min(points, account.debt);
  const kept = points - repaid;
  account.debt -= repaid;
  if (kept > 0) addLot(account.lots, expiresAtMs, kept);
  return { kept, repaid };
}

function takeFrom(lots: Lot[], wanted: number, expiresAtMs: number): number {
  const lot = lots.find((it) => it.expiresAtMs === expiresAtMs);
  if (lot === undefined) return 0;
  const amount = Math.min(lot.points, wanted);
  lot.points -= amount;
  return amount;
}

function addLot(lots: Lot[], expiresAtMs: number, points: number): void {
  const known = lots.find((lot) => lot.expiresAtMs === expiresAtMs);
  if (known !== undefined) known.points += points;
  else {
    lots.push({ expiresAtMs, points });
    lots.sort((a, b) => a.expiresAtMs - b.expiresAtMs);
  }
}
