import { describe, expect, it } from 'vitest';
import { sumOf } from '../../../shared/domain/reputation/counts.ts';
import { type Rating, ratingOf, reviewWeight } from '../../../shared/domain/reputation/rating.ts';
import { reviewCounts } from '../../../shared/domain/reputation/review-counts.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';

const policy = currentPolicy.reputation;
const nowMs = Date.parse('2026-05-20T12:00:00Z');
const at = (time: string) => Date.parse(time);

type Told = { stars: number; time?: string; weight?: number; service?: number; logistics?: number };

function counted(...reviews: Told[]) {
  const counts = reviews.map(({ stars, time = '2026-05-01T00:00:00Z', weight = 1_000, ...ratings }) =>
    reviewCounts({
      productId: 'pot',
      atMs: at(time),
      ratings: { product: stars, ...ratings },
      weightThousandths: weight,
    }),
  );
  return sumOf(counts)['PRODUCT#pot'] ?? {};
}

const many = (count: number, review: Told) => Array.from({ length: count }, () => review);

describe('the weight of a review', () => {
  const plain = { creditWeight: 1, verified: true, helpful: 0, unhelpful: 0, incentivised: false, length: 20 };
  it.each([
    { what: 'of nothing special', facts: {}, thousandths: 1_000, parts: [] },
    { what: 'of a trusted reviewer', facts: { creditWeight: 1.2 }, thousandths: 1_200, parts: [['credit', 1.2]] },
    { what: 'not verified', facts: { verified: false }, thousandths: 500, parts: [['unverified', 0.5]] },
    { what: 'that was paid for', facts: { incentivised: true }, thousandths: 700, parts: [['incentivised', 0.7]] },
    { what: 'that ten found helpful', facts: { helpful: 10 }, thousandths: 1_250, parts: [['votes', 1.25]] },
    { what: 'that ten did not', facts: { unhelpful: 10 }, thousandths: 750, parts: [['votes', 0.75]] },
    { what: 'on which readers are of two minds', facts: { helpful: 7, unhelpful: 7 }, thousandths: 1_000, parts: [] },
    { what: 'of a hundred characters', facts: { length: 100 }, thousandths: 1_100, parts: [['detailed', 1.1]] },
    { what: 'of one fewer', facts: { length: 99 }, thousandths: 1_000, parts: [] },
    { what: 'with a picture', facts: { mediaCount: 1 }, thousandths: 1_100, parts: [['media', 1.1]] },
    {
      what: 'with all of it',
      facts: { creditWeight: 0.3, verified: false, incentivised: true, helpful: 1, mediaCount: 3, length: 500 },
      thousandths: 133,
      parts: [
        ['credit', 0.3],
        ['unverified', 0.5],
        ['incentivised', 0.7],
        ['votes', 1.0455],
        ['detailed', 1.1],
        ['media', 1.1],
      ],
    },
  ])('$what is $thousandths thousandths', ({ facts, thousandths, parts }) => {
    expect(reviewWeight({ ...plain, ...facts }, policy)).toEqual({
      thousandths,
      parts: parts.map(([code, factor]) => ({ code, factor })),
    });
  });

  it('is never nothing, and never more than half up or down by votes', () => {
    expect(reviewWeight({ ...plain, creditWeight: 0.0001 }, policy).thousandths).toBe(1);
    expect(reviewWeight({ ...plain, helpful: 1e6 }, policy).thousandths).toBe(1_500);
    expect(reviewWeight({ ...plain, unhelpful: 1e6 }, policy).thousandths).toBe(500);
  });
});

describe('the rating', () => {
  const rate = (...reviews: Told[]) => ratingOf(counted(...reviews), { nowMs, policy });

  it.each([
    { what: 'no review', reviews: [], weighted: 3.5, mean: null },
    { what: 'one of five stars', reviews: [{ stars: 5 }], weighted: 3.69, mean: 5 },
    { what: 'one of one', reviews: [{ stars: 1 }], weighted: 3.19, mean: 1 },
    { what: 'a hundred of five', reviews: many(100, { stars: 5 }), weighted: 4.9, mean: 5 },
    {
      what: 'heavy fives and light ones',
      reviews: [...many(10, { stars: 5, weight: 1_500 }), ...many(10, { stars: 1, weight: 300 })],
      weighted: 4.1,
      mean: 3,
    },
  ])('of $what is $weighted where the mean is $mean', ({ reviews, weighted, mean }) => {
    expect(rate(...reviews)).toMatchObject({ weighted, mean, count: reviews.length });
  });

  it('counts old reviews less, by halves, and never below the floor', () => {
    const old = rate(...many(20, { stars: 1, time: '2024-05-01T00:00:00Z' }), ...many(20, { stars: 5 }));
    expect(old.quarters.map(({ quarter, age, factor }) => ({ quarter, age, factor }))).toEqual([
      { quarter: '2024q2', age: 8, factor: 0.5 },
      { quarter: '2026q2', age: 0, factor: 1 },
    ]);
    expect(old.weighted).toBe(3.64);
    expect(rate({ stars: 1, time: '1999-01-01T00:00:00Z' }).quarters[0]?.factor).toBe(0.25);
  });

  it('takes what is dated ahead of the clock as of now', () => {
    expect(rate({ stars: 5, time: '2026-07-01T00:00:00Z' }).quarters).toMatchObject([{ quarter: '2026q3', age: 0 }]);
  });

  it('tells the stars apart, and what was said of service and delivery', () => {
    expect(rate({ stars: 5, service: 4 }, { stars: 4, service: 1, logistics: 2 }, { stars: 4 })).toMatchObject({
      distribution: { 1: 0, 2: 0, 3: 0, 4: 2, 5: 1 },
      kinds: {
        product: { mean: 4.33, count: 3 },
        service: { mean: 2.5, count: 2 },
        logistics: { mean: 2, count: 1 },
      },
    });
  });

  it('can be worked out again from the answer alone', () => {
    const answer = JSON.parse(
      JSON.stringify(
        rate(
          ...many(7, { stars: 2, weight: 777, time: '2025-01-05T00:00:00Z' }),
          ...many(3, { stars: 4, weight: 1_320 }),
        ),
      ),
    ) as Rating;
    const { prior, quarters } = answer;
    let stars = prior.mean * prior.strength;
    let weight = prior.strength;
    for (const quarter of quarters) {
      stars += (quarter.factor * quarter.weighted) / 1_000;
      weight += (quarter.factor * quarter.weight) / 1_000;
    }
    expect(answer.weighted).toBe(Math.round((stars / weight) * 100) / 100);
    expect(answer.formulaVersion).toBe('1');
  });

  it('is the prior where a shop gives it no strength and there is no review', () => {
    const bare = policyOf({ 'reputation.rating.priorStrength': 0 }).reputation;
    expect(ratingOf({}, { nowMs, policy: bare }).weighted).toBe(3.5);
    expect(ratingOf(counted({ stars: 5 }), { nowMs, policy: bare }).weighted).toBe(5);
  });

  it('is without a review that was taken away as if it had never been', () => {
    const counters = { ...counted({ stars: 5 }) };
    for (const name of Object.keys(counters)) counters[name] = 0;
    expect(ratingOf(counters, { nowMs, policy })).toEqual(rate());
  });
});
