import { type Policies, policyAt } from '../../policy/policies.ts';
import type { Account } from './account.ts';
import { accountAt, nextDueMs } from './fold.ts';
import { spendSinceMs, tierIndex, tierSpend } from './tiers.ts';

/** What the tier is judged on, what the next one takes, and what keeps the present one. Money in minor units. */
export type TierOutlook = {
  spend: number;
  next?: { id: string; remaining: number };
  keep?: Keep;
};

/**
 * Spend that has to be completed before `byMs`, and not before `fromMs` where there is one: else the member falls to the
 * tier `otherwise`. Where no spend can keep the tier there is no `remaining`.
 */
export type Keep = { remaining?: number; fromMs?: number; byMs: number; otherwise: string };

/** How many things that fall due are looked through for a fall of the tier: what expires and is released is among them. */
const DUE_LIMIT = 100;

/** Looks ahead at what becomes of the tier if nothing is bought any more, by the code that will make it so. */
export function tierOutlook(account: Account, nowMs: number, policies: Policies): TierOutlook {
  const policy = policyAt(policies, nowMs);
  const { steps } = policy.tiers;
  const index = tierIndex(account.tier.id, policy);
  const spend = tierSpend(account, nowMs, policy);
  const next = steps[index + 1];
  const outlook: TierOutlook = {
    spend,
    ...(next && { next: { id: next.id, remaining: Math.max(0, next.threshold - spend) } }),
  };
  if (index <= 0) return outlook;
  let ahead = account;
  for (let looked = 0; looked < DUE_LIMIT; looked += 1) {
    const dueMs = nextDueMs(ahead, policies);
    if (dueMs === undefined) return outlook;
    ahead = accountAt(ahead, dueMs, policies).account;
    if (ahead.tier.id === account.tier.id) continue;
    const keep = keepOf(account.tier.id, ahead, { nowMs, byMs: dueMs, policies });
    return { ...outlook, ...(keep && { keep }) };
  }
  return outlook;
}

/** What keeps a tier that will be another by then, by the policy of that time; undefined where it will be a higher one. */
function keepOf(
  id: string,
  ahead: Account,
  { nowMs, byMs, policies }: { nowMs: number; byMs: number; policies: Policies },
): Keep | undefined {
  const policy = policyAt(policies, byMs);
  const index = tierIndex(id, policy);
  const step = policy.tiers.steps[index];
  const fall = { byMs, otherwise: ahead.tier.id };
  if (step === undefined) return fall;
  if (tierIndex(ahead.tier.id, policy) > index) return undefined;
  const sinceMs = spendSinceMs(byMs, policy) ?? nowMs;
  if (sinceMs >= byMs) return fall;
  const remaining = step.threshold - tierSpend(ahead, byMs, policy);
  return { remaining, ...(sinceMs > nowMs && { fromMs: sinceMs }), ...fall };
}
