import { DAY_MS } from '../calendar/calendar.ts';
import type { Happened, JudgingFeature, Question } from './features.ts';
import type { LiveCatalogue } from './live-catalogue.ts';
import { kindWeights } from './popularity.ts';
import type { ProductFacts } from './product-facts.ts';

/** What happened counts half for what somebody likes after so many days. */
const HALF_LIFE_DAYS = 14;
/** What liking a category says of the one above it, and of those beside it. */
const STEP_UP = 0.5;

type Catalogue = Pick<LiveCatalogue, 'factsOf'>;

/** Categories that a member or visitor comes back to. `Home/Kitchen` lends something to `Home`, and so to `Home/Garden`. */
export function categoryFeature(catalogue: Catalogue): JudgingFeature {
  return likingFeature('category', catalogue, ({ categories }) => {
    const weights = new Map<string, number>();
    for (const path of categories) {
      let weight = 1;
      for (let part = path; part !== ''; part = parentOf(part)) {
        weights.set(part, Math.max(weights.get(part) ?? 0, weight));
        weight *= STEP_UP;
      }
    }
    return weights;
  });
}

/** Brands that a member or visitor comes back to. */
export function brandFeature(catalogue: Catalogue): JudgingFeature {
  return likingFeature('brand', catalogue, ({ brandId }) => new Map(brandId === undefined ? [] : [[brandId, 1]]));
}

/** The quality grade of a product, where it has a score. */
export function trustFeature(catalogue: Pick<LiveCatalogue, 'gradeOf'>): JudgingFeature {
  return {
    kind: 'judges',
    name: 'trust',
    prepare: () => undefined,
    valueOf: (item) => (catalogue.gradeOf(item)?.score ?? 0) / 100,
  };
}

/** How much of an item each of its traits is. */
type TraitsOf = (facts: ProductFacts) => ReadonlyMap<string, number>;

/**
 * Judges items by what is liked of them. An item's traits say how much of it each is; what happened to items with a trait, the more the
 * later, says how much it is liked, as a share of the trait that is liked most.
 */
function likingFeature(name: 'category' | 'brand', catalogue: Catalogue, traitsOf: TraitsOf): JudgingFeature {
  const traits = new Traits(catalogue, traitsOf);
  /** By trait; 0 for all that nothing happened to. */
  let liked = new Float64Array(0);
  const touched: number[] = [];
  let most = 0;
  let prepared: Question | undefined;
  const prepare = (question: Question): void => {
    for (const trait of touched) liked[trait] = 0;
    touched.length = 0;
    for (const happened of question.recent) {
      const weight = likingWeight(happened, question.nowMs);
      const { numbers, shares } = traits.of(happened.item);
      if (liked.length < traits.count) liked = grown(liked, traits.count);
      for (let at = 0; at < numbers.length; at += 1) {
        const trait = numbers[at] as number;
        liked[trait] = (liked[trait] as number) + (shares[at] as number) * weight;
        touched.push(trait);
      }
    }
    most = 0;
    for (const trait of touched) most = Math.max(most, liked[trait] as number);
    prepared = question;
  };
  /** Which of an item's traits is liked most, by its place among them; -1 for none. */
  const strongest = ({ numbers, shares }: ItemTraits): number => {
    let best = -1;
    let greatest = 0;
    for (let at = 0; at < numbers.length; at += 1) {
      const value = (shares[at] as number) * (liked[numbers[at] as number] ?? 0);
      if (value <= greatest) continue;
      greatest = value;
      best = at;
    }
    return best;
  };
  return {
    kind: 'judges',
    name,
    prepare,
    valueOf(item) {
      const its = traits.of(item);
      const best = strongest(its);
      return best === -1 ? 0 : ((its.shares[best] as number) * (liked[its.numbers[best] as number] ?? 0)) / most;
    },
    anchor(question, item) {
      // The reasons for an answer are asked for right after it: what is liked is still known.
      if (prepared !== question) prepare(question);
      const its = traits.of(item);
      const best = strongest(its);
      return best === -1 ? undefined : { [name]: traits.nameOf(its.numbers[best] as number) };
    },
  };
}

/** The traits of one item, by number, with how much of it each is, in the order in which the catalogue has them. */
type ItemTraits = { facts: ProductFacts | undefined; numbers: readonly number[]; shares: readonly number[] };

const NO_TRAITS: ItemTraits = { facts: undefined, numbers: [], shares: [] };

/** Traits by number, worked out once for each item as long as the catalogue says the same of it. */
class Traits {
  readonly #catalogue: Catalogue;
  readonly #traitsOf: TraitsOf;
  readonly #known: (ItemTraits | undefined)[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  constructor(catalogue: Catalogue, traitsOf: TraitsOf) {
    this.#catalogue = catalogue;
    this.#traitsOf = traitsOf;
  }

  get count(): number {
    return this.#names.length;
  }

  of(item: number): ItemTraits {
    const facts = this.#catalogue.factsOf(item);
    if (facts === undefined) return NO_TRAITS;
    const known = this.#known[item];
    if (known?.facts === facts) return known;
    const traits = this.#traitsOf(facts);
    // Without gaps: a list with gaps is kept as a table, which takes many times as long to look into.
    while (this.#known.length <= item) this.#known.push(undefined);
    const its = {
      facts,
      numbers: Array.from(traits.keys(), (name) => this.#numberOf(name)),
      shares: [...traits.values()],
    };
    this.#known[item] = its;
    return its;
  }

  nameOf(trait: number): string {
    return this.#names[trait] ?? '';
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    this.#names.push(name);
    return this.#names.length - 1;
  }
}

function grown(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * length);
  longer.set(column);
  return longer;
}

function likingWeight({ kind, atMs }: Happened, nowMs: number): number {
  return kindWeights[kind] * 2 ** (-Math.max(0, nowMs - atMs) / (HALF_LIFE_DAYS * DAY_MS));
}

/** `Home/Kitchen` lies in `Home`, and `Home` in nothing. */
function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}
