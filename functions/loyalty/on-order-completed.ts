import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import { orderReaction } from './order-reaction.ts';

export const handler = orderReaction('completed', orderCompleted);
