import type { DataOf } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import type { referralCompleted } from '../../events/loyalty/referral-completed.v1.ts';
import type { OpenMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { CauseFact } from '../../shared/domain/loyalty/cause-facts.ts';
import { decideReferral, type ReferralDecision } from '../../shared/domain/loyalty/decide-referral.ts';
import { policyAt } from '../../shared/policy/policies.ts';
import { bookCause } from './book-cause.ts';
import type { Surroundings } from './book-order.ts';

type Referral = CloudEvent<string, DataOf<typeof referralCompleted>>;

/**
 * Rewards both sides of a referral, or takes both rewards back: one cause on each account, under the id of the member
 * who was brought, so that a second delivery, or a crash between the two, changes nothing that is booked.
 */
export async function rewardReferral(
  event: Referral,
  hash: string,
  { members, ...around }: Surroundings & { members: OpenMemberStore },
): Promise<ReferralDecision> {
  const { memberId, referrerId } = event.data;
  const [member, referrer] = await Promise.all(
    [memberId, referrerId].map(async (id) => (await members.load(id, ['registration'], true)).registration),
  );
  const decision = decideReferral({ memberId, referrerId }, { member, referrer });
  const { referral } = policyAt(around.policies, Date.parse(event.time));
  const granted = decision.kind === 'granted';
  const causeId = `referral:${memberId}`;
  const book = (to: string, points: number, reason: string) =>
    bookCause({ memberId: to, causeId, fact: factOf(event, hash, { points, reason }) }, around);
  // A refusal is kept too, with its reason and without points.
  await book(memberId, granted ? referral.friendPoints : 0, granted ? 'welcome: brought by a member' : decision.code);
  if (granted) await book(referrerId, referral.referrerPoints, 'a friend has completed the first order');
  return decision;
}

function factOf(event: Referral, hash: string, { points, reason }: { points: number; reason: string }): CauseFact {
  const base = { eventId: event.id, hash: hash.slice(0, 22), atMs: Date.parse(event.time) };
  const { type } = event;
  if (type === 'referral.withdrawn.v1') {
    return { ...base, kind: 'revoked', data: { reason: 'the first order did not stand', type } };
  }
  return { ...base, kind: 'rewarded', data: { points, reason, type } };
}
