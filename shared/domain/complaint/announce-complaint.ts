import { createHash } from 'node:crypto';
import type { EventDefinition } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import { complaintChanged } from '../../../events/reputation/complaint-changed.v1.ts';
import { complaintOverdue } from '../../../events/reputation/complaint-overdue.v1.ts';
import {
  type ComplaintRecord,
  type ComplaintState,
  type DeadlineName,
  escalationAt,
  type OpenedComplaint,
  openedComplaint,
  stateAt,
} from './complaint.ts';
import { type Cause, causeOf } from './complaint-facts.ts';
import { decisionOf } from './fold-complaint.ts';

export type ComplaintAnnouncement = { definition: EventDefinition; event: CloudEvent };

/**
 * What a change of a complaint's record is to others: the state that it has come to, and every deadline that was marked as
 * passed. Nothing of what was written about it. The same change told twice has the same event ids.
 */
export function complaintAnnouncements(
  before: ComplaintRecord | undefined,
  after: ComplaintRecord | undefined,
): ComplaintAnnouncement[] {
  const complaint = openedComplaint(after);
  if (complaint === undefined) return [];
  return [...changed(before, complaint), ...overdue(before, complaint)];
}

function changed(before: ComplaintRecord | undefined, after: OpenedComplaint): ComplaintAnnouncement[] {
  const earlier = openedComplaint(before);
  const from = earlier && stateKnown(earlier);
  const to = stateKnown(after);
  if (from === to) return [];
  const { record, folded } = after;
  const { complaintId } = record;
  const { atMs, cause } = latest(before, after);
  const outcome = decisionOf(folded)?.fact.data.outcome;
  const at = new Date(atMs).toISOString();
  const data = {
    complaintId,
    memberId: folded.opened.data.memberId,
    ...(from && { from }),
    to,
    ...(outcome && { outcome }),
    at,
    cause,
  };
  const id = eventId('complaint.changed', complaintId, record.version);
  const event = complaintChanged.build({
    id,
    source: complaintChanged.busSource,
    time: at,
    subject: complaintId,
    data,
  });
  return [{ definition: complaintChanged, event }];
}

/** Where a complaint stands by all that its record says: that it has closed by time is known once it is marked. */
function stateKnown(complaint: OpenedComplaint): ComplaintState {
  const { steps, closesAtMs } = complaint.folded;
  const closing = complaint.record.told?.closing;
  if (closing !== undefined && closing === closesAtMs) return 'closed';
  return stateAt(complaint, Math.max(...steps.map(({ atMs }) => atMs)));
}

/** What has brought the change about: the latest fact that is new, or else the clock. */
function latest(
  before: ComplaintRecord | undefined,
  { record, folded }: OpenedComplaint,
): { atMs: number; cause: Cause } {
  const known = new Set(before?.facts.map((fact) => fact.eventId));
  const step = folded.steps.findLast(({ fact }) => !known.has(fact.eventId));
  if (step !== undefined) return { atMs: step.atMs, cause: causeOf(record.complaintId, step.fact) };
  const atMs = record.told?.closing ?? folded.steps.at(-1)?.atMs ?? 0;
  return { atMs, cause: clockCause(record.complaintId, 'closing') };
}

/** What time alone brought about, by the deadline that it was. */
export function clockCause(complaintId: string, name: DeadlineName | 'closing'): Cause {
  return { eventId: `deadline/${name}`, type: 'complaint.deadline', subject: complaintId };
}

const DEADLINES: readonly DeadlineName[] = ['answer', 'decision', 'appeal'];

function overdue(before: ComplaintRecord | undefined, after: OpenedComplaint): ComplaintAnnouncement[] {
  const { record, terms, folded } = after;
  const { complaintId } = record;
  const { memberId, category, severity } = folded.opened.data;
  return DEADLINES.flatMap((deadline) => {
    const dueMs = record.told?.[deadline];
    if (dueMs === undefined || before?.told?.[deadline] !== undefined) return [];
    const escalation = escalationAt(after, dueMs);
    const dueAt = new Date(dueMs).toISOString();
    const data = {
      complaintId,
      memberId,
      deadline,
      dueAt,
      category,
      severity,
      level: escalation?.level ?? 0,
      ...(escalation && { to: escalation.to }),
      policyVersion: terms.policyStamp,
    };
    const id = eventId('complaint.overdue', complaintId, deadline);
    const parts = { id, source: complaintOverdue.busSource, time: dueAt, subject: complaintId, data };
    return [{ definition: complaintOverdue, event: complaintOverdue.build(parts) }];
  });
}

/** Within the 128 characters of an event id, whatever the length of the complaint's. */
function eventId(kind: string, complaintId: string, last: string | number): string {
  const id = `${kind}.${complaintId}.${last}`;
  return id.length <= 128 ? id : `${kind}.${createHash('sha256').update(complaintId).digest('hex')}.${last}`;
}
