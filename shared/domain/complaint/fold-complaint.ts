import {
  type AppealedFact,
  type ComplaintFact,
  type DecidedFact,
  inOrder,
  type OpenedFact,
  type RatedFact,
} from './complaint-facts.ts';

/** A fact that counts, and when: one that is dated before the complaint was opened counts from then on. */
export type Step<Fact extends ComplaintFact = ComplaintFact> = { fact: Fact; atMs: number };

/** Why a fact does not count, in order of precedence. */
export type RefusalCode =
  | 'id_reused'
  | 'already_rated'
  | 'already_appealed'
  | 'complaint_closed'
  | 'not_decided'
  | 'already_decided'
  | 'same_person';

export type RefusedFact = { fact: ComplaintFact; code: RefusalCode; detail: string };

/** What the facts of a complaint come to, apart from what time by itself does. */
export type ComplaintCase = {
  opened: OpenedFact;
  /** The facts that count, in the order of time. */
  steps: Step[];
  refused: RefusedFact[];
  /** The first answer, or the decision where that came first: whichever the member heard first. */
  respondedAtMs?: number | undefined;
  decisions: Step<DecidedFact>[];
  appeal?: Step<AppealedFact> | undefined;
  rating?: Step<RatedFact> | undefined;
  /** When it closes or has closed; undefined while something is to be decided. */
  closesAtMs?: number | undefined;
};

/** The facts that come to a complaint. */
export function foldComplaint(
  facts: readonly ComplaintFact[],
  { closeAfterMs }: { closeAfterMs: number },
): ComplaintCase | undefined {
  const openings = facts.filter((fact) => fact.kind === 'opened').map((fact) => ({ fact, atMs: fact.atMs }));
  const [first, ...others] = openings.sort(inOrder);
  if (first === undefined) return undefined;
  const opened = first.fact;
  const folded: ComplaintCase = { opened, steps: [first], refused: [], decisions: [] };
  for (const { fact } of others) {
    if (fact.hash !== opened.hash) refuse(folded, fact, 'id_reused', 'A complaint of this id says something else.');
  }
  const rest = facts
    .filter((fact) => fact.kind !== 'opened')
    .map((fact) => ({ fact, atMs: Math.max(fact.atMs, opened.atMs) }))
    .sort(inOrder);
  for (const step of rest) take(folded, step, closeAfterMs);
  return folded;
}

/** Whether an appeal waits for the second decision. */
export function appealPending({ appeal, decisions }: ComplaintCase): boolean {
  return appeal !== undefined && decisions.length < 2;
}

/** The decision that holds: the second where there is one. */
export function decisionOf({ decisions }: ComplaintCase): Step<DecidedFact> | undefined {
  return decisions.at(-1);
}

function take(folded: ComplaintCase, { fact, atMs }: Step, closeAfterMs: number): void {
  if (saysItAgain(folded, fact)) return;
  const refusal = refusalOf(folded, fact, atMs);
  if (refusal !== undefined) {
    refuse(folded, fact, ...refusal);
    return;
  }
  folded.steps.push({ fact, atMs });
  switch (fact.kind) {
    case 'answered':
      folded.respondedAtMs ??= atMs;
      break;
    case 'decided':
      folded.respondedAtMs ??= atMs;
      folded.decisions.push({ fact, atMs });
      folded.closesAtMs = atMs + closeAfterMs;
      break;
    case 'appealed':
      folded.appeal = { fact, atMs };
      folded.closesAtMs = undefined;
      break;
    case 'rated':
      folded.rating = { fact, atMs };
      folded.closesAtMs = atMs;
      break;
    case 'opened':
    case 'investigating':
      break;
  }
}

/** What has been said already and is said again, in another event, changes nothing and contradicts nothing. */
function saysItAgain(folded: ComplaintCase, fact: ComplaintFact): boolean {
  switch (fact.kind) {
    case 'decided':
      return !appealPending(folded) && decisionOf(folded)?.fact.hash === fact.hash;
    case 'appealed':
      return folded.appeal?.fact.hash === fact.hash;
    case 'rated':
      return folded.rating?.fact.hash === fact.hash;
    case 'opened':
    case 'investigating':
    case 'answered':
      return folded.steps.some((step) => step.fact.kind === fact.kind && step.fact.hash === fact.hash);
  }
}

/** Every reason for which a fact does not count, and its sentence. */
function refusalOf(folded: ComplaintCase, fact: ComplaintFact, atMs: number): [RefusalCode, string] | undefined {
  const { decisions, appeal, rating, closesAtMs } = folded;
  const pending = appealPending(folded);
  if (fact.kind === 'rated' && rating !== undefined) return ['already_rated', 'The member has rated it otherwise.'];
  if (fact.kind === 'appealed' && appeal !== undefined) return ['already_appealed', 'There is one appeal.'];
  if (rating !== undefined || (closesAtMs !== undefined && atMs >= closesAtMs)) {
    return ['complaint_closed', `The complaint was closed at ${instant(closesAtMs ?? atMs)}.`];
  }
  if ((fact.kind === 'rated' || fact.kind === 'appealed') && (decisions.length === 0 || pending)) {
    return ['not_decided', 'The complaint had not been decided by then.'];
  }
  if ((fact.kind === 'decided' || fact.kind === 'investigating') && decisions.length > 0 && !pending) {
    return ['already_decided', 'The complaint had been decided by then.'];
  }
  if (fact.kind === 'decided' && pending) return secondPerson(folded, fact);
  return undefined;
}

/** An appeal is decided by somebody who has not decided before and is not the one who appeals. */
function secondPerson({ decisions, opened }: ComplaintCase, fact: DecidedFact): [RefusalCode, string] | undefined {
  const { actor } = fact.data;
  if (actor === undefined) return ['same_person', 'A decision on an appeal says who decides.'];
  const first = decisions[0]?.fact.data.actor;
  if (actor !== first && actor !== opened.data.memberId) return undefined;
  return ['same_person', 'An appeal is decided by another person than the one who decided first, or who appeals.'];
}

function refuse(folded: ComplaintCase, fact: ComplaintFact, code: RefusalCode, detail: string): void {
  folded.refused.push({ fact, code, detail });
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
