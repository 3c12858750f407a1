import { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { birthdayReaction } from './birthday-reaction.ts';

export const handler = birthdayReaction(memberRegistered);
