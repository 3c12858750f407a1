import { contentTokens } from './content-tokens.ts';
import type { FeatureScores, FindingFeature, Question } from './features.ts';
import type { ProductFacts } from './product-facts.ts';

/** Where the tokens of an item lie, by number and ascending, with their weights beside them; `room` is how many fit there. */
type Vector = { start: number; length: number; room: number; norm: number };

/** So many of the last products that were looked at are asked for products like them; each counts so much less than the one after it. */
const ANCHORS = 3;
const ANCHOR_DECAY = 0.7;
/** Of a product the rarest tokens find others, each as many as this; a token that more products share finds none. */
const FINDING_TOKENS = 8;
const POSTINGS = 150;
const WIDESPREAD = 4_000;
/** So many of those that share most tokens are compared in full. */
const COMPARED = 50;
/** Rarity is worked out anew when the catalogue has grown by this share. */
const GROWTH = 0.1;

/**
 * Products by what describes them: weights are those of the tokens times their rarity (tf-idf), likeness is the cosine. Products can be added
 * and described anew at any time, so that one that was just put into the catalogue is found.
 */
export class ContentIndex {
  readonly #numbers = new Map<string, number>();
  /** The items that have a token, by the token's number, each once; the last that came to have it stands last. */
  readonly #postings: number[][] = [];
  readonly #vectors: (Vector | undefined)[] = [];
  #tokens = new Uint32Array(1024);
  #plain = new Float32Array(1024);
  #weights = new Float32Array(1024);
  /** What products share with the one that others are sought for; all 0 in between. */
  #shared = new Float32Array(0);
  #used = 0;
  #count = 0;
  #weighedAt = 0;

