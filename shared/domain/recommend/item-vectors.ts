import { seeded } from '../text/seeded.ts';
import type { ItemNeighbours } from './item-neighbours.ts';

/** So many numbers say where an item lies. */
export const VECTOR_LENGTH = 32;
const ROUNDS = 10;
const ROUNDS_BETWEEN = 5;
const SEED = 1;
/** Of its own place an item keeps so much in a round, beside what its neighbours hand to it. */
const OWN = 0.5;
/** A direction in which there is less than this share of the mean is no direction but what rounding left over. */
const LEAST = 1e-7;

/**
 * Where items lie among all others: those that are looked at together, or with the same others, or with others that are, point the same
 * way. Directions by chance, handed on from neighbour to neighbour and kept apart from each other (subspace iteration on the normalised
 * graph; cut short, as in Chen et al., FastRP, 2019, because the last directions to settle are those of the smallest islands).
 * @returns `VECTOR_LENGTH` numbers an item, of length 1 together; v is stored as 128 + 127 v
 */
export function itemVectors(lists: Lists): Uint8Array {
  const itemCount = lists.from.length - 1;
  const perRoot = rootsOf(lists);
  const chance = seeded(SEED);
  let vectors = new Float32Array(itemCount * VECTOR_LENGTH);
  for (let at = 0; at < vectors.length; at += 1) {
    // What no other item is looked at with lies nowhere.
    vectors[at] = (perRoot[Math.floor(at / VECTOR_LENGTH)] as number) > 0 ? chance() - 0.5 : 0;
  }
  const graph = graphOf(lists, perRoot);
  let next = new Float32Array(vectors.length);
  for (let round = 1; round <= ROUNDS; round += 1) {
    handOn(graph, vectors, next);
    [vectors, next] = [next, vectors];
    // In a few rounds directions do not come so near to each other that rounding could not tell them apart.
    if (round % ROUNDS_BETWEEN === 0 || round === ROUNDS) keepApart(vectors);
  }
  return packed(vectors);
}

type Lists = Pick<ItemNeighbours, 'from' | 'items' | 'shares'>;

/** One by the root of all that comes to an item and goes from it. */
function rootsOf({ from, items, shares }: Lists): Float64Array {
  const degrees = new Float64Array(from.length - 1);
  for (let item = 0; item < degrees.length; item += 1) {
    for (let place = from[item] as number; place < (from[item + 1] as number); place += 1) {
      const other = items[place] as number;
      degrees[item] = (degrees[item] as number) + (shares[place] as number);
      degrees[other] = (degrees[other] as number) + (shares[place] as number);
    }
  }
  return degrees.map((degree) => (degree > 0 ? degree ** -0.5 : 0));
}

/** The same lists, both ways, the weights symmetric. */
function graphOf({ from, items, shares }: Lists, perRoot: Float64Array): Lists {
  const itemCount = from.length - 1;
  const both = new Uint32Array(itemCount + 1);
  for (let item = 0; item < itemCount; item += 1) both[item + 1] = (from[item + 1] as number) - (from[item] as number);
  for (const other of items) both[other + 1] = (both[other + 1] as number) + 1;
  for (let item = 0; item < itemCount; item += 1) both[item + 1] = (both[item + 1] as number) + (both[item] as number);
  const free = both.slice(0, itemCount);
  const graph = { from: both, items: new Uint32Array(2 * items.length), shares: new Float32Array(2 * items.length) };
  const put = (item: number, other: number, share: number) => {
    const place = free[item] as number;
    graph.items[place] = other;
    graph.shares[place] = share;
    free[item] = place + 1;
  };
  for (let item = 0; item < itemCount; item += 1) {
    for (let place = from[item] as number; place < (from[item + 1] as number); place += 1) {
      const other = items[place] as number;
      const share = (shares[place] as number) * (perRoot[item] as number) * (perRoot[other] as number);
      put(item, other, share);
      put(other, item, share);
    }
  }
  return graph;
}

/** Each item takes over from its neighbours, beside a part of what it has. */
function handOn({ from, items, shares }: Lists, vectors: Float32Array, next: Float32Array): void {
  const sum = new Float64Array(VECTOR_LENGTH);
  for (let item = 0; item + 1 < from.length; item += 1) {
    const at = item * VECTOR_LENGTH;
    for (let part = 0; part < VECTOR_LENGTH; part += 1) sum[part] = OWN * (vectors[at + part] as number);
    const end = from[item + 1] as number;
    for (let place = from[item] as number; place < end; place += 1) {
      const there = (items[place] as number) * VECTOR_LENGTH;
      const share = shares[place] as number;
      for (let part = 0; part < VECTOR_LENGTH; part += 1) {
        sum[part] = (sum[part] as number) + share * (vectors[there + part] as number);
      }
    }
    next.set(sum, at);
  }
}

