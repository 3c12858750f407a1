import fc from 'fast-check';
import {
  type FeatureScores,
  type FindingFeature,
  type Question,
  FeatureScores as Scores,
} from '../../../shared/domain/recommend/features.ts';
import type { PurchaseLog, Section } from '../../../shared/domain/recommend/training-log.ts';

export const DAY = 86_400;

/** A basket as a test tells of it: on which day, and which items. */
export type Basket = [day: number, ...items: number[]];

export function purchaseLogOf(members: readonly (readonly Basket[])[], itemCount: number): PurchaseLog {
  const baskets = members.flat();
  let line = 0;
  let basket = 0;
  return {
    itemCount,
    from: Uint32Array.from([0, ...members.map(({ length }) => (basket += length))]),
    lines: Uint32Array.from([0, ...baskets.map(({ length }) => (line += length - 1))]),
    items: Uint32Array.from(baskets.flatMap(([, ...items]) => items)),
    boughtAt: Uint32Array.from(baskets, ([day]) => day * DAY),
  };
}

/** A question on a day by somebody who bought these baskets, with something in the basket or not. */
export function askedOn(day: number, baskets: readonly Basket[], basket: readonly number[] = []): Question {
  const purchases = baskets.flatMap(([at, ...items]) =>
    items.map((item) => ({ item, kind: 'order' as const, atMs: at * DAY * 1000 })),
  );
  return { context: 'home', session: [], recent: [], basket, purchases, nowMs: day * DAY * 1000 };
}

/** What a feature says of items, by item. */
export function valuesOf(feature: FindingFeature, question: Question, itemCount = 20): Record<number, number> {
  const scores: FeatureScores = new Scores(itemCount);
  feature.score(question, scores);
  return Object.fromEntries([...scores.items.subarray(0, scores.count)].map((item) => [item, scores.values[item]!]));
}

export function allFinite(section: Section): boolean {
  return Object.values(section).every((column) => column.every((value) => Number.isFinite(value)));
}

/** Logs of all sorts: nobody, one product, everything at one instant, times that go backwards, far ahead, products named twice. */
export const anyMembers: fc.Arbitrary<Basket[][]> = fc.array(
  fc.array(
    fc
      .tuple(
        fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constant(49_000)),
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 8 }),
      )
      .map(([day, items]): Basket => [day, ...items]),
    { maxLength: 8 },
  ),
  { maxLength: 12 },
);

/** One member with 10,000 purchases: a basket of four a day. */
export const tirelessBuyer: Basket[] = Array.from({ length: 2_500 }, (_, day) => [day, day % 7, 8, 9, day % 5]);
