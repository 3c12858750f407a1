import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { identificationOf } from '../../shared/domain/loyalty/visitor.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { identifyVisitor } from './identify-visitor.ts';
import { openLoyalty } from './order-reaction.ts';

export const handler = queueHandler(
  memberIdentified,
  openLoyalty,
  async (event, { profile, policy }, { nowMs, contentHash }) => {
    await identifyVisitor(event.data.anonymousId, identificationOf(event, contentHash), { profile, policy, nowMs });
  },
  { serialKey: ({ data }) => data.anonymousId },
);
