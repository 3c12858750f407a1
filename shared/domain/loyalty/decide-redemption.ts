import { type Policies, policyAt } from '../../policy/policies.ts';
import { type Account, availablePoints, pendingPoints } from './account.ts';
import { pointsValue, redemptionLimit } from './arithmetic.ts';
import type { AccountWrite } from './book-postings.ts';
import type { CauseFact, CauseRecord, RedeemedFact, ReleasedFact } from './cause-facts.ts';
import { type CauseDecision, decideCause, type KnownCause } from './decide-cause.ts';
import { accountAt } from './fold.ts';
import { orderEffect } from './order-effect.ts';
import type { OrderRecord } from './order-facts.ts';
import { resolveOwner } from './visitor.ts';

/** `POST /v1/members/{id}/redemptions`. Points are 1 or more. */
export type RedemptionCommand = {
  memberId: string;
  redemptionId: string;
  points: number;
  orderId?: string | undefined;
  /** Hash of what the command says. */
  hash: string;
};

export type RedemptionRefusal =
  | 'id_reused'
  | 'order_of_another'
  | 'order_cancelled'
  | 'redemption_too_large'
  | 'insufficient_points'
  | 'order_share_exceeded'
  | 'redemption_in_use';

/** What was answered to a redemption. Amounts in minor units of `currency`, the base currency of the policy. */
export type RedemptionReceipt = {
  redemptionId: string;
  memberId: string;
  points: number;
  value: { amount: number; currency: string };
  orderId?: string;
  at: string;
  balance: Balance;
};

export type Balance = { available: number; pending: number; debt: number };

/** The cause and the account as they are, and the order that is to be paid, where it is known already. */
export type KnownRedemption = KnownCause & { order?: OrderRecord | undefined };

export type CommandDecision<Code extends string, Receipt> =
  /** The command has been given before: the same answer again, nothing to do. */
  | { kind: 'again'; receipt: Receipt }
  | { kind: 'refused'; code: Code; detail: string }
  /** The decision needs the member's history; ask again with it. */
  | { kind: 'need' }
  | { kind: 'write'; cause: CauseRecord; accounts: AccountWrite[]; receipt: Receipt };

export const causeOfRedemption = (redemptionId: string): string => `redemption:${redemptionId}`;

/**
 * Decides whether points may be spent. The refusals, in order of precedence: the id stands for another redemption; the
 * order is another's or cancelled; more than one redemption may take; more than the member has; more than the share of
 * the order that points may pay.
 */
export function decideRedemption(
  known: KnownRedemption,
  command: RedemptionCommand,
  policies: Policies,
  nowMs: number,
): CommandDecision<RedemptionRefusal, RedemptionReceipt> {
  const { redemptionId, memberId, points, orderId, hash } = command;
  const earlier = known.cause.facts.find((fact) => fact.kind === 'redeemed');
  if (earlier !== undefined) {
    if (earlier.hash === hash) return { kind: 'again', receipt: known.cause.receipts?.redeemed as RedemptionReceipt };
    return refuse('id_reused', `Redemption ${redemptionId} stands for other content.`);
  }
  const atMs = commandTime(known.account.account, nowMs);
  const policy = policyAt(policies, atMs);
  const { account } = accountAt(known.account.account, atMs, policies);
  const bill = known.order === undefined ? undefined : billOf(known.order, command);
  if (bill !== undefined && 'code' in bill) return bill;
  const { largestPoints, orderShareLimit } = policy.points.redemption;
  if (points > largestPoints) {
    return refuse('redemption_too_large', `One redemption takes at most ${largestPoints} points.`);
  }
  const available = availablePoints(account);
  if (points > available) return refuse('insufficient_points', `${available} points can be spent, not ${points}.`);
  if (bill !== undefined) {
    const before = account.redeemed.filter((it) => it.orderId === orderId);
    const spent = before.reduce((sum, it) => sum + it.points - it.back, 0);
    const limit = redemptionLimit(bill.net, policy);
    if (points + spent > limit) {
      const share = `at most ${orderShareLimit * 100} % of an order`;
      return refuse('order_share_exceeded', `Points pay ${share}: ${limit} in all, ${spent} before.`);
    }
  }
  const data = { redemptionId, points, ...(orderId !== undefined && { orderId }), ...(bill && { orderNet: bill.net }) };
  const fact: RedeemedFact = { kind: 'redeemed', eventId: redemptionId, hash, atMs, data };
  return withReceipt(decideCause(known, fact, policies), fact.kind, (after) => ({
    redemptionId,
    memberId,
    points,
    value: { amount: pointsValue(points, policy), currency: policy.currency },
    ...(orderId !== undefined && { orderId }),
    at: new Date(atMs).toISOString(),
    balance: balanceOf(accountAt(after, atMs, policies).account),
  }));
}

