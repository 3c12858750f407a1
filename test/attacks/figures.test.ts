import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../infra/attacks/figures.ts';
import { ATTACKS } from '../../infra/attacks/simulated-review.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { policyOf } from '../support/policies.ts';
import { quietShop } from './quiet-shop.ts';

const real = quietShop(120);
const share = 0.15;
const figures = figuresOf(real, { seed: 21, policy: currentPolicy, share });

describe('the figures of attacks, on a small shop of its own', () => {
  it('find most of the false reviews and few of the real ones', () => {
    expect(figures.precision).toBeGreaterThan(0.8);
    expect(figures.recall).toBeGreaterThan(0.7);
    expect(figures.falseHolds).toBeLessThan(0.05);
    expect(figures.falseHoldsInPeace).toBeLessThan(0.01);
  });

  it('count every review of the half and of every kind of attack once', () => {
    const perAttack = ATTACKS.map((kind) => figures.perAttack[kind].reviews);
    expect(perAttack.reduce((sum, it) => sum + it, 0)).toBe(figures.attackReviews);
    expect(figures.reviews - figures.attackReviews).toBeGreaterThan(real.length * 0.45);
    expect(figures.calibration.reduce((sum, { reviews }) => sum + reviews, 0)).toBe(figures.reviews);
  });

  it('show ratings that move less than the plain mean', () => {
    for (const kind of ['burst', 'bombing', 'farm', 'sleepers', 'copies'] as const) {
      const { shown, plain, products } = figures.ratingMoves[kind];
      expect(products).toBeGreaterThan(0);
      expect(shown.mean).toBeLessThan(plain.mean);
      expect(shown.worst).toBeGreaterThanOrEqual(shown.mean);
    }
  });

  it('are the same every time', () => {
    expect(figuresOf(real, { seed: 21, policy: currentPolicy, share })).toEqual(figures);
  });

  it('find nothing where nothing is held', () => {
    const blind = policyOf({ 'moderation.holdFrom': 1, 'moderation.rejectFrom': 1, 'moderation.base': -20 });
    expect(figuresOf(real, { seed: 21, policy: blind, share })).toMatchObject({ recall: 0, falseHolds: 0 });
  });
});
