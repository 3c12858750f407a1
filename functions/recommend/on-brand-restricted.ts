import { brandRestricted } from '../../events/reputation/brand-restricted.v1.ts';
import { restrictionReaction } from './standing-reaction.ts';

export const handler = restrictionReaction(brandRestricted, 'begun');