/** The order that a redemption is to pay, where it names one. */
export function orderOfRedemption({ facts }: CauseRecord): string | undefined {
  return facts.find((fact) => fact.kind === 'redeemed')?.data.orderId;
}

/** Undoes a redemption whose order was never placed; an order that was gives points back by its own events. */
export function decideRelease(
  known: KnownRedemption,
  redemptionId: string,
  policies: Policies,
  nowMs: number,
): CommandDecision<RedemptionRefusal, ReleaseReceipt> {
  const { cause } = known;
  const released = cause.facts.find((fact) => fact.kind === 'released');
  if (released !== undefined) return { kind: 'again', receipt: cause.receipts?.released as ReleaseReceipt };
  const redeemed = cause.facts.find((fact) => fact.kind === 'redeemed');
  const atMs = commandTime(known.account.account, nowMs);
  const open = known.account.account.redeemed.find((it) => it.id === redemptionId);
  // An order that became known later than it was paid is not known to the account.
  const bill = known.order === undefined ? undefined : billOf(known.order, cause);
  if (open === undefined || open.net !== undefined || (bill !== undefined && 'net' in bill)) {
    return refuse('redemption_in_use', 'Its order has been placed, or all of it has been given back.');
  }
  const eventId = `release:${redemptionId}`;
  const fact: ReleasedFact = { kind: 'released', eventId, hash: redeemed?.hash ?? '', atMs, data: { redemptionId } };
  return withReceipt(decideCause(known, fact, policies), fact.kind, (after) => ({
    redemptionId,
    released: open.points,
    at: new Date(atMs).toISOString(),
    balance: balanceOf(accountAt(after, atMs, policies).account),
  }));
}

export type ReleaseReceipt = { redemptionId: string; released: number; at: string; balance: Balance };

/** When a command counts: now, and after all that the account has been through, so that it never rewrites the past. */
export function commandTime({ clockMs, last }: Account, nowMs: number): number {
  return Math.max(nowMs, clockMs, (last?.atMs ?? Number.NEGATIVE_INFINITY) + 1);
}

export function balanceOf(account: Account): Balance {
  return { available: availablePoints(account), pending: pendingPoints(account), debt: account.debt };
}

/** Adds to a decision what is answered and kept for the same command; `receiptOf` is given the account that comes of it. */
export function withReceipt<Receipt extends Readonly<Record<string, unknown>>>(
  decision: CauseDecision,
  of: CauseFact['kind'],
  receiptOf: (after: Account) => Receipt,
): { kind: 'need' } | { kind: 'write'; cause: CauseRecord; accounts: AccountWrite[]; receipt: Receipt } {
  const [write] = decision.kind === 'write' ? decision.accounts : [];
  if (decision.kind !== 'write' || write === undefined) return { kind: 'need' };
  const receipt = receiptOf(write.record.account);
  return {
    ...decision,
    cause: { ...decision.cause, receipts: { ...decision.cause.receipts, [of]: receipt } },
    receipt,
  };
}

/** What is left to pay of the order, in minor units of the base currency. */
function billOf(
  order: OrderRecord,
  { memberId }: Pick<RedemptionCommand, 'memberId'>,
): { net: number } | { kind: 'refused'; code: RedemptionRefusal; detail: string } | undefined {
  const effect = orderEffect(order);
  if (effect.waiting) return undefined;
  const owner = order.bookedTo ?? resolveOwner(effect.owner, undefined);
  if (owner?.kind !== 'member' || owner.memberId !== memberId) {
    return refuse('order_of_another', 'The order is not one of this member.');
  }
  if (effect.postings.some(({ kind }) => kind === 'cancelled')) {
    return refuse('order_cancelled', 'The order has been cancelled.');
  }
  const net = effect.postings.reduce((sum, it) => sum + (it.net ?? 0) - (it.kind === 'returned' ? it.returned : 0), 0);
  return { net };
}

function refuse<Code extends string>(code: Code, detail: string): { kind: 'refused'; code: Code; detail: string } {
  return { kind: 'refused', code, detail };
}
