import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { orderReaction } from './order-reaction.ts';

export const handler = orderReaction('cancelled', orderCancelled);
