import { createHash } from 'node:crypto';
import type { EventDefinition } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import { pointsAvailable } from '../../../events/loyalty/points-available.v1.ts';
import { pointsEarned } from '../../../events/loyalty/points-earned.v1.ts';
import { pointsExpired } from '../../../events/loyalty/points-expired.v1.ts';
import { pointsExpiresSoon } from '../../../events/loyalty/points-expires-soon.v1.ts';
import { pointsRedeemed } from '../../../events/loyalty/points-redeemed.v1.ts';
import { pointsRefunded } from '../../../events/loyalty/points-refunded.v1.ts';
import { pointsReversed } from '../../../events/loyalty/points-reversed.v1.ts';
import { referralCompleted } from '../../../events/loyalty/referral-completed.v1.ts';
import { referralWithdrawn } from '../../../events/loyalty/referral-withdrawn.v1.ts';
import { tierChanged } from '../../../events/loyalty/tier-changed.v1.ts';
import type { Entry } from './entries.ts';
import type { JournalEntry } from './journal.ts';
import { entryId, ruleOf } from './ledger.ts';

export type Announcement = { definition: EventDefinition; event: CloudEvent };

/**
 * The event that tells others of a journal entry, or undefined where an entry is nobody else's business. Its id comes
 * from the member and the entry's number, so an entry that is announced twice is recognised as one. All of these, points that end soon among them,
 * are news of what is the member's own and no offers, so they hang on no consent to marketing.
 */
export function announcementOf(
  memberId: string,
  entry: JournalEntry,
  { currency, nowMs }: { currency: string; nowMs: number },
): Announcement | undefined {
  const time = new Date(entry.atMs).toISOString();
  const cause = { eventId: entry.eventId, type: entry.eventType, subject: entry.subject };
  const parts = { source: 'rapport.loyalty', time, subject: memberId };
  if (entry.kind === 'tier') {
    const { from, to, spend, reason, policyStamp: policyVersion } = entry;
    const data = { memberId, from, to, at: time, spend, currency, reason: reason ?? 'spend', cause, policyVersion };
    return announce(tierChanged, { ...parts, id: announcementId('tier', memberId, entry.seq), data });
  }
  if (entry.kind === 'notice') {
    // Where a whole history has been sent in later, the day the notice was for is long past.
    if (entry.expiresAtMs <= nowMs) return undefined;
    const { points, days: daysLeft } = entry;
    const data = { memberId, points, daysLeft, expiresAt: new Date(entry.expiresAtMs).toISOString(), at: time };
    return announce(pointsExpiresSoon, { ...parts, id: announcementId('notice', memberId, entry.seq), data });
  }
  if (entry.kind === 'referral') {
    const definition = entry.withdrawn === true ? referralWithdrawn : referralCompleted;
    const data = { memberId, referrerId: entry.by, at: time, cause };
    return announce(definition, { ...parts, id: announcementId('referral', memberId, entry.seq), data });
  }
  // Whose account is closed is told nothing any more, nor is anybody else told of them.
  const silent = entry.points === 0 || entry.eventType === 'member.erased';
  const definition = silent ? undefined : definitionOf(entry);
  if (definition === undefined) return undefined;
  const data = {
    memberId,
    points: Math.abs(entry.points),
    entryId: entryId(entry),
    at: time,
    cause,
    rule: { id: ruleOf(entry), policyVersion: entry.policyStamp, arithmetic: entry.arithmetic },
  };
  return announce(definition, { ...parts, id: announcementId('points', memberId, entry.seq), data });
}

/**
 * What an entry is to others. A correction may take back what was earned too much, or give back what was taken too much:
 * the sign decides. Legs of debt say how a movement was split and are told with earnings and returns alone.
 */
function definitionOf({ kind, state, points }: Entry): EventDefinition | undefined {
  switch (kind) {
    case 'earn':
    case 'reverse':
      return points > 0 ? pointsEarned : pointsReversed;
    case 'adjust':
      return state === 'debt' ? undefined : points > 0 ? pointsEarned : pointsReversed;
    case 'available':
      return state === 'available' && points > 0 ? pointsAvailable : undefined;
    case 'redeem':
      return points < 0 ? pointsRedeemed : undefined;
    case 'refund':
      return points > 0 ? pointsRefunded : undefined;
    case 'expire':
      return points < 0 ? pointsExpired : undefined;
  }
}

/** The id of an event stands in logs, and so never says whose it is. */
function announcementId(kind: string, memberId: string, seq: number): string {
  return `${kind}.${createHash('sha256').update(memberId).digest('hex').slice(0, 32)}.${seq}`;
}

function announce(definition: EventDefinition, parts: Parameters<EventDefinition['build']>[0]): Announcement {
  return { definition, event: definition.build(parts) };
}
