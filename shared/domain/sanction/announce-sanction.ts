import { createHash } from 'node:crypto';
import type { EventDefinition } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import { brandReinstated } from '../../../events/reputation/brand-reinstated.v1.ts';
import { brandRestricted } from '../../../events/reputation/brand-restricted.v1.ts';
import { sanctionChanged, type sanctionSteps } from '../../../events/reputation/sanction-changed.v1.ts';
import type { Step } from './fold-sanction.ts';
import { type OpenSanction, openSanction, restrictedBy, type SanctionRecord, stateAt } from './sanction.ts';
import { type Cause, causeOf, clockCause } from './sanction-facts.ts';
import { sanctionAsOf } from './sanction-view.ts';

export type SanctionAnnouncement = { definition: EventDefinition; event: CloudEvent };

/**
 * What a change of a case's record is to others: every step that is new, that a restriction begins, and that it ends, by time
 * or on appeal. Nothing of what was written about it. The same change told twice has the same event ids.
 */
export function sanctionAnnouncements(
  before: SanctionRecord | undefined,
  after: SanctionRecord | undefined,
): SanctionAnnouncement[] {
  const sanction = openSanction(after);
  if (sanction === undefined) return [];
  const earlier = openSanction(before);
  const known = new Set(earlier?.folded.steps.map(({ fact }) => fact.eventId));
  const steps = sanction.folded.steps.filter(({ fact }) => !known.has(fact.eventId));
  return [
    ...steps.map((step) => changedBy(sanction, step)),
    ...clockSteps(earlier, sanction),
    ...(earlier === undefined || restrictedBy(earlier) === undefined ? begun(sanction) : []),
    ...(earlier === undefined || endOf(earlier) === undefined ? ended(sanction) : []),
  ];
}

function changedBy(sanction: OpenSanction, { fact, atMs }: Step): SanctionAnnouncement {
  const { sanctionId } = sanction.record;
  const by = 'actor' in fact.data ? fact.data.actor : fact.data.by;
  const state = stateAt(sanctionAsOf(sanction, fact), atMs);
  return changed(sanction, { step: fact.kind, state, atMs, by, cause: causeOf(sanctionId, fact) }, fact.eventId);
}

/** What time has brought and was marked since. */
function clockSteps(before: OpenSanction | undefined, sanction: OpenSanction): SanctionAnnouncement[] {
  const { sanctionId, told } = sanction.record;
  const fresh = (name: 'answer_period' | 'end') =>
    before?.record.told?.[name] === undefined ? told?.[name] : undefined;
  const [answerMs, endMs] = [fresh('answer_period'), fresh('end')];
  return [
    ...(answerMs === undefined
      ? []
      : [
          changed(
            sanction,
            {
              step: 'answer_period_over',
              state: 'unanswered',
              atMs: answerMs,
              by: CLOCK,
              cause: clockCause(sanctionId, 'answer_period'),
            },
            'clock/answer_period',
          ),
        ]),
    ...(endMs === undefined
      ? []
      : [
          changed(
            sanction,
            {
              step: 'end',
              state: stateAt(sanction, endMs),
              atMs: endMs,
              by: CLOCK,
              cause: clockCause(sanctionId, 'end'),
            },
            'clock/end',
          ),
        ]),
  ];
}

const CLOCK = 'clock';

function changed(
  { record, terms, folded }: OpenSanction,
  {
    step,
    state,
    atMs,
    by,
    cause,
  }: { step: (typeof sanctionSteps)[number]; state: string; atMs: number; by: string; cause: Cause },
  name: string,
): SanctionAnnouncement {
  const { sanctionId } = record;
  const at = new Date(atMs).toISOString();
  const data = {
    sanctionId,
    ...targetOf(folded.notice.data),
    step,
    state,
    at,
    by,
    cause,
    restsOn: folded.notice.data.causes,
    policyVersion: terms.policyStamp,
  };
  const id = eventId('sanction.changed', sanctionId, name);
  const event = sanctionChanged.build({ id, source: sanctionChanged.busSource, time: at, subject: sanctionId, data });
  return { definition: sanctionChanged, event };
}

function begun(sanction: OpenSanction): SanctionAnnouncement[] {
  const restricted = restrictedBy(sanction);
  if (restricted === undefined) return [];
  const { sinceMs, step } = restricted;
  const reason = 'reason' in step.fact.data ? step.fact.data.reason : undefined;
  return [
    restrictionTold(brandRestricted, sanction, {
      atMs: sinceMs,
      reason,
      cause: causeOf(sanction.record.sanctionId, step.fact),
    }),
  ];
}

type End = { atMs: number; reason: string; cause: Cause };

/** How a restriction has ended, as far as the record says: on appeal before its time, or by time once that is marked. */
function endOf(sanction: OpenSanction): End | undefined {
  const restricted = restrictedBy(sanction);
  if (restricted === undefined) return undefined;
  const { sanctionId, told } = sanction.record;
  const { lifted, untilMs } = restricted;
  if (told?.end !== undefined) return { atMs: told.end, reason: 'end_date', cause: clockCause(sanctionId, 'end') };
  if (lifted === undefined || lifted.atMs >= untilMs || !('reason' in lifted.fact.data)) return undefined;
  return { atMs: lifted.atMs, reason: lifted.fact.data.reason, cause: causeOf(sanctionId, lifted.fact) };
}

function ended(sanction: OpenSanction): SanctionAnnouncement[] {
  const end = endOf(sanction);
  return end === undefined ? [] : [restrictionTold(brandReinstated, sanction, end)];
}

function restrictionTold(
  definition: EventDefinition,
  sanction: OpenSanction,
  { atMs, reason, cause }: { atMs: number; reason: string | undefined; cause: Cause },
): SanctionAnnouncement {
  const { record, terms, folded } = sanction;
  const { sanctionId } = record;
  const target = targetOf(folded.notice.data);
  const at = new Date(atMs).toISOString();
  const untilMs = restrictedBy(sanction)?.untilMs;
  const data = {
    sanctionId,
    ...target,
    kind: folded.notice.data.restriction,
    at,
    ...(untilMs !== undefined && { until: new Date(untilMs).toISOString() }),
    ...(reason !== undefined && { reason }),
    cause,
    policyVersion: terms.policyStamp,
  };
  const subject = target.brandId ?? target.supplierId ?? sanctionId;
  const id = eventId(definition.type, sanctionId, '');
  return { definition, event: definition.build({ id, source: definition.busSource, time: at, subject, data }) };
}

function targetOf({ brandId, supplierId }: { brandId?: string | undefined; supplierId?: string | undefined }) {
  return { ...(brandId !== undefined && { brandId }), ...(supplierId !== undefined && { supplierId }) };
}

/** Within the 128 characters of an event id, whatever the length of the case's. */
function eventId(kind: string, sanctionId: string, what: string): string {
  return `${kind}:${createHash('sha256').update(`${sanctionId} ${what}`).digest('base64url').slice(0, 22)}`;
}
