import type { Revision } from '../../shared/domain/liability/revise.ts';
import { pointsValue } from '../../shared/domain/loyalty/arithmetic.ts';
import { type Policies, policyAt } from '../../shared/policy/policies.ts';

const DAY_MS = 86_400_000;

/** A revision as it is answered: what is outstanding is worth what points of that day could be spent for. */
export function answerRevision({ revision: number, atMs, because, row }: Revision, policies: Policies) {
  const { closing, ...figures } = row;
  const policy = policyAt(policies, Date.parse(row.day) + DAY_MS - 1);
  const worth = (points: number) => pointsValue(points, policy);
  const { pending, available, debt } = closing;
  return {
    ...figures,
    revision: number,
    recordedAt: new Date(atMs).toISOString(),
    because,
    outstanding: closing,
    value: {
      currency: policy.currency,
      pending: worth(pending),
      available: worth(available),
      debt: worth(debt),
      total: worth(pending + available - debt),
    },
  };
}
