import { recommendationShown } from '../../events/behaviour/recommendation-shown.v1.ts';
import { shownFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

export const handler = historyReaction(recommendationShown, 'shown', shownFacts);
