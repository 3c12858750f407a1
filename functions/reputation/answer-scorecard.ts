import { scorecardOf } from '../../shared/domain/reputation/scorecard.ts';
import { latestPolicy, presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import type { ReputationStores } from './stores.ts';

export type ScorecardOf = { kind: 'shop' } | { kind: 'brand' | 'supplier'; id: string };

/** The scorecard of a brand, a supplier or the shop, worked out from its counters as they are. */
export async function answerScorecard(of: ScorecardOf, nowMs: number, stores: ReputationStores) {
  const target = of.kind === 'shop' ? 'SHOP' : `${of.kind.toUpperCase()}#${of.id}`;
  const [tallies, policies] = await Promise.all([stores.tallies.load([target]), stores.policies.load()]);
  const tally = tallies.get(target);
  if (tally === undefined && of.kind !== 'shop')
    throw new Problem('not_found', `The shop knows no ${of.kind} of this id.`);
  const policy = latestPolicy(policies);
  const scorecard = scorecardOf(tally?.counters ?? {}, {
    nowMs: presentMs(policies, nowMs),
    policy: policy.reputation,
    support: policy.complaints.goals,
  });
  return { of, ...scorecard, policyVersion: policy.stamp };
}
