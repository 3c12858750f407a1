import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';

/**
 * The prices offered to two members whose histories are alike and who differ in what they spend: one spends much, one little.
 * Prices in one currency, each list as it was offered; what is no price (negative, not a number) is left out.
 */
export type PricePair = { high: readonly number[]; low: readonly number[] };

export type PriceComparison = {
  /** Greatest distance of the two cumulative distributions, 0 (alike) to 1 (nothing in common): Kolmogorov and Smirnov. */
  distance: number;
  /** Mean price offered to those who spend much, as a multiple of that offered to the others. 1 where nothing was compared. */
  meanRatio: number;
  /** Pairs with prices on both sides; others cannot be compared. */
  pairs: number;
};

/** Compares what is offered to the two groups. Each pair weighs alike, however long its lists are. */
export function comparePrices(pairs: readonly PricePair[]): PriceComparison {
  const offers: Offer[] = [];
  const means = { high: 0, low: 0 };
  let compared = 0;
  for (const pair of pairs) {
    const [high, low] = [pair.high.filter(isPrice), pair.low.filter(isPrice)];
    if (high.length === 0 || low.length === 0) continue;
    compared += 1;
    for (const price of high) offers.push({ price, high: 1 / high.length, low: 0 });
    for (const price of low) offers.push({ price, high: 0, low: 1 / low.length });
    means.high += meanOf(high);
    means.low += meanOf(low);
  }
  return {
    distance: compared === 0 ? 0 : distanceOf(offers) / compared,
    meanRatio: means.high === means.low ? 1 : means.high / means.low,
    pairs: compared,
  };
}

export type NeutralityVerdict = PriceComparison & {
  neutral: boolean;
  /** Why not, all of it. */
  reasons: ('nothing_compared' | 'distributions_differ' | 'dearer_for_high_spenders' | 'cheaper_for_high_spenders')[];
  bound: number;
};

/**
 * Whether those who spend much and those who spend little are offered the same prices: neither the distributions nor the means may differ
 * by more than the bound of the policy. A check that compared nothing has not been passed.
 */
export function judgePrices(
  pairs: readonly PricePair[],
  { priceNeutrality: bound }: Pick<RecommendationPolicy, 'priceNeutrality'>,
): NeutralityVerdict {
  const comparison = comparePrices(pairs);
  const reasons: NeutralityVerdict['reasons'] = [];
  if (comparison.pairs === 0) reasons.push('nothing_compared');
  if (comparison.distance > bound) reasons.push('distributions_differ');
  if (comparison.meanRatio > 1 + bound) reasons.push('dearer_for_high_spenders');
  if (1 / comparison.meanRatio > 1 + bound) reasons.push('cheaper_for_high_spenders');
  return { ...comparison, neutral: reasons.length === 0, reasons, bound };
}

type Offer = { price: number; high: number; low: number };

function isPrice(price: number): boolean {
  return price >= 0 && price < Number.POSITIVE_INFINITY;
}

function meanOf(prices: readonly number[]): number {
  return prices.reduce((sum, price) => sum + price, 0) / prices.length;
}

/** How far apart the cumulative weights of the two sides get, in pairs; looked at after all offers of one price. */
function distanceOf(offers: Offer[]): number {
  offers.sort((one, other) => one.price - other.price);
  let distance = 0;
  let apart = 0;
  for (const [at, { price, high, low }] of offers.entries()) {
    apart += high - low;
    if (offers[at + 1]?.price !== price) distance = Math.max(distance, Math.abs(apart));
  }
  return distance;
}
