import { referralWithdrawn } from '../../events/loyalty/referral-withdrawn.v1.ts';
import { referralReaction } from './referral-reaction.ts';

export const handler = referralReaction(referralWithdrawn);
