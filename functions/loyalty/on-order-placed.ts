import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { orderReaction } from './order-reaction.ts';

export const handler = orderReaction('placed', orderPlaced);
