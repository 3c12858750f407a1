import type { Policy } from '../../policy/policy.ts';
import { DAY_MS, monthOf, startOfMonth } from '../calendar/calendar.ts';
import type { Account } from './account.ts';
import type { TierChange, TierReason } from './entries.ts';
import type { Movements } from './points.ts';

/** Spend of the current month and so many before it is what a rolling tier is judged on. */
const ROLLING_MONTHS = 12;

/** Why a tier is judged now, and what the change will name as its cause. */
export type Judgement = Pick<TierChange, 'atMs' | 'eventId' | 'eventType' | 'subject'> & { reason: TierReason };

/** The spend that the policy judges a tier on at an instant, in minor units of the base currency. */
export function tierSpend(account: Account, atMs: number, policy: Policy): number {
  const first = firstMonth(atMs, policy);
  if (first === undefined) return account.lifetime.spend;
  const now = monthOf(atMs, policy.timeZone);
  return Object.entries(account.months).reduce(
    (sum, [month, spend]) => (Number(month) >= first && Number(month) <= now ? sum + spend : sum),
    0,
  );
}

/** Since when spend counts towards the tier that is judged at an instant; undefined where all there ever was does. */
export function spendSinceMs(atMs: number, policy: Policy): number | undefined {
  const first = firstMonth(atMs, policy);
  return first === undefined ? undefined : startOfMonth(first, policy.timeZone);
}

function firstMonth(atMs: number, { tiers: { basis }, timeZone }: Policy): number | undefined {
  if (basis === 'accumulated') return undefined;
  const now = monthOf(atMs, timeZone);
  return basis === 'calendar_year' ? now - (now % 12) : now - ROLLING_MONTHS;
}

/**
 * Adds spend to the month it belongs to and forgets the months that no tier is judged on any more.
 * @param policyThen the policy of the time the spend counts from: spend goes back from the month it was added to
 */
export function countSpend(
  account: Account,
  spend: number,
  spendAtMs: number,
  atMs: number,
  policy: Policy,
  policyThen: Policy = policy,
): void {
  const month = monthOf(spendAtMs, policyThen.timeZone);
  const first = monthOf(atMs, policy.timeZone) - ROLLING_MONTHS;
  const total = (account.months[month] ?? 0) + spend;
  const months: Record<string, number> = { ...account.months, [month]: total };
  account.months = Object.fromEntries(Object.entries(months).filter(([it, sum]) => Number(it) >= first && sum !== 0));
}

/** The place of a tier in the policy's ladder; a tier that the policy does not have any more counts as below all. */
export function tierIndex(id: string, policy: Policy): number {
  return policy.tiers.steps.findIndex((step) => step.id === id);
}

/** The place in the ladder that an amount of spend reaches. */
export function reachedIndex(spend: number, policy: Policy): number {
  return Math.max(
    0,
    policy.tiers.steps.findLastIndex((step) => spend >= step.threshold),
  );
}

/**
 * Judges the tier anew. It rises at once. It falls at once where spend has been taken back; where spend has lapsed by
 * time or the policy has changed, after the grace: to the tier that spend reaches, or one step and the next after
 * another grace.
 */
export function judgeTier(account: Account, judgement: Judgement, policy: Policy, out: Movements): void {
  const { atMs } = judgement;
  const { graceDays, stepDown, steps } = policy.tiers;
  const spend = tierSpend(account, atMs, policy);
  const current = tierIndex(account.tier.id, policy);
  const reached = reachedIndex(spend, policy);
  if (reached === current) {
    delete account.tier.fallsAtMs;
    return;
  }
  const change = (index: number, fallsAtMs?: number) => {
    const to = steps[index]?.id ?? account.tier.id;
    const { atMs: at, eventId, eventType, subject, reason } = judgement;
    const from = account.tier.id;
    out.push({
      kind: 'tier',
      from,
      to,
      atMs: at,
      spend,
      reason,
      eventId,
      eventType,
      subject,
      policyStamp: policy.stamp,
    });
    account.tier = { id: to, sinceMs: atMs, ...(fallsAtMs !== undefined && { fallsAtMs }) };
  };
  if (reached > current) {
    change(reached);
    return;
  }
  const graceMs = graceDays * DAY_MS;
  // A return ends what it had earned, not a grace that was granted before.
  const atOnce = graceDays === 0 || (judgement.reason === 'return' && account.tier.fallsAtMs === undefined);
  if (atOnce) {
    change(reached);
    return;
  }
  account.tier.fallsAtMs ??= atMs + graceMs;
  if (account.tier.fallsAtMs > atMs) return;
  if (stepDown === 'to_fit' || current - 1 === reached) change(reached);
  else change(current - 1, atMs + graceMs);
}

/** The next instant after `afterMs` at which spend may leave the time that a tier is judged on. */
export function nextBoundaryMs(account: Account, afterMs: number, policy: Policy): number | undefined {
  if (policy.tiers.basis === 'accumulated' || tierIndex(account.tier.id, policy) <= 0) return undefined;
  const next = monthOf(afterMs, policy.timeZone) + 1;
  const first = policy.tiers.basis === 'calendar_year' ? Math.ceil(next / 12) * 12 : next;
  return startOfMonth(first, policy.timeZone);
}
