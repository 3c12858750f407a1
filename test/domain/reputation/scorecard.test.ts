import { describe, expect, it } from 'vitest';
import { sumOf } from '../../../shared/domain/reputation/counts.ts';
import { reviewCounts } from '../../../shared/domain/reputation/review-counts.ts';
import { scorecardOf } from '../../../shared/domain/reputation/scorecard.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { countersOf, NOW_MS, together } from '../../support/reputation-facts.ts';

const { reputation: policy, complaints } = currentPolicy;
const scorecard = (counters: Record<string, number>) =>
  scorecardOf(counters, { nowMs: NOW_MS, policy, support: complaints.goals });

const KNOWN = together(
  countersOf({
    reviews: 40,
    positive: 38,
    orders: 500,
    returned: 26,
    complaints: 2,
    upheld: 1,
    sampled: 200,
    failed: 5,
    answered: 2,
    answeredInTime: 2,
    decided: 1,
    decidedInTime: 1,
  }),
  { 'answerMs@2026q2': 660_000, 'decideMs@2026q2': 7_200_000, 'rated@2026q2': 2, 'satisfaction@2026q2': 9 },
);

describe('a scorecard', () => {
  it.each([
    { id: 'pass_rate', value: 0.975, n: 195, of: 200, goal: { at: 'least', value: 0.975 }, met: true },
    { id: 'return_rate', value: 0.052, n: 26, of: 500, goal: { at: 'most', value: 0.05 }, met: false },
    { id: 'satisfaction', value: 0.95, n: 38, of: 40, goal: { at: 'least', value: 0.95 }, met: true },
    { id: 'complaint_rate', value: 0.004, n: 2, of: 500, goal: { at: 'most', value: 0.005 }, met: true },
    { id: 'upheld_rate', value: 0.5, n: 1, of: 2 },
    { id: 'first_response_ms', value: 330_000, n: 660_000, of: 2, goal: { at: 'most', value: 300_000 }, met: false },
    { id: 'answered_in_time', value: 1, n: 2, of: 2, goal: { at: 'least', value: 0.98 }, met: true },
    { id: 'decision_ms', value: 7_200_000, n: 7_200_000, of: 1 },
    { id: 'decided_in_time', value: 1, n: 1, of: 1, goal: { at: 'least', value: 0.98 }, met: true },
    { id: 'resolution_rate', value: 0.5, n: 1, of: 2, goal: { at: 'least', value: 0.98 }, met: false },
    { id: 'complaint_satisfaction', value: 0.9, n: 9, of: 10, goal: { at: 'least', value: 0.95 }, met: false },
  ])('has the $id as $n of $of', (row) => {
    const figure = scorecard(KNOWN).figures.find(({ id }) => id === row.id);
    const { interval: _, ...shown } = figure ?? {};
    expect(shown).toEqual(row);
  });

  it('says nothing of what there is nothing to measure', () => {
    const { figures, satisfactionScore, stages } = scorecard({});
    expect(figures).toHaveLength(11);
    for (const figure of figures) {
      expect(figure).toMatchObject({ value: null, of: 0 });
      expect(figure).not.toHaveProperty('met');
    }
    expect(satisfactionScore).toBeNull();
    expect(stages.map(({ rating }) => rating)).toEqual([null, null, null, null]);
  });

  it('weighs what members say of each stage of the service', () => {
    const review = (product: number, service?: number, logistics?: number) =>
      reviewCounts({ productId: 'pot', atMs: NOW_MS, ratings: { product, service, logistics }, weightThousandths: 1 });
    const counts = sumOf([review(5, 4, 1), review(4, 3), review(4)]);
    const { satisfactionScore, stages, ...answer } = scorecard(counts.SHOP ?? {});
    expect(stages).toEqual([
      { id: 'product', weight: 40, rating: 4.33, count: 3 },
      { id: 'service', weight: 20, rating: 3.5, count: 2 },
      { id: 'logistics', weight: 20, rating: 1, count: 1 },
      { id: 'complaints', weight: 20, rating: null, count: 0 },
    ]);
    // (40 x 4.33 + 20 x 3.5 + 20 x 1) / 80
    expect(satisfactionScore).toBe(3.29);
    expect(answer).toMatchObject({ formulaVersion: '1', window: { basis: 'all' } });
  });
});
