import type { ComplaintPolicy } from '../../policy/complaint-schema.ts';
import { clockCause } from './announce-complaint.ts';
import {
  type ComplaintRecord,
  deadlinesOf,
  escalationAt,
  escalationsAt,
  isUndecided,
  type OpenedComplaint,
  openedComplaint,
  stateAt,
  statusAt,
} from './complaint.ts';
import { type ComplaintFact, causeOf, inOrder, type Words } from './complaint-facts.ts';
import { appealPending, decisionOf } from './fold-complaint.ts';

/** Words by the ids of the facts that they belong to. */
export type WordsOf = ReadonlyMap<string, Words>;

/** A complaint as its member and the desk see it at an instant: where it stands, by when what is due, and how it came to that. */
export function complaintView(complaint: OpenedComplaint, words: WordsOf, nowMs: number) {
  const { record, folded } = complaint;
  const { memberId, category, severity, wish, brandId, supplierId, productId, orderId } = folded.opened.data;
  const deadlines = deadlinesOf(complaint).map((it) => ({ ...it, status: statusAt(it, nowMs) }));
  const byName = new Map(deadlines.map((it) => [it.name, it]));
  const decision = decisionOf(folded);
  const escalation = escalationAt(complaint, nowMs);
  const compensation = decision && compensationOf(decision.fact.data.compensation, words.get(decision.fact.eventId));
  const by = (name: 'answer' | 'decision' | 'appeal') => instant(byName.get(name)?.byMs ?? 0);
  return {
    complaintId: record.complaintId,
    memberId,
    state: stateAt(complaint, nowMs),
    target: {
      ...(brandId !== undefined && { brandId }),
      ...(supplierId !== undefined && { supplierId }),
      ...(productId !== undefined && { productId }),
      ...(orderId !== undefined && { orderId }),
    },
    category,
    severity,
    ...(wish !== undefined && { wish }),
    openedAt: instant(folded.opened.atMs),
    deadlines: {
      answerBy: by('answer'),
      decideBy: by('decision'),
      ...(byName.has('appeal') && { appealBy: by('appeal') }),
    },
    service: deadlines.map(({ name, byMs, metAtMs, status }) => ({
      deadline: name,
      by: instant(byMs),
      status,
      ...(metAtMs !== undefined && { at: instant(metAtMs) }),
    })),
    ...(escalation && { escalation: { level: escalation.level, to: escalation.to, since: instant(escalation.atMs) } }),
    ...(decision && { outcome: decision.fact.data.outcome }),
    ...(appealPending(folded) && { appealed: true }),
    ...(compensation && { compensation }),
    ...(folded.rating && { satisfaction: folded.rating.fact.data.satisfaction }),
    ...(folded.closesAtMs !== undefined && { closesAt: instant(folded.closesAtMs) }),
    history: historyOf(complaint, words, nowMs),
  };
}

/** What the desk sees beside it: facts that contradict others, and answers to begin with. A person decides. */
export function deskParts({ folded }: OpenedComplaint, policy: ComplaintPolicy) {
  const { category, wish } = folded.opened.data;
  const fitting = policy.suggestions.filter((it) => it.category === category);
  const suggestions = fitting.filter((it) => it.wish === undefined || it.wish === wish);
  // What answers the very wish comes first.
  suggestions.sort((a, b) => Number(b.wish !== undefined) - Number(a.wish !== undefined));
  return {
    refused: folded.refused.map(({ fact, code, detail }) => ({
      eventId: fact.eventId,
      kind: fact.kind,
      at: instant(fact.atMs),
      code,
      detail,
    })),
    suggestions: suggestions.map(({ id, text }) => ({ id, text, reason: suggested(category, wish) })),
  };
}

/** A complaint in the desk's list; `sinceMs` is its next deadline, or since when it waits. */
export function deskComplaint(record: ComplaintRecord, sinceMs: number, nowMs: number) {
  const complaint = openedComplaint(record);
  const { complaintId } = record;
  const since = instant(sinceMs);
  if (complaint === undefined) return { complaintId, state: 'waiting' as const, since, overdue: false, refused: 0 };
  const { target, category, severity, state, deadlines, escalation } = complaintView(complaint, new Map(), nowMs);
  return {
    complaintId,
    state,
    since,
    overdue: isUndecided(complaint) && sinceMs <= nowMs,
    target,
    category,
    severity,
    deadlines,
    ...(escalation && { escalation }),
    refused: complaint.folded.refused.length,
  };
}

function suggested(category: string, wish: string | undefined): string {
  return wish === undefined ? `category ${category}` : `category ${category}, wish ${wish}`;
}

/** The record as it was when one of its facts had just come: what a command was answered with, and is again. */
export function recordAsOf(record: ComplaintRecord, fact: ComplaintFact): ComplaintRecord {
  const last = { fact, atMs: fact.atMs };
  const facts = record.facts.filter((it) => it === fact || inOrder({ fact: it, atMs: it.atMs }, last) <= 0);
  return { ...record, facts: facts.some((it) => it.kind === 'opened') ? facts : record.facts };
}

/** A view of the record as it was at a fact, with terms that stay as they are. */
export function receiptOf(record: ComplaintRecord, fact: ComplaintFact, words: WordsOf) {
  const complaint = openedComplaint(recordAsOf(record, fact));
  return complaint && complaintView(complaint, words, Math.max(fact.atMs, complaint.folded.opened.atMs));
}

function historyOf(complaint: OpenedComplaint, words: WordsOf, nowMs: number) {
  const { record, folded } = complaint;
  const { complaintId } = record;
  const facts = folded.steps.map(({ fact, atMs }) => {
    const { text } = words.get(fact.eventId) ?? {};
    const actor = actorOf(fact);
    return {
      atMs,
      kind: fact.kind,
      ...(actor !== undefined && { actor }),
      ...(fact.kind === 'decided' && { outcome: fact.data.outcome }),
      ...(text !== undefined && { text }),
      cause: causeOf(complaintId, fact),
    };
  });
  const overdue = deadlinesOf(complaint)
    .filter((it) => it.byMs <= nowMs && statusAt(it, nowMs) === 'missed')
    .map(({ name, byMs }) => ({
      atMs: byMs,
      kind: 'overdue' as const,
      deadline: name,
      cause: clockCause(complaintId, name),
    }));
  const escalated = escalationsAt(complaint, nowMs).map(({ atMs, level, to, when }) => ({
    atMs,
    kind: 'escalated' as const,
    level,
    to,
    cause: { eventId: `policy/${when}`, type: 'complaint.escalation', subject: complaintId },
  }));
  const { closesAtMs, rating } = folded;
  const cause = rating === undefined ? clockCause(complaintId, 'closing') : causeOf(complaintId, rating.fact);
  const closed =
    closesAtMs !== undefined && closesAtMs <= nowMs ? [{ atMs: closesAtMs, kind: 'closed' as const, cause }] : [];
  return [...facts, ...overdue, ...escalated, ...closed]
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => a.entry.atMs - b.entry.atMs || a.index - b.index)
    .map(({ entry: { atMs, ...rest } }) => ({ at: instant(atMs), ...rest }));
}

function actorOf(fact: ComplaintFact): string | undefined {
  if (fact.kind === 'opened') return fact.data.memberId;
  return 'actor' in fact.data ? fact.data.actor : undefined;
}

function compensationOf(given: object | undefined, words: Words | undefined) {
  const note = words?.note;
  return given === undefined && note === undefined ? undefined : { ...given, ...(note !== undefined && { note }) };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
