import { brandReinstated } from '../../events/reputation/brand-reinstated.v1.ts';
import { restrictionReaction } from './standing-reaction.ts';

export const handler = restrictionReaction(brandReinstated, 'ended');
