import { referralCompleted } from '../../events/loyalty/referral-completed.v1.ts';
import { referralReaction } from './referral-reaction.ts';

export const handler = referralReaction(referralCompleted);
