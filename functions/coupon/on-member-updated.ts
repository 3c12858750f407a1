import { memberUpdated } from '../../events/member/member-updated.v1.ts';
import { birthdayReaction } from './birthday-reaction.ts';

export const handler = birthdayReaction(memberUpdated);
