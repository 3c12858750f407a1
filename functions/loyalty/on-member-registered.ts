import { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { introductionOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { causeReaction } from './cause-reaction.ts';

export const handler = causeReaction(memberRegistered, introductionOf);
