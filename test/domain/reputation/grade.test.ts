import { describe, expect, it } from 'vitest';
import { gradeOf } from '../../../shared/domain/reputation/grade.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';
import { countersOf, type Known, NOW_MS } from '../../support/reputation-facts.ts';

const policy = currentPolicy.reputation;
const grade = (known: Known) => gradeOf(countersOf(known), { nowMs: NOW_MS, policy });
const best = { sampled: 100, orders: 50, reviews: 20, positive: 20 };

describe('the grade of a product', () => {
  it.each([
    { what: 'that nothing can be said against', known: best, id: 'AAA', score: 100 },
    {
      what: 'with a few faults',
      known: { ...best, failed: 2, returned: 1, positive: 19 },
      id: 'AA',
      score: 94.1,
    },
    {
      what: 'of which some come back',
      known: { ...best, failed: 5, returned: 5, positive: 17 },
      id: 'A',
      score: 78,
    },
    { what: 'with more faults', known: { ...best, failed: 8, returned: 8, positive: 15 }, id: 'A', score: 62.8 },
    { what: 'with many', known: { ...best, failed: 15, returned: 10, positive: 10 }, id: 'none', score: 39.7 },
    { what: 'that was inspected, and no more', known: { sampled: 100 }, id: 'AA', score: 91.8 },
    { what: 'that was never inspected', known: { ...best, sampled: 0 }, id: 'AA', score: 90.7 },
  ])('$what is $id at $score', ({ known, id, score }) => {
    expect(grade(known)).toMatchObject({ id, score });
  });

  it.each([
    { what: 'nothing', known: {}, coverage: 0 },
    { what: 'a few reviews', known: { reviews: 9, positive: 9 }, coverage: 27 },
    { what: 'ten pieces inspected and nothing else', known: { sampled: 10 }, coverage: 20 },
  ])('of which only $what is known is none, and says why', ({ known, coverage }) => {
    expect(grade(known)).toMatchObject({ id: 'none', score: null, coverage });
    expect(grade(known).reasons[0]).toEqual({ code: 'not_enough_evidence', coverage, needed: 40 });
  });

  it('that reaches none says what it would have taken', () => {
    const { score, reasons } = grade({ ...best, failed: 40 });
    expect(score).toBe(60);
    expect(reasons[0]).toMatchObject({ code: 'inspections', lost: 40 });
    expect(grade({ ...best, failed: 40, returned: 1 }).reasons[0]).toEqual({
      code: 'below_lowest_grade',
      score: 58.8,
      needed: 60,
    });
  });

  it.each([
    { score: 95, id: 'AAA' },
    { score: 94.9, id: 'AA' },
    { score: 80, id: 'AA' },
    { score: 79.9, id: 'A' },
    { score: 60, id: 'A' },
    { score: 59.9, id: 'none' },
  ])('at $score is $id', ({ score, id }) => {
    const weights = { inspections: 100, returns: 0, satisfaction: 0 };
    const only = policyOf(
      Object.fromEntries(
        Object.entries(weights).map(([name, weight]) => [`reputation.grade.components.${name}.weight`, weight]),
      ),
    ).reputation;
    const counters = countersOf({ sampled: 100, mark: score });
    expect(gradeOf(counters, { nowMs: NOW_MS, policy: only })).toMatchObject({ id, score });
  });

  it('is the sum of its components', () => {
    const { score, components, reasons } = grade({ ...best, failed: 2, returned: 3, positive: 17 });
    expect(components.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score ?? 0, 9);
    const lost = reasons.reduce((sum, reason) => sum + ('lost' in reason ? reason.lost : 0), 0);
    expect(lost).toBeCloseTo(100 - (score ?? 0), 9);
  });
});
