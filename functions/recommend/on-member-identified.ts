import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { historyParts } from '../../shared/adapters/dynamo/history-store.ts';
import { linkTo } from '../../shared/domain/recommend/visitor-link.ts';
import { latestPolicy } from '../../shared/policy/policies.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { changePart } from './change-part.ts';
import { loadPolicies, openHistories } from './history-reaction.ts';
import { joinMember } from './join-member.ts';

/**
 * A visitor turns out to be a member: each part of the visitor's history is first told so, and whatever comes for the visitor from then on
 * goes on to the member; then what is in it already does. A second delivery does the same and finds it done.
 */
export const handler = queueHandler(
  memberIdentified,
  openHistories,
  async ({ id: eventId, time, data: { anonymousId, memberId } }, { histories }, { nowMs, before: policies }) => {
    const around = { histories, policy: latestPolicy(policies).recommendations.history, nowMs };
    const visitor = { kind: 'visitor', id: anonymousId } as const;
    const linked = historyParts.map(async (part) => {
      const record = await changePart(visitor, part, around, (before) => {
        const link = linkTo(before.link, { memberId, eventId, atMs: Date.parse(time) });
        return link === undefined ? before : { ...before, link };
      });
      await joinMember(record, around);
    });
    await Promise.all(linked);
  },
  { serialKey: ({ data }) => data.anonymousId, before: loadPolicies },
);
