import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { seeded } from '../text/seeded.ts';
import { explorationSlots, type Newcomers, oneFromAnywhere, oneOfFirst } from './exploration.ts';
import { type Anchor, type Candidate, featureNames } from './features.ts';
import { type Grid, gridOf, onGrid } from './fixed-point.ts';
import { createListLimits } from './list-limits.ts';
import type { LiveCatalogue } from './live-catalogue.ts';
import { DiverseOrder, type Entrant, entrantOf, type Similarity } from './re-rank.ts';
import { type ArrangedItem, inTellingOrder, type ScorePart, type SourceCode } from './reasons.ts';
import { sumOf } from './scorer.ts';
import {
  type RefusalCode,
  type ReservationCode,
  type RuleSurroundings,
  reservationCodes,
  rulesOf,
} from './sellable.ts';

/** Why something that was found is not on the list: what the rules say, and what is no candidate at all. */
export type LeftOutCode = RefusalCode | ReservationCode | 'unusable_score' | 'duplicate' | 'unknown_item';

/** What was not kept because the list would have been short, or empty. */
export type RelaxedCode = 'list_limits' | ReservationCode;

export type Arranged = {
  /** Scores never rise down the list. */
  items: ArrangedItem[];
  leftOut: Partial<Record<LeftOutCode, number>>;
  relaxed: RelaxedCode[];
};

export type ArrangeSurroundings = Omit<RuleSurroundings, 'catalogue' | 'policy'> & {
  catalogue: Pick<LiveCatalogue, 'idOf' | 'factsOf' | 'restrictionsOf' | 'brandOf' | 'categoryOf'>;
  policy: RecommendationPolicy;
  /** How many products the list may have; below 1 it has none. */
  limit: number;
  /** How alike two products are; without it nothing is re-ranked. */
  similarity?: Similarity | undefined;
  newcomers?: Newcomers | undefined;
  /** Decides what chance decides: the same seed, the same list. */
  seed: number;
  /** What the contributions of the candidates are, where they are not the scorer's features. */
  sources?: readonly SourceCode[] | undefined;
};

/**
 * Makes a list of candidates: the rules, the limits per brand and category, the re-rank, and places for what is new. Every change
 * of a score is a part of it, so the parts of an item add up to its score.
 */
export function arrange(candidates: readonly Candidate[], surroundings: ArrangeSurroundings): Arranged {
  const { limit, policy, catalogue } = surroundings;
  const leftOut: Arranged['leftOut'] = {};
  const { pool, grid, relaxed } = admitted(candidates, surroundings, (code) => {
    leftOut[code] = (leftOut[code] ?? 0) + 1;
  });
  const length = limit >= 1 ? Math.floor(limit) : 0;
  const limits = createListLimits(catalogue, policy.limits, length, surroundings.filters);
  const order = new DiverseOrder(
    pool.map(({ entrant }) => entrant),
    length,
    policy.diversity,
    surroundings.similarity ?? (() => 0),
    grid,
  );
  const discovery = discoveryOf(pool, surroundings, length);
  const items: ArrangedItem[] = [];
  const place = (entrant: Entrant, score: number, adjustments: ScorePart[]): void => {
    order.place(entrant);
    limits.take(entrant.item);
    discovery.placed(entrant.item);
    const its = pool.find((admitted) => admitted.entrant === entrant);
    const parts = inTellingOrder([...(its === undefined ? [] : partsOf(its, surroundings)), ...adjustments]);
    items.push({ item: entrant.item, productId: catalogue.idOf(entrant.item), score, parts });
  };
  while (items.length < length) {
    const last = items.at(-1)?.score ?? Number.POSITIVE_INFINITY;
    const within = order.next(limits.hasRoom);
    const next = within ?? order.next(() => true);
    const value = next === undefined ? last : Math.min(last, next.entrant.score + next.cost);
    const discovered = discovery.nextFor(items.length + 1, limits.hasRoom, next?.entrant.item);
    if (discovered !== undefined) {
      place(discovered, value, [{ code: 'exploration', contribution: value - discovered.score }]);
      continue;
    }
    if (next === undefined) break;
    if (within === undefined && !relaxed.includes('list_limits')) relaxed.push('list_limits');
    const { entrant, cost } = next;
    place(entrant, value, [
      { code: 'diversity', contribution: cost, anchor: nearestAnchor(entrant) },
      { code: 'limit_relaxed', contribution: value - entrant.score - cost },
    ]);
  }
  return { items, leftOut, relaxed };
}

function nearestAnchor({ nearest }: Entrant): Anchor | undefined {
  return nearest === undefined ? undefined : { item: nearest };
}

/** A product that may stand on the list. Its parts are put on the grid and spelt out where it does; most never do. */
type Admitted = { entrant: Entrant; contributions: Float64Array; demotion: number; grid: Grid };

