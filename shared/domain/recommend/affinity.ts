import { DAY_MS } from '../calendar/calendar.ts';
import type { Happened, JudgingFeature, Question } from './features.ts';
import type { LiveCatalogue } from './live-catalogue.ts';
import { kindWeights } from './popularity.ts';

/** What happened counts half for what somebody likes after so many days. */
const HALF_LIFE_DAYS = 14;
/** What liking a category says of the one above it, and of those beside it. */
const STEP_UP = 0.5;

/** Categories that a member or visitor comes back to. `Home/Kitchen` lends something to `Home`, and so to `Home/Garden`. */
export function categoryFeature(catalogue: Pick<LiveCatalogue, 'shelfOf' | 'categoriesOn'>): JudgingFeature {
  return likingFeature('category', {
    groupOf: (item) => catalogue.shelfOf(item),
    traitsOf(shelf) {
      const weights = new Map<string, number>();
      for (const path of catalogue.categoriesOn(shelf)) {
        let weight = 1;
        for (let part = path; part !== ''; part = parentOf(part)) {
          weights.set(part, Math.max(weights.get(part) ?? 0, weight));
          weight *= STEP_UP;
        }
      }
      return weights;
    },
  });
}

/** Brands that a member or visitor comes back to. */
export function brandFeature(catalogue: Pick<LiveCatalogue, 'brandOf' | 'brandName'>): JudgingFeature {
  return likingFeature('brand', {
    groupOf: (item) => catalogue.brandOf(item),
    traitsOf: (brand) => new Map([[catalogue.brandName(brand), 1]]),
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

/** Items by what is the same of them: a group for all items with the same traits, -1 for one that has none. */
type Grouping = {
  groupOf: (item: number) => number;
  /** How much of an item of the group each of its traits is; always the same. */
  traitsOf: (group: number) => ReadonlyMap<string, number>;
};

/** What is liked most of the items of a group, as of one of the questions. */
type Liking = { asked: number; value: number; trait: string | undefined };

/**
 * Judges items by what is liked of them. An item's traits say how much of it each is; what happened to items with a trait, the more the
 * later, says how much it is liked, as a share of the trait that is liked most.
 */
function likingFeature(name: 'category' | 'brand', { groupOf, traitsOf }: Grouping): JudgingFeature {
  const traits: ReadonlyMap<string, number>[] = [];
  const likings: Liking[] = [];
  let liked = new Map<string, number>();
  let most = 0;
  let prepared: Question | undefined;
  let asked = 0;
  const traitsIn = (group: number): ReadonlyMap<string, number> => {
    // Without gaps: a list with gaps is kept as a table, which takes many times as long to look into.
    while (traits.length <= group) {
      traits.push(traitsOf(traits.length));
      likings.push({ asked: -1, value: 0, trait: undefined });
    }
    return traits[group] ?? new Map();
  };
  const prepare = (question: Question): void => {
    liked = new Map();
    for (const happened of question.recent) {
      const group = groupOf(happened.item);
      if (group < 0) continue;
      const weight = likingWeight(happened, question.nowMs);
      for (const [trait, share] of traitsIn(group)) liked.set(trait, (liked.get(trait) ?? 0) + share * weight);
    }
    most = Math.max(0, ...liked.values());
    prepared = question;
    asked += 1;
  };
  const likingIn = (group: number): Liking => {
    const its = traitsIn(group);
    const liking = likings[group] as Liking;
    if (liking.asked === asked) return liking;
    liking.asked = asked;
    liking.value = 0;
    liking.trait = undefined;
    for (const [trait, share] of its) {
      const value = most > 0 ? (share * (liked.get(trait) ?? 0)) / most : 0;
      if (value <= liking.value) continue;
      liking.value = value;
      liking.trait = trait;
    }
    return liking;
  };
  return {
    kind: 'judges',
    name,
    prepare,
    valueOf(item) {
      const group = groupOf(item);
      return group < 0 ? 0 : likingIn(group).value;
    },
    anchor(question, item) {
      // The reasons for an answer are asked for right after it: what is liked is still known.
      if (prepared !== question) prepare(question);
      const group = groupOf(item);
      const trait = group < 0 ? undefined : likingIn(group).trait;
      return trait === undefined ? undefined : { [name]: trait };
    },
  };
}

function likingWeight({ kind, atMs }: Happened, nowMs: number): number {
  return kindWeights[kind] * 2 ** (-Math.max(0, nowMs - atMs) / (HALF_LIFE_DAYS * DAY_MS));
}

/** `Home/Kitchen` lies in `Home`, and `Home` in nothing. */
function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}
