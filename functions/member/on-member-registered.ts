import { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { memberReaction } from './member-reaction.ts';

export const handler = memberReaction('registered', memberRegistered);
