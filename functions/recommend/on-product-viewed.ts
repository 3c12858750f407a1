import { productViewed } from '../../events/behaviour/product-viewed.v1.ts';
import { interactionFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

export const handler = historyReaction(productViewed, 'interactions', (event) => interactionFacts('view', event));
