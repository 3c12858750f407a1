import { productCarted } from '../../events/behaviour/product-carted.v1.ts';
import { interactionFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

export const handler = historyReaction(productCarted, 'interactions', (event) => interactionFacts('cart', event));
