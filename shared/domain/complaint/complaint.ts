import type { complaintStates } from '../../../events/reputation/complaint-changed.v1.ts';
import type { ComplaintPolicy } from '../../policy/complaint-schema.ts';
import { type Policies, policyAt } from '../../policy/policies.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import { type ComplaintFact, FACTS_PER_COMPLAINT_LIMIT, inOrder } from './complaint-facts.ts';
import { appealPending, type ComplaintCase, foldComplaint } from './fold-complaint.ts';
import { afterServiceTime } from './service-hours.ts';

export type ComplaintState = (typeof complaintStates)[number];
export type DeadlineName = 'answer' | 'decision' | 'appeal';

/** What a complaint is handled by: taken from the policy of the instant at which it was opened, and kept with it. */
export type ComplaintTerms = {
  policyStamp: string;
  answerByMs: number;
  decideByMs: number;
  /** There once the member has appealed. */
  appealByMs?: number | undefined;
  closeAfterMs: number;
  escalation: ComplaintPolicy['escalation'];
};

/** Whose a complaint is beyond whom it names: the brand and the supplier of a product or of an order's lines. */
export type ResolvedTargets = {
  brandId?: string | undefined;
  supplierId?: string | undefined;
  productIds?: string[] | undefined;
};

/** All that is kept of a complaint, apart from what was written about it. */
export type ComplaintRecord = {
  complaintId: string;
  /** Counts the writes; 0 is a complaint never written. */
  version: number;
  /** In the order of time. Facts that come before the opening wait among them. */
  facts: ComplaintFact[];
  terms?: ComplaintTerms | undefined;
  resolved?: ResolvedTargets | undefined;
  /** Deadlines that have been told to have passed, and the closing, each with the instant that was told: once and for ever. */
  told?: { [Name in DeadlineName | 'closing']?: number } | undefined;
  /** Its member has been erased: what it counted for stays, and nobody goes on with it. */
  erased?: true | undefined;
};

export function newComplaint(complaintId: string): ComplaintRecord {
  return { complaintId, version: 0, facts: [] };
}

export type AddFact =
  | { kind: 'added'; record: ComplaintRecord }
  | { kind: 'known' }
  | { kind: 'refused'; code: 'too_many_facts'; detail: string };

/** Adds a fact to those known, whichever comes first; its terms are those of the instant at which it was opened. */
export function addFact(record: ComplaintRecord, fact: ComplaintFact, policies: Policies): AddFact {
  if (record.facts.some(({ eventId }) => eventId === fact.eventId)) return { kind: 'known' };
  if (record.facts.length >= FACTS_PER_COMPLAINT_LIMIT) {
    const detail = `Complaint ${record.complaintId} has ${FACTS_PER_COMPLAINT_LIMIT} facts already.`;
    return { kind: 'refused', code: 'too_many_facts', detail };
  }
  const facts = [...record.facts, fact].sort((a, b) => inOrder({ fact: a, atMs: a.atMs }, { fact: b, atMs: b.atMs }));
  const terms = termsOf(facts, policies);
  return { kind: 'added', record: { ...record, version: record.version + 1, facts, ...(terms && { terms }) } };
}

function termsOf(facts: readonly ComplaintFact[], policies: Policies): ComplaintTerms | undefined {
  const opened = foldComplaint(facts, { closeAfterMs: 0 })?.opened;
  if (opened === undefined) return undefined;
  const { complaints, timeZone, stamp } = policyAt(policies, opened.atMs);
  const { businessHours, escalation } = complaints;
  const shorter = complaints.severities[opened.data.severity];
  const after = (fromMs: number, count: number) =>
    afterServiceTime(fromMs, count * HOUR_MS, { businessHours, timeZone });
  const closeAfterMs = complaints.closeAfterDays * DAY_MS;
  const appeal = foldComplaint(facts, { closeAfterMs })?.appeal;
  return {
    policyStamp: stamp,
    answerByMs: after(opened.atMs, shorter?.answerHours ?? complaints.answerHours),
    decideByMs: after(opened.atMs, shorter?.decideHours ?? complaints.decideHours),
    ...(appeal && { appealByMs: after(appeal.atMs, shorter?.appealHours ?? complaints.appealHours) }),
    closeAfterMs,
    escalation,
  };
}

