import { type Policies, policyAt } from '../../policy/policies.ts';
import type { Account } from './account.ts';
import { accountAt, nextDueMs } from './fold.ts';
import { tierIndex, tierSpend } from './tiers.ts';

/** What the tier is judged on, what the next one takes, and what keeps the present one. Money in minor units. */
export type TierOutlook = {
  spend: number;
  next?: { id: string; remaining: number };
  /** Spend that has to be completed before `byMs`; else the member falls to the tier `otherwise`. */
  keep?: { remaining: number; byMs: number; otherwise: string };
};

/** How many things that fall due are looked through for a fall of the tier: what expires and is released is among them. */
const DUE_LIMIT = 100;

/** Looks ahead at what becomes of the tier if nothing is bought any more, by the code that will make it so. */
export function tierOutlook(account: Account, nowMs: number, policies: Policies): TierOutlook {
  const policy = policyAt(policies, nowMs);
  const { steps } = policy.tiers;
  const index = tierIndex(account.tier.id, policy);
  const spend = tierSpend(account, nowMs, policy);
  const next = steps[index + 1];
  const current = steps[index];
  const outlook: TierOutlook = {
    spend,
    ...(next && { next: { id: next.id, remaining: Math.max(0, next.threshold - spend) } }),
  };
  if (index <= 0 || current === undefined) return outlook;
  let ahead = account;
  for (let looked = 0; looked < DUE_LIMIT; looked += 1) {
    const dueMs = nextDueMs(ahead, policies);
    if (dueMs === undefined) return outlook;
    ahead = accountAt(ahead, dueMs, policies).account;
    if (ahead.tier.id === account.tier.id) continue;
    const left = tierSpend(ahead, dueMs, policyAt(policies, dueMs));
    const keep = { remaining: Math.max(0, current.threshold - left), byMs: dueMs, otherwise: ahead.tier.id };
    return { ...outlook, keep };
  }
  return outlook;
}
