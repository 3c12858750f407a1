import { describe, expect, it } from 'vitest';
import { attacked } from '../../infra/attacks/attacks.ts';
import { chanceOf } from '../../infra/attacks/chance.ts';
import { ATTACKS, type AttackKind } from '../../infra/attacks/simulated-review.ts';
import { quietShop } from './quiet-shop.ts';

const real = quietShop(200);
const fromMs = real[Math.floor(real.length / 4)]?.atMs ?? 0;
const { reviews, attacks } = attacked(real, chanceOf(9), { fromMs, share: 0.2 });
const falseOnes = reviews.filter(({ attack }) => attack !== undefined);
const ofKind = (kind: AttackKind) => falseOnes.filter(({ attack }) => attack?.kind === kind);

describe('attacks on a stream', () => {
  it('are a minority in it, of every kind, and leave the real reviews as they are', () => {
    expect(falseOnes.length).toBeLessThan(real.length / 5);
    expect(new Set(attacks.map(({ kind }) => kind))).toEqual(new Set(ATTACKS));
    expect(reviews.filter(({ attack }) => attack === undefined)).toEqual(real);
    expect(new Set(reviews.map(({ reviewId }) => reviewId)).size).toBe(reviews.length);
  });

  it('stand in order of time, within the time they are given', () => {
    const times = reviews.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Math.min(...falseOnes.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(fromMs);
    expect(Math.max(...falseOnes.map(({ atMs }) => atMs))).toBeLessThanOrEqual(times.at(-1) ?? 0);
  });

  it('are the same for the same seed, and else others', () => {
    expect(attacked(real, chanceOf(9), { fromMs, share: 0.2 }).reviews).toEqual(reviews);
    expect(attacked(real, chanceOf(10), { fromMs, share: 0.2 }).reviews).not.toEqual(reviews);
  });

  it.each(ATTACKS)('%s: some items are bought, stars vary, and most texts are one of a kind', (kind) => {
    const own = ofKind(kind);
    const bought = own.filter(({ verified }) => verified).length / own.length;
    expect(bought).toBeGreaterThan(0);
    expect(bought).toBeLessThan(0.8);
    expect(new Set(own.map(({ stars }) => stars)).size).toBeGreaterThan(1);
    const mean = own.reduce((sum, { stars }) => sum + stars, 0) / own.length;
    expect(kind === 'bombing' ? 6 - mean : mean).toBeGreaterThan(4);
    for (const { accountAgeDays } of own) expect(accountAgeDays).toBeGreaterThanOrEqual(0);
  });

  it('end when their last review comes in', () => {
    for (const { id, untilMs, productIds } of attacks) {
      const own = falseOnes.filter(({ attack }) => attack?.id === id);
      expect(Math.max(...own.map(({ atMs }) => atMs))).toBe(untilMs);
      expect(new Set(own.map(({ productId }) => productId))).toEqual(new Set(productIds));
    }
  });

  it('use sleepers that are old, farms whose members write much, and accounts that serve one drip', () => {
    for (const { accountAgeDays } of ofKind('sleepers')) expect(accountAgeDays).toBeGreaterThanOrEqual(200);
    const perMember = Map.groupBy(ofKind('farm'), ({ memberId }) => memberId);
    for (const own of perMember.values()) expect(own.length).toBeGreaterThanOrEqual(6);
    expect(new Set(ofKind('drip').map(({ memberId }) => memberId)).size).toBe(ofKind('drip').length);
  });
});
