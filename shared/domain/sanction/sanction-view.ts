import type { Words } from './decide-sanction.ts';
import { foldSanction } from './fold-sanction.ts';
import { restrictionOf, stateOf } from './restrictions.ts';
import { answersLate, type OpenSanction, restrictedBy, stateAt } from './sanction.ts';
import { causeOf, clockCause, inOrder, type SanctionFact } from './sanction-facts.ts';

/** Words by the ids of the facts that they belong to. */
export type WordsOf = ReadonlyMap<string, Words>;

/** The case as it was when one of its facts had just come. */
export function sanctionAsOf(sanction: OpenSanction, fact: SanctionFact): OpenSanction {
  const last = { fact, atMs: fact.atMs };
  const { notice } = sanction.folded;
  const facts = sanction.record.facts.filter((it) => it === notice || inOrder({ fact: it, atMs: it.atMs }, last) <= 0);
  const folded = foldSanction(facts, sanction.terms);
  // What has been told of time since was not known then.
  const { told: _, ...record } = sanction.record;
  return folded === undefined ? sanction : { ...sanction, record: { ...record, facts }, folded };
}

/** What a command was answered with, and is again. */
export function receiptOf(sanction: OpenSanction, fact: SanctionFact, words: WordsOf) {
  return sanctionView(sanctionAsOf(sanction, fact), words, Math.max(fact.atMs, sanction.folded.notice.atMs));
}

/** A case as the desk sees it at an instant: whom it is against and why, where it stands, what can be done, and how it came to that. */
export function sanctionView(sanction: OpenSanction, words: WordsOf, nowMs: number) {
  const { terms, folded } = sanction;
  const { notice, answerByMs, decision, appealDecision } = folded;
  const restriction = restrictionOf(sanction);
  return {
    ...sanctionSummary(sanction, nowMs),
    causes: notice.data.causes,
    ...(decision && { verdict: decision.fact.data.verdict }),
    ...(appealDecision && { appealVerdict: appealDecision.fact.data.verdict }),
    answerBy: instant(answerByMs),
    ...(restriction && {
      restriction: {
        kind: restriction.kind,
        since: instant(restriction.sinceMs),
        until: instant(restriction.liftedAtMs ?? restriction.untilMs),
        state: stateOf(restriction, nowMs),
      },
      appealBy: instant(restriction.sinceMs + terms.appealMs),
    }),
    policyVersion: terms.policyStamp,
    history: historyOf(sanction, words, nowMs),
  };
}

/** A case in the desk's list. */
export function sanctionSummary(sanction: OpenSanction, nowMs: number) {
  const { record, folded } = sanction;
  const { brandId, supplierId, restriction, reason } = folded.notice.data;
  return {
    sanctionId: record.sanctionId,
    ...(brandId !== undefined && { brandId }),
    ...(supplierId !== undefined && { supplierId }),
    kind: restriction,
    reason,
    state: stateAt(sanction, nowMs),
    noticedAt: instant(folded.notice.atMs),
    /** Who may not decide what comes next. */
    actors: actorsOf(sanction),
  };
}

function actorsOf({ folded }: OpenSanction): string[] {
  return [...new Set(folded.steps.map(({ fact }) => actorOf(fact)))];
}

function historyOf(sanction: OpenSanction, words: WordsOf, nowMs: number) {
  const { record, folded } = sanction;
  const { sanctionId } = record;
  const steps = folded.steps.map(({ fact, atMs }) => {
    const text = words.get(fact.eventId)?.text;
    const { data } = fact;
    return {
      atMs,
      step: fact.kind as string,
      by: actorOf(fact),
      ...('actor' in data && { enteredBy: data.by }),
      ...('verdict' in data && { verdict: data.verdict }),
      ...('reason' in data && { reason: data.reason }),
      ...(text !== undefined && { text }),
      cause: causeOf(sanctionId, fact),
    };
  });
  const restricted = restrictedBy(sanction);
  const endsAtMs =
    restricted && (restricted.lifted?.atMs ?? Number.POSITIVE_INFINITY) >= restricted.untilMs
      ? restricted.untilMs
      : nowMs + 1;
  const clock = [
    ...(folded.answerByMs <= nowMs && answersLate(sanction)
      ? [
          {
            atMs: folded.answerByMs,
            step: 'answer_period_over',
            by: 'clock',
            cause: clockCause(sanctionId, 'answer_period'),
          },
        ]
      : []),
    ...(endsAtMs <= nowMs ? [{ atMs: endsAtMs, step: 'end', by: 'clock', cause: clockCause(sanctionId, 'end') }] : []),
  ];
  return [...steps, ...clock]
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => a.entry.atMs - b.entry.atMs || a.index - b.index)
    .map(({ entry: { atMs, ...rest } }) => ({ at: instant(atMs), ...rest }));
}

/** Who took a step: for the brand or the supplier whoever speaks for it. */
export function actorOf({ data }: SanctionFact): string {
  return 'actor' in data ? data.actor : data.by;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
