import { knownSinceMs, type Registration } from '../member/registration.ts';

export type ReferralRefusal = 'self_referral' | 'unknown_referrer' | 'referrer_not_earlier';

export type ReferralDecision = { kind: 'granted' } | { kind: 'refused'; code: ReferralRefusal; detail: string };

/**
 * Decides whether a member was brought by another. Who brings somebody has been known to the shop before them: so nobody
 * brings themselves, and no chain of members, however long, closes into a loop.
 */
export function decideReferral(
  { memberId, referrerId }: { memberId: string; referrerId: string },
  { member, referrer }: { member: Registration | undefined; referrer: Registration | undefined },
): ReferralDecision {
  if (memberId === referrerId) return refuse('self_referral', 'Nobody brings themselves.');
  const earlierMs = knownSinceMs(referrer);
  if (earlierMs === undefined) return refuse('unknown_referrer', 'The shop does not know who brought the member.');
  if (earlierMs >= (knownSinceMs(member) ?? Number.NEGATIVE_INFINITY)) {
    return refuse('referrer_not_earlier', 'Who brings a member has been one before.');
  }
  return { kind: 'granted' };
}

function refuse(code: ReferralRefusal, detail: string): ReferralDecision {
  return { kind: 'refused', code, detail };
}
