import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import type { History, Interaction, Shown } from './history.ts';

/** A line of an order. Its id is that of the order and of the line, `order.line`, so that whatever is taken back finds it. */
export type Purchase = Interaction & { quantity: number };

/**
 * Something that was bought is taken back: an order as a whole, `order` in `target`, or pieces of a line, `order.line` and how many.
 * It is kept as a fact beside the purchases, so that it counts whichever of the two comes first.
 */
export type Withdrawal = { eventId: string; target: string; quantity?: number | undefined; atMs: number };

/** All that a history is made of. Each list is newest first, and the latest of a set; see `mergeFacts`. */
export type HistoryFacts = {
  interactions: readonly Interaction[];
  purchases: readonly Purchase[];
  withdrawals: readonly Withdrawal[];
  shown: readonly Shown[];
};

/** How many of each kind are kept, and the clock of whoever takes them in. */
export type HistoryLimits = Pick<RecommendationPolicy['history'], 'interactions' | 'purchases' | 'shown'> & {
  nowMs: number;
};

/** Clocks of storefronts may be this much ahead; what lies further in the future has not happened yet. */
export const CLOCK_SKEW_MS = 5 * 60_000;
/** Of what lies in the future so many are kept until their time comes, the nearest first. */
export const AHEAD_LIMIT = 20;

export const noFacts: HistoryFacts = { interactions: [], purchases: [], withdrawals: [], shown: [] };
export const emptyHistory: History = { interactions: [], purchases: [], shown: [] };

type Dated = { atMs: number };
/** What a fact says, as one text, its id first: two facts that say the same are one. */
type TextOf<Fact> = (fact: Fact) => string;

const interactionText: TextOf<Interaction> = ({ eventId, kind, productId }) => `${eventId} ${kind} ${productId}`;
const purchaseText: TextOf<Purchase> = (it) => `${interactionText(it)} ${it.quantity}`;
const withdrawalText: TextOf<Withdrawal> = ({ eventId, target, quantity }) => `${eventId} ${target} ${quantity}`;
const shownText: TextOf<Shown> = ({ recommendationId, productIds }) => `${recommendationId} ${productIds.join(' ')}`;

/**
 * Both together: of each kind the latest, by time and then by id. As the latest of a set it is the same for any order of arrival, with
 * duplicates, and for any way of splitting it up.
 *
 * What is dated more than five minutes ahead of the clock of whoever takes it in stands apart, a few of it, the nearest first: so a
 * clock that runs years ahead takes no place from what really happened, and what was a little early counts once its time has come.
 *
 * Returns `before` itself where `more` adds nothing to it.
 */
export function mergeFacts(before: HistoryFacts, more: Partial<HistoryFacts>, limits: HistoryLimits): HistoryFacts {
  const { nowMs } = limits;
  const after: HistoryFacts = {
    interactions: merged(before.interactions, more.interactions, interactionText, limits.interactions, nowMs),
    purchases: merged(before.purchases, more.purchases, purchaseText, limits.purchases, nowMs),
    withdrawals: merged(before.withdrawals, more.withdrawals, withdrawalText, limits.purchases, nowMs),
    shown: merged(before.shown, more.shown, shownText, limits.shown, nowMs),
  };
  return isSame(before, after) ? before : after;
}

/** What is left without those facts; `before` itself where none of them is in it. */
export function withoutFacts(before: HistoryFacts, gone: HistoryFacts): HistoryFacts {
  const after: HistoryFacts = {
    interactions: remaining(before.interactions, gone.interactions, interactionText),
    purchases: remaining(before.purchases, gone.purchases, purchaseText),
    withdrawals: remaining(before.withdrawals, gone.withdrawals, withdrawalText),
    shown: remaining(before.shown, gone.shown, shownText),
  };
  return isSame(before, after) ? before : after;
}

/** What the facts come to at an instant: without what was taken back, and without what has not happened yet. */
export function historyOf(facts: HistoryFacts, nowMs: number): History {
  const happened = <Fact extends Dated>(list: readonly Fact[]) =>
    list.filter(({ atMs }) => atMs <= nowMs + CLOCK_SKEW_MS);
  const back = new Map<string, number>();
  for (const { target, quantity = Number.POSITIVE_INFINITY } of facts.withdrawals) {
    back.set(target, (back.get(target) ?? 0) + quantity);
  }
  const isKept = ({ eventId, quantity }: Purchase) =>
    !back.has(eventId.slice(0, eventId.indexOf('.'))) && (back.get(eventId) ?? 0) < quantity;
  return {
    interactions: happened(facts.interactions),
    purchases: happened(facts.purchases.filter(isKept)),
    shown: happened(facts.shown),
  };
}

function merged<Fact extends Dated>(
  before: readonly Fact[],
  more: readonly Fact[] = [],
  textOf: TextOf<Fact>,
  limit: number,
  nowMs: number,
): readonly Fact[] {
  if (more.length === 0) return before;
  const known = byKey(before, textOf);
  const fresh = [...byKey(more, textOf)].filter(([key]) => !known.has(key));
  if (fresh.length === 0) return before;
  const newestFirst = [...known, ...fresh].sort(
    ([key, one], [otherKey, other]) => other.atMs - one.atMs || (key < otherKey ? 1 : -1),
  );
  const isAhead = ([, { atMs }]: [string, Fact]) => atMs > nowMs + CLOCK_SKEW_MS;
  const kept = [
    ...newestFirst.filter(isAhead).slice(-AHEAD_LIMIT),
    ...newestFirst.filter((it) => !isAhead(it)).slice(0, limit),
  ];
  return kept.every(([key]) => known.has(key)) ? before : kept.map(([, fact]) => fact);
}

function remaining<Fact extends Dated>(
  before: readonly Fact[],
  gone: readonly Fact[],
  textOf: TextOf<Fact>,
): readonly Fact[] {
  const leaving = byKey(gone, textOf);
  const left = before.filter((fact) => !leaving.has(keyOf(fact, textOf)));
  return left.length === before.length ? before : left;
}

const keyOf = <Fact extends Dated>(fact: Fact, textOf: TextOf<Fact>) => `${textOf(fact)} ${fact.atMs}`;

function byKey<Fact extends Dated>(facts: readonly Fact[], textOf: TextOf<Fact>): Map<string, Fact> {
  return new Map(facts.map((fact) => [keyOf(fact, textOf), fact]));
}

function isSame(one: HistoryFacts, other: HistoryFacts): boolean {
  return (Object.keys(noFacts) as (keyof HistoryFacts)[]).every((list) => one[list] === other[list]);
}