const HOUR_MS = 3_600_000;

/** A complaint that has been opened, with what its facts come to. */
export type OpenedComplaint = { record: ComplaintRecord; terms: ComplaintTerms; folded: ComplaintCase };

/** Undefined while nobody has opened it, as far as is known. */
export function openedComplaint(record: ComplaintRecord | undefined): OpenedComplaint | undefined {
  const terms = record?.terms;
  if (record === undefined || terms === undefined) return undefined;
  const folded = foldComplaint(record.facts, terms);
  return folded && { record, terms, folded };
}

/** Where a complaint stands at an instant. That it closes by time is computed and not written. */
export function stateAt({ folded }: OpenedComplaint, nowMs: number): ComplaintState {
  const { closesAtMs, decisions, appeal } = folded;
  if (closesAtMs !== undefined && nowMs >= closesAtMs) return 'closed';
  const pending = appealPending(folded);
  if (decisions.length > 0 && !pending) return 'decided';
  const since = pending ? (appeal?.atMs ?? 0) : Number.NEGATIVE_INFINITY;
  const round = folded.steps.filter(({ atMs, fact }) => atMs > since || (atMs === since && fact.kind === 'appealed'));
  if (round.some(({ fact }) => fact.kind === 'answered')) return 'answered';
  return pending || round.some(({ fact }) => fact.kind === 'investigating') ? 'investigating' : 'open';
}

/** Whether somebody at the desk has yet to decide. */
export function isUndecided({ folded }: OpenedComplaint): boolean {
  return folded.decisions.length === 0 || appealPending(folded);
}

/** From `byMs` on it is missed unless it was met before that. */
export type Deadline = { name: DeadlineName; byMs: number; metAtMs?: number | undefined };

export function deadlinesOf({ terms, folded }: OpenedComplaint): Deadline[] {
  const [first, second] = folded.decisions;
  return [
    { name: 'answer', byMs: terms.answerByMs, metAtMs: folded.respondedAtMs },
    { name: 'decision', byMs: terms.decideByMs, metAtMs: first?.atMs },
    ...(terms.appealByMs === undefined || folded.appeal === undefined
      ? []
      : [{ name: 'appeal' as const, byMs: terms.appealByMs, metAtMs: second?.atMs }]),
  ];
}

export type DeadlineStatus = 'pending' | 'met' | 'missed';

export function statusAt({ byMs, metAtMs }: Deadline, nowMs: number): DeadlineStatus {
  if (metAtMs !== undefined) return metAtMs < byMs ? 'met' : 'missed';
  return nowMs < byMs ? 'pending' : 'missed';
}

export type Escalation = { level: number; to: string; atMs: number; when: string };

/** Every step up that the policy has taken a complaint by an instant, in the order of time. */
export function escalationsAt(complaint: OpenedComplaint, nowMs: number): Escalation[] {
  const { terms, folded } = complaint;
  const missed = new Map<string, number>(
    deadlinesOf(complaint)
      .filter((it) => it.byMs <= nowMs && statusAt(it, nowMs) === 'missed')
      .map(({ name, byMs }) => [`${name}_overdue`, byMs]),
  );
  if (folded.opened.data.severity === 'high') missed.set('severity_high', folded.opened.atMs);
  return terms.escalation
    .flatMap(({ when, level, to }) => {
      const atMs = missed.get(when);
      return atMs === undefined ? [] : [{ when, level, to, atMs }];
    })
    .sort((a, b) => a.atMs - b.atMs || a.level - b.level);
}

/** The highest step. */
export function escalationAt(complaint: OpenedComplaint, nowMs: number): Escalation | undefined {
  return escalationsAt(complaint, nowMs).reduce<Escalation | undefined>(
    (highest, it) => (highest === undefined || it.level > highest.level ? it : highest),
    undefined,
  );
}
