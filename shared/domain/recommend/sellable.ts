import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import type { Question } from './features.ts';
import { type FilterCode, filterRefusal, type ListFilters } from './filters.ts';
import type { Shown } from './history.ts';
import type { LiveCatalogue } from './live-catalogue.ts';

/** Why a product is never on this list, in the order in which it is asked. */
export type RefusalCode = 'on_this_page' | 'in_basket' | 'discontinued' | 'out_of_stock' | 'restricted' | FilterCode;

/** Why a product had better not be on this list; where nothing else is left, it is. The weaker reservation comes first. */
export const reservationCodes = ['seen_too_often', 'just_bought'] as const;
export type ReservationCode = (typeof reservationCodes)[number];

export type RuleSurroundings = {
  catalogue: Pick<LiveCatalogue, 'idOf' | 'factsOf' | 'restrictionsOf'>;
  question: Question;
  policy: Pick<RecommendationPolicy, 'justBoughtDays' | 'repeatableShare' | 'seen' | 'restrictions'>;
  /** The lists that were shown lately, in any order. */
  shown?: readonly Shown[] | undefined;
  filters?: ListFilters | undefined;
  /** The product of the page itself. */
  pageItem?: number | undefined;
  /** Which share of its buyers bought a product again; without it no product counts as one that is bought again. */
  repeatShareOf?: ((item: number) => number) | undefined;
};

export type Rules = {
  refusalOf(item: number): RefusalCode | undefined;
  reservationOf(item: number): ReservationCode | undefined;
  /** Whether a restriction of its brand or supplier puts it further down, without taking it off the list. */
  isDemoted(item: number): boolean;
};

/**
 * The rules after the score, for one question. A product of which the catalogue says nothing may be sold: a shop that never tells of
 * its products gets recommendations as well. Each is asked by item, so a scorer can ask before it fills its candidates.
 */
export function rulesOf(surroundings: RuleSurroundings): Rules {
  const { catalogue, question, policy, filters, pageItem, repeatShareOf } = surroundings;
  const basket = new Set(question.basket);
  // Each is worked out when it is first asked for, as not every list asks for both.
  let bought: ReadonlySet<number> | undefined;
  let tired: ReadonlySet<string> | undefined;
  const effects = new Map<number, ReadonlySet<'exclude' | 'demote'>>();
  const effectsOn = (item: number): ReadonlySet<'exclude' | 'demote'> => {
    const known = effects.get(item);
    if (known !== undefined) return known;
    const kinds = catalogue.restrictionsOf(item, question.nowMs);
    if (kinds.length === 0) return NO_EFFECTS;
    const its = new Set(kinds.map((kind) => policy.restrictions[kind]));
    effects.set(item, its);
    return its;
  };
  return {
    refusalOf(item) {
      if (item === pageItem) return 'on_this_page';
      if (basket.has(item)) return 'in_basket';
      const facts = catalogue.factsOf(item);
      if (facts?.availability === 'discontinued') return 'discontinued';
      if (facts?.availability === 'out_of_stock') return 'out_of_stock';
      if (effectsOn(item).has('exclude')) return 'restricted';
      return filters === undefined ? undefined : filterRefusal(facts, filters);
    },
    reservationOf(item) {
      bought ??= boughtSince(question, question.nowMs - policy.justBoughtDays * DAY_MS);
      if (bought.has(item) && !((repeatShareOf?.(item) ?? 0) >= policy.repeatableShare)) return 'just_bought';
      tired ??= seenTooOften(surroundings);
      return tired.size > 0 && tired.has(catalogue.idOf(item)) ? 'seen_too_often' : undefined;
    },
    isDemoted: (item) => effectsOn(item).has('demote'),
  };
}

const NO_EFFECTS: ReadonlySet<'exclude' | 'demote'> = new Set();

function boughtSince({ purchases, recent }: Question, fromMs: number): ReadonlySet<number> {
  const bought = new Set<number>();
  for (const { item, atMs } of purchases) if (atMs >= fromMs) bought.add(item);
  for (const { item, kind, atMs } of recent) if (kind === 'order' && atMs >= fromMs) bought.add(item);
  return bought;
}

/** The products that were shown again and again since something last happened to them: whoever turned to one wants to see it. */
function seenTooOften({ catalogue, question, policy, shown = [] }: RuleSurroundings): ReadonlySet<string> {
  const fromMs = question.nowMs - policy.seen.days * DAY_MS;
  const turnedTo = new Map<string, number>();
  for (const { item, atMs } of [...question.recent, ...question.session]) {
    const id = catalogue.idOf(item);
    turnedTo.set(id, Math.max(atMs, turnedTo.get(id) ?? atMs));
  }
  const times = new Map<string, number>();
  const tired = new Set<string>();
  for (const { productIds, atMs } of shown) {
    if (atMs < fromMs) continue;
    for (const id of new Set(productIds)) {
      if (atMs <= (turnedTo.get(id) ?? Number.NEGATIVE_INFINITY)) continue;
      const count = (times.get(id) ?? 0) + 1;
      times.set(id, count);
      if (count >= policy.seen.times) tired.add(id);
    }
  }
  return tired;
}