/** Makes the directions orthogonal, by the Cholesky factor of what they have in common. */
function keepApart(vectors: Float32Array): void {
  const factor = choleskyOf(commonOf(vectors));
  for (let at = 0; at < vectors.length; at += VECTOR_LENGTH) {
    for (let row = 0; row < VECTOR_LENGTH; row += 1) {
      let rest = vectors[at + row] as number;
      for (let column = 0; column < row; column += 1) {
        rest -= (factor[row * VECTOR_LENGTH + column] as number) * (vectors[at + column] as number);
      }
      const pivot = factor[row * VECTOR_LENGTH + row] as number;
      vectors[at + row] = pivot > 0 ? rest / pivot : 0;
    }
  }
}

function commonOf(vectors: Float32Array): Float64Array {
  const common = new Float64Array(VECTOR_LENGTH * VECTOR_LENGTH);
  for (let at = 0; at < vectors.length; at += VECTOR_LENGTH) {
    for (let row = 0; row < VECTOR_LENGTH; row += 1) {
      const value = vectors[at + row] as number;
      for (let column = 0; column <= row; column += 1) {
        const place = row * VECTOR_LENGTH + column;
        common[place] = (common[place] as number) + value * (vectors[at + column] as number);
      }
    }
  }
  return common;
}

/** The lower factor; a direction that the ones before it explain has a pivot of 0 and nothing below. */
function choleskyOf(common: Float64Array): Float64Array {
  const factor = new Float64Array(common.length);
  let least = 0;
  for (let row = 0; row < VECTOR_LENGTH; row += 1)
    least += (LEAST * (common[row * VECTOR_LENGTH + row] as number)) / VECTOR_LENGTH;
  for (let row = 0; row < VECTOR_LENGTH; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let rest = common[row * VECTOR_LENGTH + column] as number;
      for (let before = 0; before < column; before += 1) {
        rest -= (factor[row * VECTOR_LENGTH + before] as number) * (factor[column * VECTOR_LENGTH + before] as number);
      }
      const pivot = factor[column * VECTOR_LENGTH + column] as number;
      if (row === column) factor[row * VECTOR_LENGTH + row] = rest > least ? Math.sqrt(rest) : 0;
      else factor[row * VECTOR_LENGTH + column] = pivot > 0 ? rest / pivot : 0;
    }
  }
  return factor;
}

function packed(vectors: Float32Array): Uint8Array {
  const bytes = new Uint8Array(vectors.length).fill(128);
  for (let at = 0; at < vectors.length; at += VECTOR_LENGTH) {
    const length = Math.hypot(...vectors.subarray(at, at + VECTOR_LENGTH));
    if (!(length > 0)) continue;
    for (let part = 0; part < VECTOR_LENGTH; part += 1) {
      bytes[at + part] = 128 + Math.round((127 * (vectors[at + part] as number)) / length);
    }
  }
  return bytes;
}

/** Where somebody stands who has looked at items, and how far each other item lies in the same direction. */
export class Direction {
  readonly #vectors: Uint8Array;
  readonly #towards = new Float64Array(VECTOR_LENGTH);

  constructor(vectors: Uint8Array) {
    this.#vectors = vectors;
  }

  clear(): void {
    this.#towards.fill(0);
  }

  add(item: number, weight: number): void {
    const at = item * VECTOR_LENGTH;
    for (let part = 0; part < VECTOR_LENGTH; part += 1) {
      this.#towards[part] = (this.#towards[part] as number) + weight * ((this.#vectors[at + part] as number) - 128);
    }
  }

  /** Makes the direction of length 1, for items in 1 / 127. */
  turn(): void {
    const length = 127 * Math.hypot(...this.#towards);
    if (!(length > 0)) return;
    for (let part = 0; part < VECTOR_LENGTH; part += 1) this.#towards[part] = (this.#towards[part] as number) / length;
  }

  /** The cosine of an item with the direction: -1 to 1. */
  cosine(item: number): number {
    const at = item * VECTOR_LENGTH;
    let sum = 0;
    for (let part = 0; part < VECTOR_LENGTH; part += 1) {
      sum += (this.#towards[part] as number) * ((this.#vectors[at + part] as number) - 128);
    }
    return sum;
  }
}
