import { reviewHeld } from '../../events/reputation/review-held.v1.ts';
import { reviewFactsOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { causeReaction } from './cause-reaction.ts';

export const handler = causeReaction(reviewHeld, reviewFactsOf);
