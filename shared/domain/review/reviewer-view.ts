import type { Policy } from '../../policy/policy.ts';
import { creditOf } from '../reputation/credit.ts';
import { creditEntry } from './refresh-review.ts';
import type { ReviewerRow } from './reviewer-record.ts';

/** A member's credit as a reviewer as it is answered, by the policy and at the instant given. */
export function reviewerView(
  memberId: string,
  rows: readonly ReviewerRow[],
  { nowMs, policy, registeredAtMs }: { nowMs: number; policy: Policy; registeredAtMs?: number | undefined },
) {
  const { banUntilMs, penalties, ...credit } = creditOf(rows.map(creditEntry), {
    nowMs,
    policy: policy.reputation,
    registeredAtMs,
  });
  const count = (state: ReviewerRow['state']) => rows.filter((row) => row.state === state).length;
  const [published, held, rejected] = [count('published'), count('held'), count('rejected')];
  return {
    memberId,
    ...credit,
    ...(banUntilMs !== undefined && { bannedUntil: new Date(banUntilMs).toISOString() }),
    penalties: penalties.map(({ atMs, ...penalty }) => ({ at: new Date(atMs).toISOString(), ...penalty })),
    reviews: { published, held, rejected, others: rows.length - published - held - rejected },
    policyVersion: policy.stamp,
  };
}
