import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { purchaseFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

export const handler = historyReaction(orderPlaced, 'purchases', purchaseFacts);
