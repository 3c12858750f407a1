import { reviewPublished } from '../../events/reputation/review-published.v1.ts';
import { reviewFactsOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { causeReaction } from './cause-reaction.ts';

export const handler = causeReaction(reviewPublished, reviewFactsOf);
