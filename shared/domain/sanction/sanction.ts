import type { sanctionStates } from '../../../events/reputation/sanction-changed.v1.ts';
import { type Policies, policyAt } from '../../policy/policies.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import { foldSanction, noticesOf, type SanctionCase, type SanctionTerms, type Step } from './fold-sanction.ts';
import { FACTS_PER_SANCTION_LIMIT, inOrder, type SanctionFact } from './sanction-facts.ts';

export type SanctionState = (typeof sanctionStates)[number];

/** All that is kept of a case, apart from what was written about it. */
export type SanctionRecord = {
  sanctionId: string;
  /** Counts the writes; 0 is a case never written. */
  version: number;
  /** In the order of time. */
  facts: SanctionFact[];
  terms?: SanctionTerms | undefined;
  /** What time has brought and was told, each with the instant it was due: once and for ever. */
  told?: { answer_period?: number; end?: number } | undefined;
};

export function newSanction(sanctionId: string): SanctionRecord {
  return { sanctionId, version: 0, facts: [] };
}

export type AddFact =
  | { kind: 'added'; record: SanctionRecord }
  | { kind: 'known' }
  | { kind: 'refused'; code: 'too_many_facts'; detail: string };

/** Adds a fact to those known, whichever comes first; the terms are those of the instant of the notice. */
export function addFact(record: SanctionRecord, fact: SanctionFact, policies: Policies): AddFact {
  if (record.facts.some(({ eventId }) => eventId === fact.eventId)) return { kind: 'known' };
  if (record.facts.length >= FACTS_PER_SANCTION_LIMIT) {
    const detail = `Case ${record.sanctionId} has ${FACTS_PER_SANCTION_LIMIT} facts already.`;
    return { kind: 'refused', code: 'too_many_facts', detail };
  }
  const facts = [...record.facts, fact].sort((a, b) => inOrder({ fact: a, atMs: a.atMs }, { fact: b, atMs: b.atMs }));
  const terms = termsOf(facts, policies);
  return { kind: 'added', record: { ...record, version: record.version + 1, facts, ...(terms && { terms }) } };
}

function termsOf(facts: readonly SanctionFact[], policies: Policies): SanctionTerms | undefined {
  const [notice] = noticesOf(facts);
  if (notice === undefined) return undefined;
  const { sanctions, stamp } = policyAt(policies, notice.atMs);
  const { ranking, sales_limit } = sanctions.longestDays;
  return {
    policyStamp: stamp,
    answerMs: sanctions.answerDays * DAY_MS,
    appealMs: sanctions.appealDays * DAY_MS,
    longestMs: { ranking: ranking * DAY_MS, sales_limit: sales_limit * DAY_MS },
  };
}

/** A case of which notice has been given, with what its facts come to. */
export type OpenSanction = { record: SanctionRecord; terms: SanctionTerms; folded: SanctionCase };

/** Undefined while no notice is known. */
export function openSanction(record: SanctionRecord | undefined): OpenSanction | undefined {
  const terms = record?.terms;
  if (record === undefined || terms === undefined) return undefined;
  const folded = foldSanction(record.facts, terms);
  return folded && { record, terms, folded };
}

/** Where a case stands at an instant. What time alone brings is computed and not written. */
export function stateAt({ folded }: OpenSanction, nowMs: number): SanctionState {
  const { decision, answer, answerByMs, appeal, appealDecision } = folded;
  if (decision === undefined) {
    if (answer !== undefined) return 'answered';
    return nowMs < answerByMs ? 'noticed' : 'unanswered';
  }
  if (decision.fact.data.verdict === 'dismiss') return 'dismissed';
  if (appealDecision?.fact.data.verdict === 'lift') return 'lifted';
  if (appeal !== undefined && appealDecision === undefined) return 'appealed';
  if (nowMs >= (decision.fact.data.untilMs ?? 0)) return 'ended';
  return appealDecision === undefined ? 'restricted' : 'upheld';
}

/** Whether the time for an answer passes, or has passed, without one. An answer that comes later is one all the same. */
export function answersLate({ folded }: OpenSanction): boolean {
  return (folded.answer?.atMs ?? Number.POSITIVE_INFINITY) >= folded.answerByMs;
}

/** A restriction that has been decided on, from when and until when; `liftedAtMs` where an appeal has ended it before that. */
export type Restricted = { step: Step; sinceMs: number; untilMs: number; lifted?: Step | undefined };

/** Undefined where nothing was restricted. */
export function restrictedBy({ folded }: OpenSanction): Restricted | undefined {
  const { decision, appealDecision } = folded;
  const untilMs = decision?.fact.data.untilMs;
  if (decision?.fact.data.verdict !== 'restrict' || untilMs === undefined) return undefined;
  const lifted = appealDecision?.fact.data.verdict === 'lift' ? appealDecision : undefined;
  return { step: decision, sinceMs: decision.atMs, untilMs, ...(lifted && { lifted }) };
}
