import { orderReturned } from '../../events/order/order-returned.v1.ts';
import { returnFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

export const handler = historyReaction(orderReturned, 'purchases', returnFacts);
