import {
  addFact,
  type ComplaintRecord,
  newComplaint,
  type OpenedComplaint,
  openedComplaint,
} from '../../../shared/domain/complaint/complaint.ts';
import type { ComplaintFact } from '../../../shared/domain/complaint/complaint-facts.ts';
import { decideCommand, factOf, type Saying } from '../../../shared/domain/complaint/decide-complaint.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

export const HOUR_MS = 3_600_000;
/** A Monday. */
export const START = Date.parse('2026-01-05T10:00:00Z');
export const hours = (count: number): number => START + count * HOUR_MS;
export const policies = always(currentPolicy);

export const opening = {
  kind: 'opened',
  memberId: 'mem-1',
  productId: 'teapot',
  orderId: 'ord-1',
  category: 'quality',
  text: 'The handle came off.',
} satisfies Saying;

/** Facts with ids of their own, by what is said and how many hours after the start. */
export function facts(...said: readonly (readonly [hour: number, said: Saying, eventId?: string])[]): ComplaintFact[] {
  return said.map(
    ([hour, it, eventId], index) => factOf(it, { eventId: eventId ?? `e${index}`, atMs: hours(hour) }).fact,
  );
}

export function recordOf(known: readonly ComplaintFact[], under: Policies = policies): ComplaintRecord {
  return known.reduce((record, fact) => {
    const added = addFact(record, fact, under);
    if (added.kind === 'refused') throw new Error(added.code);
    return added.kind === 'added' ? added.record : record;
  }, newComplaint('cmp-1'));
}

export function complaintOf(record: ComplaintRecord): OpenedComplaint {
  const complaint = openedComplaint(record);
  if (complaint === undefined) throw new Error('Nobody has opened it.');
  return complaint;
}

/** The record after commands at hours after the start, each of which is accepted. */
export function commanded(...said: readonly (readonly [hour: number, said: Saying])[]): ComplaintRecord {
  return said.reduce((record, [hour, it]) => {
    const decision = decideCommand(record, it, { policies, nowMs: hours(hour) });
    if (decision.kind === 'refused') throw new Error(`${decision.code}: ${decision.detail}`);
    return decision.record;
  }, newComplaint('cmp-1'));
}
