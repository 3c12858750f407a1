import {
  type AnswerFact,
  type AppealDecisionFact,
  type AppealFact,
  type DecisionFact,
  inOrder,
  type NoticeFact,
  type RestrictionKind,
  type SanctionFact,
} from './sanction-facts.ts';

/** Why a fact does not count, in order of precedence. */
export const sanctionRefusals = [
  'id_reused',
  'sanction_not_open',
  'not_restricted',
  'already_appealed',
  'appeal_period_over',
  'not_appealed',
  'already_decided',
  'same_person',
  'answer_period_running',
  'end_date_required',
  'end_date_not_ahead',
  'end_date_too_far',
] as const;
export type SanctionRefusal = (typeof sanctionRefusals)[number];

/** What a case is handled by: taken from the policy of the instant of the notice, and kept with it. */
export type SanctionTerms = {
  policyStamp: string;
  answerMs: number;
  appealMs: number;
  longestMs: Record<RestrictionKind, number>;
};

/** A fact that counts, and when: one that is dated before the notice counts from then on. */
export type Step<Fact extends SanctionFact = SanctionFact> = { fact: Fact; atMs: number };

export type RefusedFact = { fact: SanctionFact; code: SanctionRefusal; detail: string };

/** What the facts of a case come to, apart from what time by itself does. */
export type SanctionCase = {
  notice: NoticeFact;
  /** The facts that count, in the order of time. */
  steps: Step[];
  refused: RefusedFact[];
  /** Until then nothing is decided, unless an answer comes before. */
  answerByMs: number;
  /** The first one. */
  answer?: Step<AnswerFact> | undefined;
  decision?: Step<DecisionFact> | undefined;
  appeal?: Step<AppealFact> | undefined;
  appealDecision?: Step<AppealDecisionFact> | undefined;
};

/** The facts that come to a case, in whatever order they are given; undefined while no notice is known. */
export function foldSanction(facts: readonly SanctionFact[], terms: SanctionTerms): SanctionCase | undefined {
  const [first, ...others] = noticesOf(facts);
  if (first === undefined) return undefined;
  const notice = first.fact;
  const folded: SanctionCase = { notice, steps: [first], refused: [], answerByMs: first.atMs + terms.answerMs };
  for (const { fact } of others) {
    if (fact.hash !== notice.hash) refuse(folded, fact, ['id_reused', 'A case of this id says something else.']);
  }
  const rest = facts
    .filter((fact) => fact.kind !== 'notice')
    .map((fact) => ({ fact, atMs: Math.max(fact.atMs, notice.atMs) }))
    .sort(inOrder);
  for (const step of rest) take(folded, step, terms);
  return folded;
}

/** The notice that counts comes first: the earliest. */
export function noticesOf(facts: readonly SanctionFact[]): Step<NoticeFact>[] {
  return facts
    .filter((fact) => fact.kind === 'notice')
    .map((fact) => ({ fact, atMs: fact.atMs }))
    .sort(inOrder);
}

function take(folded: SanctionCase, { fact, atMs }: Step, terms: SanctionTerms): void {
  if (saysItAgain(folded, fact)) return;
  const refusal = refusalOf(folded, { fact, atMs }, terms);
  if (refusal !== undefined) {
    refuse(folded, fact, refusal);
    return;
  }
  folded.steps.push({ fact, atMs });
  if (fact.kind === 'answer') folded.answer ??= { fact, atMs };
  if (fact.kind === 'decision') folded.decision = { fact, atMs };
  if (fact.kind === 'appeal') folded.appeal = { fact, atMs };
  if (fact.kind === 'appeal_decision') folded.appealDecision = { fact, atMs };
}

/** What has been said already and is said again changes nothing and contradicts nothing. */
function saysItAgain({ steps }: SanctionCase, fact: SanctionFact): boolean {
  return steps.some((step) => step.fact.kind === fact.kind && step.fact.hash === fact.hash);
}

type Refusal = [code: SanctionRefusal, detail: string];

function refusalOf(folded: SanctionCase, { fact, atMs }: Step, terms: SanctionTerms): Refusal | undefined {
  switch (fact.kind) {
    case 'notice':
      return undefined;
    case 'answer':
      return folded.decision && ['sanction_not_open', 'The case had been decided by then.'];
    case 'decision':
      return decisionRefusal(folded, fact, { atMs, terms });
    case 'appeal':
      return appealRefusal(folded, { atMs, terms });
    case 'appeal_decision':
      return appealDecisionRefusal(folded, fact);
  }
}

function decisionRefusal(
  folded: SanctionCase,
  fact: DecisionFact,
  { atMs, terms }: { atMs: number; terms: SanctionTerms },
): Refusal | undefined {
  if (folded.decision !== undefined) return ['already_decided', 'The case had been decided by then.'];
  if (hasActed(folded, fact.data.by)) {
    return [
      'same_person',
      'A case is decided by another person than the one who gave notice or spoke for the other side.',
    ];
  }
  if (folded.answer === undefined && atMs < folded.answerByMs) {
    return ['answer_period_running', `An answer may come until ${instant(folded.answerByMs)}.`];
  }
  if (fact.data.verdict === 'dismiss') return undefined;
  const { untilMs } = fact.data;
  if (untilMs === undefined) return ['end_date_required', 'A restriction says until when it lasts.'];
  if (untilMs <= atMs) return ['end_date_not_ahead', 'A restriction ends after it has begun.'];
  const latestMs = atMs + terms.longestMs[folded.notice.data.restriction];
  if (untilMs > latestMs) return ['end_date_too_far', `The policy lets it last until ${instant(latestMs)} at most.`];
  return undefined;
}

function appealRefusal(
  { decision, appeal }: SanctionCase,
  { atMs, terms }: { atMs: number; terms: SanctionTerms },
): Refusal | undefined {
  if (decision?.fact.data.verdict !== 'restrict') return ['not_restricted', 'There was no restriction by then.'];
  if (appeal !== undefined) return ['already_appealed', 'There is one appeal.'];
  const untilMs = decision.atMs + terms.appealMs;
  return atMs < untilMs ? undefined : ['appeal_period_over', `An appeal was taken until ${instant(untilMs)}.`];
}

function appealDecisionRefusal(folded: SanctionCase, fact: AppealDecisionFact): Refusal | undefined {
  if (folded.appeal === undefined) return ['not_appealed', 'There was no appeal by then.'];
  if (folded.appealDecision !== undefined) return ['already_decided', 'The appeal had been decided by then.'];
  if (!hasActed(folded, fact.data.by)) return undefined;
  return ['same_person', 'An appeal is decided by somebody who has had no part in the case.'];
}

/** Whether somebody has given notice, decided, or spoken for the brand or the supplier. Who only writes down what it says has not. */
function hasActed({ steps }: SanctionCase, by: string): boolean {
  return steps.some(({ fact }) => ('actor' in fact.data ? fact.data.actor : fact.data.by) === by);
}

function refuse(folded: SanctionCase, fact: SanctionFact, [code, detail]: Refusal): void {
  folded.refused.push({ fact, code, detail });
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