  /** Adds a product, or describes it anew. */
  add(item: number, facts: ProductFacts): void {
    const tokens = [...contentTokens(facts)].map(([token, weight]) => [this.#numberOf(token), weight] as const);
    tokens.sort(([one], [other]) => one - other);
    const before = this.#vectors[item];
    if (before === undefined) this.#count += 1;
    const had = before && new Set(this.#tokens.subarray(before.start, before.start + before.length));
    for (const [token] of tokens) if (had?.delete(token) !== true) this.#postings[token]?.push(item);
    for (const token of had ?? []) this.#withdraw(token, item);
    const { start, room } = this.#placeFor(tokens.length, before);
    tokens.forEach(([token, weight], index) => {
      this.#tokens[start + index] = token;
      this.#plain[start + index] = weight;
    });
    this.#vectors[item] = { start, length: tokens.length, room, norm: 0 };
    if (!this.#hasGrown()) this.#weigh(item);
  }

  /** How alike two products are described, 0 to 1; 0 where one of them is not described at all. */
  similarity(one: number, other: number): number {
    this.#weighAnew();
    const a = this.#vectors[one];
    const b = this.#vectors[other];
    if (a === undefined || b === undefined || a.norm === 0 || b.norm === 0) return 0;
    let dot = 0;
    let at = a.start;
    let bt = b.start;
    const aEnd = at + a.length;
    const bEnd = bt + b.length;
    while (at < aEnd && bt < bEnd) {
      const difference = (this.#tokens[at] as number) - (this.#tokens[bt] as number);
      if (difference === 0) dot += (this.#weights[at] as number) * (this.#weights[bt] as number);
      if (difference <= 0) at += 1;
      if (difference >= 0) bt += 1;
    }
    return Math.min(1, dot / (a.norm * b.norm));
  }

  /** The products most like one, with their likeness; bounded work, so the most alike of very many may be missed. */
  like(item: number): { item: number; value: number }[] {
    this.#weighAnew();
    const vector = this.#vectors[item];
    if (vector === undefined) return [];
    const touched: number[] = [];
    if (this.#shared.length < this.#vectors.length) this.#shared = new Float32Array(2 * this.#vectors.length);
    const shared = this.#shared;
    for (const at of this.#rarest(vector)) {
      const postings = this.#postings[this.#tokens[at] as number] ?? [];
      const weight = this.#weights[at] as number;
      // The last ones: among many that share a token, the newest.
      for (let index = postings.length - 1, end = Math.max(0, postings.length - POSTINGS); index >= end; index -= 1) {
        const other = postings[index] as number;
        if (shared[other] === 0) touched.push(other);
        shared[other] = (shared[other] as number) + weight;
      }
    }
    const least = leastOf(touched, shared);
    const alike: { item: number; value: number }[] = [];
    for (const other of touched) {
      if (other !== item && (shared[other] as number) >= least) {
        alike.push({ item: other, value: this.similarity(item, other) });
      }
      shared[other] = 0;
    }
    return alike;
  }

  #rarest({ start, length }: Vector): number[] {
    return Array.from({ length }, (_, index) => start + index)
      .filter((at) => (this.#postings[this.#tokens[at] as number]?.length ?? 0) <= WIDESPREAD)
      .sort((one, other) => (this.#weights[other] as number) - (this.#weights[one] as number))
      .slice(0, FINDING_TOKENS);
  }

  /** An item has lost a token. */
  #withdraw(token: number, item: number): void {
    const postings = this.#postings[token] ?? [];
    const at = postings.lastIndexOf(item);
    if (at !== -1) postings.splice(at, 1);
  }

  /** Where tokens are to lie: where those before them lay, or else at the end, so that a product that changes often takes no more room. */
  #placeFor(length: number, before: Vector | undefined): { start: number; room: number } {
    if (before !== undefined && length <= before.room) return before;
    this.#reserve(length);
    const start = this.#used;
    this.#used += length;
    return { start, room: length };
  }

  #numberOf(token: string): number {
    const known = this.#numbers.get(token);
    if (known !== undefined) return known;
    this.#numbers.set(token, this.#postings.length);
    this.#postings.push([]);
    return this.#postings.length - 1;
  }

  /** Whether all weights have to be worked out anew before they are used. */
  #hasGrown(): boolean {
    return this.#count > this.#weighedAt * (1 + GROWTH);
  }

  /** Weights depend on how rare tokens are, and that on all products: they are worked out together, and again when there are many more. */
  #weighAnew(): void {
    if (!this.#hasGrown()) return;
    this.#weighedAt = this.#count;
    this.#vectors.forEach((_, item) => {
      this.#weigh(item);
    });
  }

  #weigh(item: number): void {
    const vector = this.#vectors[item];
    if (vector === undefined) return;
    let squares = 0;
    for (let at = vector.start; at < vector.start + vector.length; at += 1) {
      const holders = this.#postings[this.#tokens[at] as number]?.length ?? 1;
      const weight = (this.#plain[at] as number) * Math.log(1 + this.#count / holders);
      this.#weights[at] = weight;
      squares += weight * weight;
    }
    vector.norm = Math.sqrt(squares);
  }

  #reserve(count: number): void {
    if (this.#used + count <= this.#tokens.length) return;
    const length = 2 * (this.#used + count);
    const tokens = new Uint32Array(length);
    const plain = new Float32Array(length);
    const weights = new Float32Array(length);
    tokens.set(this.#tokens);
    plain.set(this.#plain);
    weights.set(this.#weights);
    this.#tokens = tokens;
    this.#plain = plain;
    this.#weights = weights;
  }
}

/** What an item has to share at least to be among those that are compared in full: a heap of the greatest, its least on top. */
function leastOf(touched: readonly number[], shared: Float32Array): number {
  if (touched.length <= COMPARED) return 0;
  const heap = Float32Array.from({ length: COMPARED }, (_, at) => shared[touched[at] as number] as number).sort();
  for (let index = COMPARED; index < touched.length; index += 1) {
    const value = shared[touched[index] as number] as number;
    if (value <= (heap[0] as number)) continue;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= COMPARED) break;
      if (child + 1 < COMPARED && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
      if ((heap[child] as number) >= value) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = value;
  }
  return heap[0] as number;
}

/** Products that are described like those that were looked at last. Nothing has to be known of who bought them: a new product is found at once. */
export function contentFeature(index: ContentIndex): FindingFeature {
  return {
    kind: 'finds',
    name: 'content',
    score(question: Question, into: FeatureScores) {
      let weight = 1;
      for (const anchor of anchorsOf(question)) {
        for (const { item, value } of index.like(anchor)) into.add(item, weight * value);
        weight *= ANCHOR_DECAY;
      }
    },
    anchor(question, item) {
      let best: { item: number; value: number } | undefined;
      let weight = 1;
      for (const anchor of anchorsOf(question)) {
        const value = weight * index.similarity(anchor, item);
        // What was looked at itself is like itself; it was found for being like something else.
        if (anchor !== item && value > (best?.value ?? 0)) best = { item: anchor, value };
        weight *= ANCHOR_DECAY;
      }
      return best && { item: best.item };
    },
  };
}

/** The last products that something happened to, the last first, each once. */
function anchorsOf({ recent }: Question): number[] {
  const anchors: number[] = [];
  for (let at = recent.length - 1; at >= 0 && anchors.length < ANCHORS; at -= 1) {
    const item = recent[at]?.item;
    if (item !== undefined && !anchors.includes(item)) anchors.push(item);
  }
  return anchors;
}
