import { productFavourited } from '../../events/behaviour/product-favourited.v1.ts';
import { interactionFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

export const handler = historyReaction(productFavourited, 'interactions', (event) =>
  interactionFacts('favourite', event),
);
