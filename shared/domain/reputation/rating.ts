import type { ReputationPolicy } from '../../policy/reputation-schema.ts';
import { type Counters, quarterNumber, quarterOf } from './counts.ts';
import { meanOf, rounded } from './rounding.ts';

/** What of a review says how much it weighs. */
export type ReviewFacts = {
  /** What the reviewer's standing gives, by `creditOf`; 1 is nothing special. */
  creditWeight: number;
  verified: boolean;
  helpful: number;
  unhelpful: number;
  incentivised: boolean;
  mediaCount?: number;
  /** Characters of its text. */
  length: number;
};

export type WeightCode = 'credit' | 'unverified' | 'incentivised' | 'votes' | 'detailed' | 'media';

/** A weight in thousandths, at least 1, and the factors that it is the product of; what is not there is a factor of 1. */
export type ReviewWeight = { thousandths: number; parts: { code: WeightCode; factor: number }[] };

/**
 * How much a review weighs in the rating: the product of factors for the reviewer's credit, verification, incentive,
 * votes, and what there is to read and see. Votes go by the share of helpful ones under a Beta prior of even odds, so
 * that a single vote moves little.
 */
export function reviewWeight(facts: ReviewFacts, { reviewWeight: policy }: ReputationPolicy): ReviewWeight {
  const { helpful, unhelpful } = facts;
  const { span, votes } = policy.helpful;
  const balance = (helpful - unhelpful) / (helpful + unhelpful + votes);
  const factors: [WeightCode, number][] = [
    ['credit', facts.creditWeight],
    ['unverified', facts.verified ? 1 : policy.unverified],
    ['incentivised', facts.incentivised ? policy.incentivised : 1],
    ['votes', rounded(1 + span * balance, 4)],
    ['detailed', facts.length >= policy.detailed.length ? policy.detailed.factor : 1],
    ['media', (facts.mediaCount ?? 0) > 0 ? policy.media : 1],
  ];
  const parts = factors.map(([code, factor]) => ({ code, factor })).filter(({ factor }) => factor !== 1);
  const product = parts.reduce((weight, { factor }) => weight * factor, 1);
  return { thousandths: Math.max(1, Math.round(product * 1_000)), parts };
}

/** What a quarter's reviews count for: their number, sums in thousandths, and the factor for their age in quarters. */
export type RatingQuarter = {
  quarter: string;
  age: number;
  factor: number;
  count: number;
  weight: number;
  weighted: number;
};

export type KindRating = { mean: number | null; count: number };

export type Rating = {
  /** The rating to show, 1 to 5 with two decimals. */
  weighted: number;
  /** The plain mean of the stars, or null where there are no reviews. */
  mean: number | null;
  count: number;
  distribution: Record<1 | 2 | 3 | 4 | 5, number>;
  kinds: { product: KindRating; service: KindRating; logistics: KindRating };
  prior: { mean: number; strength: number };
  quarters: RatingQuarter[];
  formulaVersion: string;
  formula: string;
};

export const RATING_FORMULA = {
  version: '1',
  text: 'weighted = (prior.mean x prior.strength + sum(factor x weighted) / 1000) / (prior.strength + sum(factor x weight) / 1000), over the quarters; rounded to 2 decimals',
} as const;

/**
 * The rating of a product from its counters: a Bayesian average, that is, the mean of what was rated and of a prior
 * that stands for so many reviews, so that one review does not make a rating of five. Each review has its weight; it
 * halves with its age in quarters down to a floor. What the answer says is enough to work it out again.
 */
export function ratingOf(counters: Counters, { nowMs, policy }: { nowMs: number; policy: ReputationPolicy }): Rating {
  const { priorMean, priorStrength } = policy.rating;
  const quarters = quartersOf(counters).map((quarter) => {
    const age = ageOf(quarter, nowMs);
    const of = (name: string) => counters[`${name}@${quarter}`] ?? 0;
    return {
      quarter,
      age,
      factor: recencyFactor(age, policy),
      count: of('reviews'),
      weight: of('weight'),
      weighted: of('weighted'),
    };
  });
  const sum = (of: (it: RatingQuarter) => number) => quarters.reduce((total, it) => total + of(it), 0) / 1_000;
  const strength = priorStrength + sum((it) => it.factor * it.weight);
  const stars = priorMean * priorStrength + sum((it) => it.factor * it.weighted);
  const total = totals(counters);
  const distribution = {
    1: total('stars1'),
    2: total('stars2'),
    3: total('stars3'),
    4: total('stars4'),
    5: total('stars5'),
  };
  const count = total('reviews');
  const product = Object.entries(distribution).reduce((all, [star, many]) => all + Number(star) * many, 0);
  const mean = meanOf(product, count);
  return {
    weighted: rounded(strength > 0 ? stars / strength : priorMean, 2),
    mean,
    count,
    distribution,
    kinds: {
      product: { mean, count },
      service: { mean: meanOf(total('serviceStars'), total('service')), count: total('service') },
      logistics: { mean: meanOf(total('logisticsStars'), total('logistics')), count: total('logistics') },
    },
    prior: { mean: priorMean, strength: priorStrength },
    quarters,
    formulaVersion: RATING_FORMULA.version,
    formula: RATING_FORMULA.text,
  };
}

/** Quarters since then; what is dated ahead of the clock counts as of now. */
function ageOf(quarter: string, nowMs: number): number {
  return Math.max(0, quarterNumber(quarterOf(nowMs)) - quarterNumber(quarter));
}

function recencyFactor(age: number, { rating }: ReputationPolicy): number {
  return rounded(Math.max(rating.recencyFloor, 0.5 ** (age / rating.halfLifeQuarters)), 4);
}

/** The quarters that have reviews, oldest first. */
function quartersOf(counters: Counters): string[] {
  const names = Object.keys(counters).filter((name) => name.startsWith('reviews@') && counters[name] !== 0);
  return names.map((name) => name.slice('reviews@'.length)).sort((a, b) => quarterNumber(a) - quarterNumber(b));
}

/** All there ever was of a counter, summed over its quarters in one pass over all of them. */
function totals(counters: Counters): (name: string) => number {
  const sums = new Map<string, number>();
  for (const [key, amount] of Object.entries(counters)) {
    const name = key.split('@', 1)[0] ?? key;
    sums.set(name, (sums.get(name) ?? 0) + amount);
  }
  return (name) => sums.get(name) ?? 0;
}
