import { hash } from 'node:crypto';
import type { sanctionCauseTypes } from '../../../events/reputation/sanction-changed.v1.ts';
import type { SanctionPolicy } from '../../policy/sanction-schema.ts';
import { canonicalJson } from '../intake/content-hash.ts';

export type RestrictionKind = keyof SanctionPolicy['longestDays'];

/** Whom a case is against: one of the two. */
export type SanctionTarget = { brandId?: string | undefined; supplierId?: string | undefined };

/** A fact of the shop that a case rests on. */
export type SanctionCause = { type: (typeof sanctionCauseTypes)[number]; id: string };

type Fact<Kind extends string, Data> = {
  kind: Kind;
  /** The id of the command. */
  eventId: string;
  /** Hash of what is said, words and whoever acts included: two facts that say the same are one. */
  hash: string;
  atMs: number;
  /** `by`: who acted at the desk. */
  data: Data & { by: string };
  /** Whether words belong to it: they stand in the vault. */
  words?: true | undefined;
};

export type NoticeFact = Fact<
  'notice',
  SanctionTarget & { restriction: RestrictionKind; reason: string; causes: readonly SanctionCause[] }
>;
/** `actor`: who speaks for the brand or the supplier. */
export type AnswerFact = Fact<'answer', { actor: string }>;
export type DecisionFact = Fact<
  'decision',
  { verdict: 'restrict' | 'dismiss'; untilMs?: number | undefined; reason: string }
>;
export type AppealFact = Fact<'appeal', { actor: string }>;
export type AppealDecisionFact = Fact<'appeal_decision', { verdict: 'uphold' | 'lift'; reason: string }>;

/** One thing that is known of a case. */
export type SanctionFact = NoticeFact | AnswerFact | DecisionFact | AppealFact | AppealDecisionFact;
export type SanctionFactKind = SanctionFact['kind'];

/** Facts of one case beyond this are refused. */
export const FACTS_PER_SANCTION_LIMIT = 50;

/** Which fact comes first of two at one instant. */
const RANK: Record<SanctionFactKind, number> = { notice: 0, answer: 1, decision: 2, appeal: 3, appeal_decision: 4 };

/** The order of time; of one instant, the order in which things happen in a case; then of ids. */
export function inOrder(a: { fact: SanctionFact; atMs: number }, b: { fact: SanctionFact; atMs: number }): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  const rank = RANK[a.fact.kind] - RANK[b.fact.kind];
  if (rank !== 0) return rank;
  return a.fact.eventId < b.fact.eventId ? -1 : a.fact.eventId > b.fact.eventId ? 1 : 0;
}

/** What a fact says, with its words, in 22 characters. */
export function saying(content: unknown): string {
  return hash('sha256', canonicalJson(content), 'base64url').slice(0, 22);
}

/** The id of the fact that a command brings; no event can have such an id. */
export function commandId(...parts: string[]): string {
  return ['command', ...parts].join('/');
}

export type Cause = { eventId: string; type: string; subject: string };

/** The command that a fact came by. */
export function causeOf(sanctionId: string, { kind, eventId }: SanctionFact): Cause {
  return { eventId, type: `sanction.${kind}`, subject: sanctionId };
}

/** What time alone brought about. */
export function clockCause(sanctionId: string, name: 'answer_period' | 'end'): Cause {
  return { eventId: `clock/${name}`, type: 'sanction.clock', subject: sanctionId };
}
