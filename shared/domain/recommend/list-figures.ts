/** What lists are like beside how often they hit. Items are indexes. */
export type ListFigures = {
  /** The share of all items that stand on at least one list. */
  coverage: number;
  /** How unevenly places are given to items: 0 where every item has as many, towards 1 where one has them all. */
  gini: number;
  /** How rare what is shown is, on average: bits of surprise, -log2 of an item's share of all that happened. */
  novelty?: number;
  /** The mean of items' popularity, as a share of that of the most popular item. */
  popularity?: number;
  /** How alike two items of one list are on average, 0 to 1. */
  inListSimilarity?: number;
};

export type ListFigureOptions = {
  itemCount: number;
  /** How often something happened to each item. */
  popularity?: ArrayLike<number>;
  similarity?: (one: number, other: number) => number;
};

/**
 * Coverage, Gini index of exposure, novelty as self-information and intra-list similarity, as the field defines them (Castells, Hurley and Vargas,
 * Recommender Systems Handbook, 2015). Lists without items count for nothing.
 */
export function listFigures(
  lists: readonly (readonly number[])[],
  { itemCount, popularity, similarity }: ListFigureOptions,
): ListFigures {
  const exposure = new Float64Array(itemCount);
  for (const list of lists) for (const item of list) exposure[item] = (exposure[item] ?? 0) + 1;
  return {
    coverage: itemCount === 0 ? 0 : exposure.reduce((shown, times) => shown + (times > 0 ? 1 : 0), 0) / itemCount,
    gini: giniOf(exposure),
    ...(popularity !== undefined && popularityFigures(exposure, popularity)),
    ...(similarity !== undefined && { inListSimilarity: inListSimilarity(lists, similarity) }),
  };
}

/** The Gini index of quantities; 0 where there are none. */
function giniOf(quantities: Float64Array): number {
  const sorted = quantities.slice().sort();
  let sum = 0;
  let weighted = 0;
  sorted.forEach((quantity, index) => {
    sum += quantity;
    weighted += (2 * (index + 1) - sorted.length - 1) * quantity;
  });
  return sum === 0 ? 0 : weighted / (sorted.length * sum);
}

function popularityFigures(
  exposure: Float64Array,
  popularity: ArrayLike<number>,
): { novelty: number; popularity: number } {
  let total = 0;
  let most = 0;
  for (let item = 0; item < exposure.length; item += 1) {
    total += popularity[item] ?? 0;
    most = Math.max(most, popularity[item] ?? 0);
  }
  let places = 0;
  let bits = 0;
  let share = 0;
  exposure.forEach((times, item) => {
    if (times === 0 || total === 0) return;
    // What never happened is taken to have happened half a time, so that its surprise is finite.
    bits -= times * Math.log2(Math.max(popularity[item] ?? 0, 0.5) / total);
    share += (times * (popularity[item] ?? 0)) / most;
    places += times;
  });
  return places === 0 ? { novelty: 0, popularity: 0 } : { novelty: bits / places, popularity: share / places };
}

function inListSimilarity(
  lists: readonly (readonly number[])[],
  similarity: (one: number, other: number) => number,
): number {
  let sum = 0;
  let counted = 0;
  for (const list of lists) {
    if (list.length < 2) continue;
    let alike = 0;
    for (let at = 1; at < list.length; at += 1) {
      for (let before = 0; before < at; before += 1) alike += similarity(list[at] as number, list[before] as number);
    }
    sum += alike / ((list.length * (list.length - 1)) / 2);
    counted += 1;
  }
  return counted === 0 ? 0 : sum / counted;
}
