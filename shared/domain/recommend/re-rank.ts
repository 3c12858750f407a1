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
  /** The likest of them, and how alike it is. */
  nearest: number | undefined;
  nearestLikeness: number;
  /** For DPP: what of it those on the list do not span (d squared), and its row of the Cholesky factor. */
  rest: number;
  readonly row: number[];
};

export function entrantOf(item: number, score: number): Entrant {
  return { item, score, met: 0, nearest: undefined, nearestLikeness: 0, rest: 1, row: [] };
}

/** Below this, what those on the list leave of a product is an error of rounding. */
const LEAST_REST = 1e-6;

/**
 * Puts a list in an order in which likeness to what already stands above costs score. One greedy choice after the other:
 * - `mmr`: score x (1 - strength x likeness to the likest above), maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998);
 * - `dpp`: score x (d^2)^strength with d^2 as the part of a product that those above do not span: the greedy choice of the most
 *   probable set of a determinantal point process with qualities score^(1 / (2 strength)) (Chen, Zhang and Zhou, NeurIPS 2018).
 *
 * Both take a share of the product's own score, so that a strength means the same whatever the weights and the scale of the shop's
 * scores, and no score falls below zero. A cost never falls while the list grows. Two things follow: scores fall down the list, and a
 * value computed earlier bounds the one of now, so that only the few that may win are compared with what was added since.
 */
export class DiverseOrder {
  readonly #placed: Entrant[] = [];
  readonly #left: Entrant[];
  readonly #diversity: Diversity;
  readonly #similarity: Similarity;
  readonly #grid: Grid;

  /** @param entrants by score, the greatest first */
  constructor(entrants: readonly Entrant[], diversity: Diversity, similarity: Similarity, grid: Grid) {
    this.#left = [...entrants];
    this.#diversity = diversity;
    this.#similarity = similarity;
    this.#grid = grid;
  }

  /** Who comes next among those that have room, and at which cost (0 or less); the earlier one among equals. */
  next(hasRoom: (item: number) => boolean): { entrant: Entrant; cost: number } | undefined {
    let best: { entrant: Entrant; cost: number } | undefined;
    let greatest = Number.NEGATIVE_INFINITY;
    for (const entrant of this.#left) {
      if (entrant.score <= greatest) break;
      if (entrant.score + this.#cost(entrant) <= greatest || !hasRoom(entrant.item)) continue;
      this.#meet(entrant);
      const cost = this.#cost(entrant);
      if (entrant.score + cost <= greatest) continue;
      greatest = entrant.score + cost;
      best = { entrant, cost };
    }
    return best;
  }

  /** It stands on the list, whether it came by its score or not. */
  place(entrant: Entrant): void {
    this.#meet(entrant);
    this.#placed.push(entrant);
    const at = this.#left.indexOf(entrant);
    if (at >= 0) this.#left.splice(at, 1);
  }

  #cost({ score, nearestLikeness, rest }: Entrant): number {
    const { method, strength } = this.#diversity;
    const share = method === 'mmr' ? strength * nearestLikeness : 1 - rest ** strength;
    return score > 0 && share > 0 ? -Math.min(score, onGrid(score * share, this.#grid)) : 0;
  }

  #meet(entrant: Entrant): void {
    if (this.#diversity.strength === 0) return;
    for (; entrant.met < this.#placed.length; entrant.met += 1) {
      const other = this.#placed[entrant.met] as Entrant;
      const likeness = bounded(this.#similarity(entrant.item, other.item));
      if (likeness > entrant.nearestLikeness) {
        entrant.nearest = other.item;
        entrant.nearestLikeness = likeness;
      }
      if (this.#diversity.method === 'dpp') span(entrant, other, likeness);
    }
  }
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
