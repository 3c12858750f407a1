import { DAY_MS } from '../calendar/calendar.ts';
import type { Happened, JudgingFeature, Question } from './features.ts';
import type { LiveCatalogue } from './live-catalogue.ts';
import { kindWeights } from './popularity.ts';

/** What happened counts half for what somebody likes after so many days. */
const HALF_LIFE_DAYS = 14;
/** What liking a category says of the one above it, and of those beside it. */
const STEP_UP = 0.5;

type Catalogue = Pick<LiveCatalogue, 'factsOf'>;

/** Categories that a member or visitor comes back to. `Home/Kitchen` lends something to `Home`, and so to `Home/Garden`. */
export function categoryFeature(catalogue: Catalogue): JudgingFeature {
  return likingFeature('category', (item) => {
    const weights = new Map<string, number>();
    for (const path of catalogue.factsOf(item)?.categories ?? []) {
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
  return likingFeature('brand', (item) => {
    const brandId = catalogue.factsOf(item)?.brandId;
    return new Map(brandId === undefined ? [] : [[brandId, 1]]);
  });
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

/**
 * Judges items by what is liked of them. An item's traits say how much of it each is; what happened to items with a trait, the more the
 * later, says how much it is liked, as a share of the trait that is liked most.
 */
function likingFeature(
  name: 'category' | 'brand',
  traitsOf: (item: number) => ReadonlyMap<string, number>,
): JudgingFeature {
  let liked = new Map<string, number>();
  let most = 0;
  const prepare = (question: Question): void => {
    liked = likingOf(question, traitsOf);
    most = Math.max(0, ...liked.values());
  };
  const strongest = (item: number): { trait: string; value: number } | undefined => {
    let best: { trait: string; value: number } | undefined;
    for (const [trait, share] of traitsOf(item)) {
      const value = most > 0 ? (share * (liked.get(trait) ?? 0)) / most : 0;
      if (value > (best?.value ?? 0)) best = { trait, value };
    }
    return best;
  };
  return {
    kind: 'judges',
    name,
    prepare,
    valueOf: (item) => strongest(item)?.value ?? 0,
    anchor(question, item) {
      prepare(question);
      const trait = strongest(item)?.trait;
      return trait === undefined ? undefined : { [name]: trait };
    },
  };
}

function likingOf(
  { recent, nowMs }: Question,
  traitsOf: (item: number) => ReadonlyMap<string, number>,
): Map<string, number> {
  const liked = new Map<string, number>();
  for (const { item, kind, atMs } of recent) {
    const weight = likingWeight({ item, kind, atMs }, nowMs);
    for (const [trait, share] of traitsOf(item)) liked.set(trait, (liked.get(trait) ?? 0) + share * weight);
  }
  return liked;
}

function likingWeight({ kind, atMs }: Happened, nowMs: number): number {
  return kindWeights[kind] * 2 ** (-Math.max(0, nowMs - atMs) / (HALF_LIFE_DAYS * DAY_MS));
}

/** `Home/Kitchen` lies in `Home`, and `Home` in nothing. */
function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}
