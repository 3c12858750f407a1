import { scoreOf } from '../../shared/domain/reputation/score.ts';
import { restrictionsView } from '../../shared/domain/sanction/restrictions.ts';
import { latestPolicy, presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import type { ReputationStores } from './stores.ts';

/** The score of a brand or of a supplier, worked out from its counters as they are. */
export async function answerScore(kind: 'brand' | 'supplier', id: string, nowMs: number, stores: ReputationStores) {
  const target = `${kind.toUpperCase()}#${id}`;
  const [tallies, policies, sanctioned] = await Promise.all([
    stores.tallies.load([target]),
    stores.policies.load(),
    stores.sanctions.restrictionsOf(kind === 'brand' ? { brandId: id } : { supplierId: id }),
  ]);
  const tally = tallies.get(target);
  const restrictions = restrictionsView(sanctioned, presentMs(policies, nowMs));
  if (
    tally === undefined &&
    restrictions.length === 0 &&
    !(kind === 'brand' && (await stores.catalog.knows('brand', id)))
  ) {
    throw new Problem('not_found', `The shop knows no ${kind} of this id.`);
  }
  const policy = latestPolicy(policies);
  const score = scoreOf(tally?.counters ?? {}, { nowMs: presentMs(policies, nowMs), policy: policy.reputation });
  return { kind, id, ...score, restrictions, policyVersion: policy.stamp };
}
