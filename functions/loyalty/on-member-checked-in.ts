import { memberCheckedIn } from '../../events/member/member-checked-in.v1.ts';
import { checkInOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { causeReaction } from './cause-reaction.ts';

export const handler = causeReaction(memberCheckedIn, checkInOf);
