import type { DataOf, EventDefinition } from '../../events/define-event.ts';
import type { referralCompleted } from '../../events/loyalty/referral-completed.v1.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type OpenMemberStore, openMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { type LoyaltyDependencies, loadPolicies, openLoyalty } from './order-reaction.ts';
import { rewardReferral } from './reward-referral.ts';

type ReferralDependencies = LoyaltyDependencies & { members: OpenMemberStore };

function openReferrals(): ReferralDependencies {
  return { ...openLoyalty(), members: openMemberStore(dynamoClient(), readEnv('PROFILE_TABLE').PROFILE_TABLE) };
}

/** The handler of an announcement that a referral is due its rewards, or is so no longer. */
export function referralReaction<Type extends string>(
  definition: EventDefinition<Type, DataOf<typeof referralCompleted>>,
  open: () => ReferralDependencies = openReferrals,
) {
  return queueHandler(
    definition,
    open,
    async (event, { profile, members }, { nowMs, contentHash, log, before: policies }) => {
      const decision = await rewardReferral(event, contentHash, { profile, members, policies, nowMs });
      if (decision.kind === 'refused') log.info('referral_refused', { code: decision.code });
    },
    { serialKey: ({ data }) => data.referrerId, before: loadPolicies },
  );
}
