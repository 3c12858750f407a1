import { recommendationClicked } from '../../events/behaviour/recommendation-clicked.v1.ts';
import { interactionFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

export const handler = historyReaction(recommendationClicked, 'interactions', (event) =>
  interactionFacts('click', event),
);
