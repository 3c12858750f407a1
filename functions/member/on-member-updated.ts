import { memberUpdated } from '../../events/member/member-updated.v1.ts';
import { memberReaction } from './member-reaction.ts';

export const handler = memberReaction('updated', memberUpdated);
