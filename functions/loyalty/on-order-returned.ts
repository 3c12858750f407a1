import { orderReturned } from '../../events/order/order-returned.v1.ts';
import { orderReaction } from './order-reaction.ts';

export const handler = orderReaction('returned', orderReturned);
