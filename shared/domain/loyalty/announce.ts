import { createHash } from 'node:crypto';
import type { EventDefinition } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import { pointsEarned } from '../../../events/loyalty/points-earned.v1.ts';
import { pointsReversed } from '../../../events/loyalty/points-reversed.v1.ts';
import { tierChanged } from '../../../events/loyalty/tier-changed.v1.ts';
import type { JournalEntry } from './journal.ts';
import { entryId, ruleOf } from './ledger.ts';

export type Announcement = { definition: EventDefinition; event: CloudEvent };

/**
 * The event that tells others of a journal entry, or undefined where an entry is nobody else's business. Its id comes
 * from the member and the entry's number, so an entry that is announced twice is recognised as one.
 */
export function announcementOf(memberId: string, entry: JournalEntry, currency: string): Announcement | undefined {
  const time = new Date(entry.atMs).toISOString();
  const cause = { eventId: entry.eventId, type: entry.eventType, subject: entry.subject };
  const parts = { source: 'rapport.loyalty', time, subject: memberId };
  if (entry.kind === 'tier') {
    const { from, to, spend, policyStamp: policyVersion } = entry;
    const data = { memberId, from, to, at: time, spend, currency, cause, policyVersion };
    return announce(tierChanged, { ...parts, id: announcementId('tier', memberId, entry.seq), data });
  }
  if ((entry.kind !== 'earn' && entry.kind !== 'reverse') || entry.points === 0) return undefined;
  // A correction may take back what was earned too much, or give back what was taken too much: the sign decides.
  const definition = entry.points > 0 ? pointsEarned : pointsReversed;
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

/** Within the 128 characters of an event id, whatever the length of the member's. */
function announcementId(kind: string, memberId: string, seq: number): string {
  const id = `${kind}.${memberId}.${seq}`;
  return id.length <= 128 ? id : `${kind}.${createHash('sha256').update(memberId).digest('hex')}.${seq}`;
}

function announce(definition: EventDefinition, parts: Parameters<EventDefinition['build']>[0]): Announcement {
  return { definition, event: definition.build(parts) };
}