/** What may stand on the list, by score after demotion, and on which grid the scores are. */
function admitted(
  candidates: readonly Candidate[],
  surroundings: ArrangeSurroundings,
  leaveOut: (code: LeftOutCode) => void,
): { pool: Admitted[]; grid: Grid; relaxed: RelaxedCode[] } {
  const { policy, sources = featureNames } = surroundings;
  const rules = rulesOf(surroundings);
  const free: Candidate[] = [];
  const reserved: Record<ReservationCode, Candidate[]> = { seen_too_often: [], just_bought: [] };
  for (const candidate of usable(candidates, surroundings, leaveOut)) {
    const refusal = rules.refusalOf(candidate.item);
    if (refusal !== undefined) leaveOut(refusal);
    else {
      const reservation = rules.reservationOf(candidate.item);
      (reservation === undefined ? free : reserved[reservation]).push(candidate);
    }
  }
  // A page that would be empty shows what has been seen too often, and failing that what was just bought.
  const relaxed = free.length > 0 ? undefined : reservationCodes.find((code) => reserved[code].length > 0);
  for (const code of reservationCodes) if (code !== relaxed) for (const _ of reserved[code]) leaveOut(code);
  const listed = relaxed === undefined ? free : reserved[relaxed];

  const grid = gridOf(listed.reduce((most, { contributions }) => Math.max(most, sizeOf(contributions)), 0));
  const pool = listed.map(({ item, contributions }): Admitted => {
    let score = 0;
    for (let at = 0; at < sources.length; at += 1) score += onGrid(contributions[at] ?? 0, grid);
    const demotion = rules.isDemoted(item) ? -onGrid(score * policy.restrictions.demotion, grid) : 0;
    return { entrant: entrantOf(item, score + demotion), contributions, demotion, grid };
  });
  pool.sort(({ entrant: one }, { entrant: other }) => other.score - one.score || one.item - other.item);
  return { pool, grid, relaxed: relaxed === undefined ? [] : [relaxed] };
}

/** The parts of a score before the list itself has a say. */
function partsOf(
  { contributions, demotion, grid }: Admitted,
  { sources = featureNames }: Pick<ArrangeSurroundings, 'sources'>,
): ScorePart[] {
  const parts = sources.map((code, at): ScorePart => ({ code, contribution: onGrid(contributions[at] ?? 0, grid) }));
  return [...parts, { code: 'demotion', contribution: demotion }];
}

/** The candidates that are some: of a known product, each once, with a score that is a number of 0 or more. */
function usable(
  candidates: readonly Candidate[],
  { catalogue }: ArrangeSurroundings,
  leaveOut: (code: LeftOutCode) => void,
): Candidate[] {
  const met = new Set<number>();
  return candidates.filter(({ item, score, contributions }) => {
    const usual = score >= 0 && sumOf(contributions) >= 0 && score + sizeOf(contributions) < Number.POSITIVE_INFINITY;
    const code = !usual
      ? 'unusable_score'
      : catalogue.idOf(item) === ''
        ? 'unknown_item'
        : met.has(item)
          ? 'duplicate'
          : undefined;
    if (code === undefined) met.add(item);
    else leaveOut(code);
    return code === undefined;
  });
}

function sizeOf(contributions: Float64Array): number {
  let size = 0;
  for (const contribution of contributions) size += Math.abs(contribution);
  return size;
}

type Discovery = {
  /** The new product for a place of the list, counted from 1, where that is due; never the one that would come there anyway. */
  nextFor(slot: number, hasRoom: (item: number) => boolean, anyway: number | undefined): Entrant | undefined;
  placed(item: number): void;
};

/** Keeps places for new products. One that is on the list by its own score counts for the next of them. */
function discoveryOf(pool: readonly Admitted[], surroundings: ArrangeSurroundings, length: number): Discovery {
  const { newcomers, seed, policy } = surroundings;
  if (newcomers === undefined) return { nextFor: () => undefined, placed: () => undefined };
  const random = seeded(seed);
  const slots = explorationSlots(policy.exploration.share, length, random);
  const rules = rulesOf(surroundings);
  // Only where no new product was found that has room, which is seldom.
  let found: ReadonlySet<number> | undefined;
  const listed = new Set<number>();
  let due = 0;
  let onList = 0;
  return {
    placed(item) {
      listed.add(item);
      if (newcomers.isNew(item)) onList += 1;
    },
    nextFor(slot, hasRoom, anyway) {
      if (slots.has(slot)) due += 1;
      if (slot === 1 || due <= onList || (anyway !== undefined && newcomers.isNew(anyway))) return undefined;
      const open = (item: number): boolean => !listed.has(item) && newcomers.isNew(item) && hasRoom(item);
      const known = oneOfFirst(pool, ({ entrant, demotion }) => demotion === 0 && open(entrant.item), random);
      if (known !== undefined) return known.entrant;
      found ??= new Set(pool.map(({ entrant }) => entrant.item));
      const met = found;
      const unknown = (item: number): boolean =>
        !met.has(item) &&
        open(item) &&
        surroundings.catalogue.idOf(item) !== '' &&
        rules.refusalOf(item) === undefined &&
        rules.reservationOf(item) === undefined &&
        !rules.isDemoted(item);
      const item = oneFromAnywhere(newcomers.items ?? [], unknown, random);
      return item === undefined ? undefined : entrantOf(item, 0);
    },
  };
}
