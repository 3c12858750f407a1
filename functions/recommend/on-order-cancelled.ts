import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { cancellationFacts } from '../../shared/domain/recommend/history-facts.ts';
import { historyReaction } from './history-reaction.ts';

/** A cancellation that names nobody is nobody's: the purchase then stays until later ones take its place. */
export const handler = historyReaction(orderCancelled, 'purchases', cancellationFacts);
