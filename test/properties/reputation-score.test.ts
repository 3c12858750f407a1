import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Component, totalOf } from '../../shared/domain/reputation/component.ts';
import { type Counters, difference, sumOf } from '../../shared/domain/reputation/counts.ts';
import { type CreditEntry, creditOf } from '../../shared/domain/reputation/credit.ts';
import { gradeOf } from '../../shared/domain/reputation/grade.ts';
import { ratingOf, reviewWeight } from '../../shared/domain/reputation/rating.ts';
import { inspectionCounts, orderCounts, reviewCounts } from '../../shared/domain/reputation/review-counts.ts';
import { scoreOf } from '../../shared/domain/reputation/score.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { NOW_MS } from '../support/reputation-facts.ts';

const policy = currentPolicy.reputation;
const around = { nowMs: NOW_MS, policy };
const QUARTERS = ['2022q4', '2025q2', '2025q4', '2026q1', '2026q2', '2026q3'];
const small = fc.integer({ min: 0, max: 30 });
const large = fc.oneof(small, fc.integer({ min: 0, max: 3_000 }));

/** The counters of one quarter, as facts can come to. */
const quarter = fc
  .record({
    quarter: fc.constantFrom(...QUARTERS),
    orders: large,
    returned: fc.nat(100),
    reviews: large,
    positive: fc.nat(100),
    upheld: small,
    rejected: small,
    withdrawn: small,
    undecided: small,
    answered: fc.nat(100),
    answeredInTime: fc.nat(100),
    decidedInTime: fc.nat(100),
    overdue: fc.nat(100),
    sampled: large,
    failed: fc.nat(100),
    inspections: fc.integer({ min: 0, max: 3 }),
    mark: fc.option(fc.integer({ min: 0, max: 10_000 })),
  })
  .map((it): Counters => {
    const part = (whole: number, percent: number) => Math.floor((whole * percent) / 100);
    const complaints = it.upheld + it.rejected + it.withdrawn + it.undecided;
    const decided = complaints - it.undecided;
    const answered = part(complaints, it.answered);
    const scored = it.mark === null ? 0 : it.inspections;
    const amounts = {
      orders: it.orders,
      returnedOrders: part(it.orders, it.returned),
      reviews: it.reviews,
      positive: part(it.reviews, it.positive),
      complaints,
      upheld: it.upheld,
      rejected: it.rejected,
      withdrawn: it.withdrawn,
      answered,
      answeredInTime: part(answered, it.answeredInTime),
      decided,
      decidedInTime: part(decided, it.decidedInTime),
      overdue: part(complaints, it.overdue),
      sampled: it.sampled,
      failed: part(it.sampled, it.failed),
      inspections: it.inspections,
      inspectionScored: scored,
      inspectionScore: scored * (it.mark ?? 0),
    };
    return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [`${name}@${it.quarter}`, amount]));
  });

const counters = fc
  .array(quarter, { maxLength: 4 })
  .map((quarters) => sumOf(quarters.map((SHOP) => ({ SHOP }))).SHOP ?? {});

const adding = (known: Counters, more: Counters) => sumOf([{ SHOP: known }, { SHOP: more }]).SHOP ?? {};
const at = fc.constantFrom(...QUARTERS);
const total = (components: readonly Component[]) => totalOf(components);
const gradeScore = (it: Counters) => total(gradeOf(it, around).components);
const flags = fc.record({ late: fc.boolean(), answered: fc.boolean(), answeredInTime: fc.boolean() });

/** One more thing gone wrong, as it would be counted. */
const worse = fc.oneof(
  fc.tuple(at, flags).map(([q, { late, answered, answeredInTime }]): Counters => {
    const lateAnswer = answered && !answeredInTime;
    return {
      [`complaints@${q}`]: 1,
      [`upheld@${q}`]: 1,
      [`decided@${q}`]: 1,
      ...(!late && { [`decidedInTime@${q}`]: 1 }),
      ...(answered && { [`answered@${q}`]: 1 }),
      ...(answered && answeredInTime && { [`answeredInTime@${q}`]: 1 }),
      ...((late || lateAnswer) && { [`overdue@${q}`]: 1 }),
    };
  }),
  at.map((q): Counters => ({ [`complaints@${q}`]: 1, open: 1 })),
  at.map((q): Counters => ({ [`sampled@${q}`]: 1, [`failed@${q}`]: 1, [`inspections@${q}`]: 1 })),
  at.map((q): Counters => ({ [`reviews@${q}`]: 1, [`stars1@${q}`]: 1, [`negative@${q}`]: 1 })),
);

