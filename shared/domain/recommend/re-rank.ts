import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { type Grid, onGrid } from './fixed-point.ts';

/** How alike two products are, 0 to 1. */
export type Similarity = (one: number, other: number) => number;

export type Diversity = RecommendationPolicy['diversity'];

/** A product that may come next, and what is known of its likeness to those that stand on the list. */
export type Entrant = {
  readonly item: number;
  /** Without the cost of likeness; on the grid of the list. */
  readonly score: number;
  /** With how many of those on the list it has been compared. */
  met: number;
  /** How alike it is to all of those, added up. */
  likeness: number;
  /** The likest of them, and how alike it is. */
  nearest: number | undefined;
  nearestLikeness: number;
  /** For DPP: what of it those on the list do not span (d squared), and its row of the Cholesky factor. */
  rest: number;
  readonly row: number[];
};

export function entrantOf(item: number, score: number): Entrant {
  return { item, score, met: 0, likeness: 0, nearest: undefined, nearestLikeness: 0, rest: 1, row: [] };
}

/** A product of which those on the list span all but this is as good as one of them. */
const LEAST_REST = 0.05;

/**
 * Puts a list in an order in which likeness to what already stands above costs score, one greedy choice after the other. What it costs is
 * strength x a factor x how far scores fall around the end of the list x a share of 0 to 1:
 * - `mmr`: the likeness to those above, added up and divided by how many others the list has. Maximal marginal relevance (Carbonell and
 *   Goldstein, SIGIR 1998) takes the likeness to the likest instead; on the sessions of two shops that left less of the catalogue on the
 *   lists and cost more of the mean reciprocal rank for the same in-list similarity, because it strikes at the top already;
 * - `dpp`: -ln d^2 with d^2 as what those above do not span of a product, scaled to 0..1: the greedy choice of the most probable set of a
 *   determinantal point process whose qualities grow with exp(score) (Chen, Zhang and Zhou, NeurIPS 2018).
 *
 * Whether a product is on a list is decided where the list ends, so how far scores fall there is the measure: a strength means the
 * same whether a shop's scores are great or small, and whether they fall steeply from the first or slowly. A cost never falls while the
 * list grows. Two things follow: scores never rise down the list, and a value computed earlier bounds the one of now, so that only
 * the few that may win are compared with what was added since. No score is shown below zero, though the order goes on below it.
 */
export class DiverseOrder {
  readonly #placed: Entrant[] = [];
  readonly #left: Entrant[];
  readonly #diversity: Diversity;
  readonly #similarity: Similarity;
  readonly #grid: Grid;
  readonly #most: number;
  readonly #others: number;

  /**
   * @param entrants by score, the greatest first, none below 0
   * @param listLength how many the list may have
   */
  constructor(
    entrants: readonly Entrant[],
    listLength: number,
    diversity: Diversity,
    similarity: Similarity,
    grid: Grid,
  ) {
    this.#left = [...entrants];
    this.#diversity = diversity;
    this.#similarity = similarity;
    this.#grid = grid;
    this.#most = diversity.strength * FACTORS[diversity.method] * fallAtEnd(entrants, listLength);
    this.#others = Math.max(1, listLength - 1);
  }

  /** Who comes next among those that have room, and at which cost (0 or less); the earlier one among equals. */
  next(hasRoom: (item: number) => boolean): { entrant: Entrant; cost: number } | undefined {
    let best: Entrant | undefined;
    let greatest = Number.NEGATIVE_INFINITY;
    for (const entrant of this.#left) {
      if (entrant.score <= greatest) break;
      if (entrant.score - this.#costOf(entrant) <= greatest || !hasRoom(entrant.item)) continue;
      this.#meet(entrant);
      const value = entrant.score - this.#costOf(entrant);
      if (value <= greatest) continue;
      greatest = value;
      best = entrant;
    }
    return best && { entrant: best, cost: -Math.min(best.score, this.#costOf(best)) };
  }

  /** It stands on the list, whether it came by its score or not. */
  place(entrant: Entrant): void {
    this.#meet(entrant);
    this.#placed.push(entrant);
    const at = this.#left.indexOf(entrant);
    if (at >= 0) this.#left.splice(at, 1);
  }

  #costOf({ likeness, rest }: Entrant): number {
    const share =
      this.#diversity.method === 'mmr'
        ? Math.min(1, likeness / this.#others)
        : Math.min(1, Math.log(rest) / Math.log(LEAST_REST));
    return onGrid(this.#most * share, this.#grid);
  }

  #meet(entrant: Entrant): void {
    if (this.#most === 0) return;
    for (; entrant.met < this.#placed.length; entrant.met += 1) {
      const other = this.#placed[entrant.met] as Entrant;
      const likeness = bounded(this.#similarity(entrant.item, other.item));
      entrant.likeness += likeness;
      if (likeness > entrant.nearestLikeness) {
        entrant.nearest = other.item;
        entrant.nearestLikeness = likeness;
      }
      if (this.#diversity.method === 'dpp') span(entrant, other, likeness);
    }
  }
}

/** With these a strength of 0.1 costs about one hit of a hundred or less, measured on the sessions and baskets of three shops. */
const FACTORS: Record<Diversity['method'], number> = { mmr: 9, dpp: 3 };

/** Scores that are all the same fall by this part of themselves, so that likeness decides among them. */
const LEAST_FALL = 0.001;

/** How far scores fall from the middle of the list to twice its length. */
function fallAtEnd(entrants: readonly Entrant[], listLength: number): number {
  const scoreAt = (place: number): number => entrants[Math.max(0, Math.ceil(place) - 1)]?.score ?? 0;
  const listed = Math.min(listLength, entrants.length);
  const fall = scoreAt(listed / 2) - scoreAt(Math.min(2 * listLength, entrants.length));
  return Math.max(fall, LEAST_FALL * scoreAt(1));
}

/** One step of the incremental Cholesky factor: what `other` spans of `entrant` beyond those before it. */
function span(entrant: Entrant, other: Entrant, likeness: number): void {
  let before = 0;
  for (let at = 0; at < entrant.met; at += 1) before += (entrant.row[at] as number) * (other.row[at] as number);
  const step = other.rest > LEAST_REST ? (likeness - before) / Math.sqrt(other.rest) : 0;
  entrant.row.push(step);
  entrant.rest = Math.max(entrant.rest - step * step, LEAST_REST);
}

function bounded(likeness: number): number {
  return likeness > 0 ? Math.min(likeness, 1) : 0;
}
