import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { identificationOf } from '../../shared/domain/loyalty/visitor.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { identifyVisitor } from './identify-visitor.ts';
import { loadPolicies, openLoyalty } from './order-reaction.ts';

export const handler = queueHandler(
  memberIdentified,
  openLoyalty,
  async (event, { profile }, { nowMs, contentHash, before: policies }) => {
    await identifyVisitor(event.data.anonymousId, identificationOf(event, contentHash), { profile, policies, nowMs });
  },
  { serialKey: ({ data }) => data.anonymousId, before: loadPolicies },
);