test('components add up to the score, and losses to what is missing', () => {
  fc.assert(
    fc.property(counters, (known) => {
      const { score, components, reasons } = scoreOf(known, around);
      const sum = components.reduce((all, { contribution }) => all + contribution, 0);
      expect(Math.abs(sum - score)).toBeLessThan(1e-9);
      expect(Math.abs(reasons.reduce((all, { lost }) => all + lost, 0) - (100 - score))).toBeLessThan(1e-9);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100);
    }),
  );
});

test('one more complaint, failed piece or bad review never raises a score or a grade', () => {
  fc.assert(
    fc.property(counters, worse, (known, more) => {
      const after = adding(known, more);
      expect(scoreOf(after, around).score).toBeLessThanOrEqual(scoreOf(known, around).score);
      expect(gradeScore(after)).toBeLessThanOrEqual(gradeScore(known));
    }),
    { numRuns: 500 },
  );
});

test('to uphold a complaint or to take an order back never raises a score; to reject a complaint never lowers it', () => {
  fc.assert(
    fc.property(counters, at, (known, q) => {
      const before = scoreOf(known, around).score;
      const undecided = (known[`complaints@${q}`] ?? 0) - (known[`decided@${q}`] ?? 0);
      if (undecided > 0) {
        const decided = (outcome: string) => ({
          [`${outcome}@${q}`]: 1,
          [`decided@${q}`]: 1,
          [`decidedInTime@${q}`]: 1,
        });
        expect(scoreOf(adding(known, decided('upheld')), around).score).toBeLessThanOrEqual(before);
        expect(scoreOf(adding(known, decided('rejected')), around).score).toBeGreaterThanOrEqual(before);
        expect(scoreOf(adding(known, decided('withdrawn')), around).score).toBeGreaterThanOrEqual(before);
      }
      if ((known[`returnedOrders@${q}`] ?? 0) < (known[`orders@${q}`] ?? 0)) {
        const after = adding(known, { [`returnedOrders@${q}`]: 1 });
        expect(scoreOf(after, around).score).toBeLessThanOrEqual(before);
        expect(gradeScore(after)).toBeLessThanOrEqual(gradeScore(known));
      }
    }),
    { numRuns: 500 },
  );
});

test('one more positive review never lowers a score or a grade', () => {
  fc.assert(
    fc.property(counters, at, fc.constantFrom(4, 5), (known, q, stars) => {
      const after = adding(known, { [`reviews@${q}`]: 1, [`stars${stars}@${q}`]: 1, [`positive@${q}`]: 1 });
      expect(scoreOf(after, around).score).toBeGreaterThanOrEqual(scoreOf(known, around).score);
      expect(gradeScore(after)).toBeGreaterThanOrEqual(gradeScore(known));
    }),
    { numRuns: 500 },
  );
});

const instant = fc.integer({ min: Date.parse('2024-01-01'), max: NOW_MS });
const about = {
  productId: fc.constantFrom('pot', 'pan'),
  brandId: fc.option(fc.constantFrom('hearth', 'oak'), { nil: undefined }),
  supplierId: fc.option(fc.constantFrom('sup-1', 'sup-2'), { nil: undefined }),
};
const stars = fc.integer({ min: 1, max: 5 });
const review = fc.record({
  ...about,
  atMs: instant,
  ratings: fc.record({ product: stars, service: fc.option(stars, { nil: undefined }) }),
  weightThousandths: fc.integer({ min: 1, max: 3_000 }),
});
const order = fc.record({
  completedAtMs: fc.option(instant, { nil: undefined }),
  cancelled: fc.boolean(),
  lines: fc.array(fc.record({ ...about, quantity: fc.integer({ min: 1, max: 5 }), returned: fc.nat(6) }), {
    maxLength: 3,
  }),
});
const inspection = fc
  .record({
    ...about,
    atMs: instant,
    sampled: fc.integer({ min: 1, max: 50 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ share, ...it }) => ({ ...it, failed: Math.floor(it.sampled * share) }));
const fact = fc.oneof(review.map(reviewCounts), order.map(orderCounts), inspection.map(inspectionCounts));

test('facts in any order come to the same, and one taken away to what it would be without it', () => {
  fc.assert(
    fc.property(fc.array(fact, { minLength: 1, maxLength: 12 }), fc.nat(), (facts, at) => {
      const views = (parts: typeof facts) =>
        Object.entries(sumOf(parts))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([target, its = {}]) => [target, ratingOf(its, around), scoreOf(its, around), gradeOf(its, around)]);
      expect(views(facts.toReversed())).toEqual(views(facts));
      const [gone = {}] = facts.slice(at % facts.length);
      const rest = facts.toSpliced(at % facts.length, 1);
      const left = Object.keys(sumOf(rest));
      const without = views([...facts, difference({}, gone)]).filter(([target]) => left.includes(target as string));
      expect(without).toEqual(views(rest));
    }),
  );
});

