import { memberUpdated } from '../../events/member/member-updated.v1.ts';
import { introductionOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { causeReaction } from './cause-reaction.ts';

export const handler = causeReaction(memberUpdated, introductionOf);