test('the rating lies among the stars and the prior, and one more star for a review never lowers it', () => {
  fc.assert(
    fc.property(fc.array(review, { maxLength: 20 }), review, (reviews, one) => {
      const rate = (all: typeof reviews) => ratingOf(sumOf(all.map(reviewCounts)).SHOP ?? {}, around).weighted;
      const all = [policy.rating.priorMean, ...reviews.map(({ ratings }) => ratings.product)];
      expect(rate(reviews)).toBeGreaterThanOrEqual(Math.min(...all) - 0.005);
      expect(rate(reviews)).toBeLessThanOrEqual(Math.max(...all) + 0.005);
      if (one.ratings.product === 5) return;
      const better = { ...one, ratings: { ...one.ratings, product: one.ratings.product + 1 } };
      expect(rate([...reviews, better])).toBeGreaterThanOrEqual(rate([...reviews, one]));
    }),
  );
});

const entry = fc.record({
  atMs: instant,
  length: fc.nat(1_000),
  mediaCount: fc.nat(5),
  kinds: fc.integer({ min: 1, max: 3 }),
  verified: fc.boolean(),
  named: fc.boolean(),
  state: fc.constantFrom(...(['published', 'held', 'rejected', 'removed', 'replaced'] as const)),
  helpful: fc.nat(20),
  unhelpful: fc.nat(20),
});
const entries = fc
  .array(entry, { maxLength: 12 })
  .map((list) => list.map((it, index): CreditEntry => ({ ...it, reviewId: `rev-${index}` })));

test('credit does not depend on the order of reviews, is the sum of its reasons, and no rejection raises it', () => {
  fc.assert(
    fc.property(entries, fc.nat(), (list, at) => {
      const it = creditOf(list, around);
      expect(creditOf(list.toReversed(), around)).toEqual(it);
      const sum = it.reasons.reduce((all, { contribution }) => all + contribution, 0);
      expect(Math.abs(sum - it.credit)).toBeLessThan(1e-9);
      expect(it.credit).toBeGreaterThanOrEqual(0);
      expect(it.credit).toBeLessThanOrEqual(100);
      const one = list[at % Math.max(1, list.length)];
      if (one === undefined || one.state === 'published') return;
      const fake = { ...one, state: 'rejected' as const, rejectedAtMs: NOW_MS };
      const others = list.filter(({ reviewId }) => reviewId !== one.reviewId);
      expect(creditOf([...others, fake], around).credit).toBeLessThanOrEqual(creditOf(others, around).credit);
    }),
  );
});

test('a review weighs more with every helpful vote and less with every other one', () => {
  const facts = fc.record({
    creditWeight: fc.constantFrom(0.3, 1, 1.2, 1.5),
    verified: fc.boolean(),
    helpful: fc.nat(200),
    unhelpful: fc.nat(200),
    incentivised: fc.boolean(),
    length: fc.nat(500),
  });
  fc.assert(
    fc.property(facts, (it) => {
      const weight = (more: Partial<typeof it>) => reviewWeight({ ...it, ...more }, policy).thousandths;
      expect(weight({ helpful: it.helpful + 1 })).toBeGreaterThanOrEqual(weight({}));
      expect(weight({ unhelpful: it.unhelpful + 1 })).toBeLessThanOrEqual(weight({}));
      expect(weight({ verified: true })).toBeGreaterThanOrEqual(weight({ verified: false }));
    }),
  );
});
