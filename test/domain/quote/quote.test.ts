import { describe, expect, it } from 'vitest';
import type { OrderLine } from '../../../shared/domain/loyalty/order-facts.ts';
import { type AskedCoupon, type QuoteQuestion, quote } from '../../../shared/domain/quote/quote.ts';
import type { CouponDefinition } from '../../../shared/policy/coupon-schema.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy, type Policy } from '../../../shared/policy/policy.ts';
import { at, completed, lifeOf, placed, policyWith } from '../../support/shop-story.ts';

const NOW = '2026-02-01T12:00:00Z';

const line = (lineId: string, unitPrice: number, parts: Partial<OrderLine> = {}): OrderLine =>
  ({ lineId, productId: `p${lineId}`, quantity: 1, unitPrice, ...parts }) as OrderLine;

/** Somebody who has bought for so much, and has one point to spend for each unit of it. */
const buyer = (spend: number) =>
  lifeOf('ann', [placed('2026-01-05', { total: spend }), completed('2026-01-06')], NOW).account;

function ask(parts: Partial<QuoteQuestion>, policy: Policy = currentPolicy) {
  const question = { currency: 'CNY', lines: [line('1', 10_000)], coupons: [], nowMs: at(NOW), ...parts };
  const answer = quote(question, always(policy));
  if (answer === undefined) throw new Error('no quote');
  return answer;
}

const coupon = (couponId: string, definition: Partial<CouponDefinition>): AskedCoupon => ({
  couponId,
  kind: 'usable',
  definition: { id: 'spring', kind: 'amount', amount: 1_000, perMember: 1, ...definition } as CouponDefinition,
});

describe("a member's price", () => {
  it.each([
    { tier: 'basic', spend: 99_900, off: 0 },
    { tier: 'silver', spend: 100_000, off: 500 },
    { tier: 'gold', spend: 500_000, off: 1_000 },
    { tier: 'diamond', spend: 2_000_000, off: 1_500 },
  ])('of $tier is $off off a hundred', ({ tier, spend, off }) => {
    const answer = ask({ account: buyer(spend) });
    expect(answer.lines).toMatchObject([{ price: 10_000, memberPrice: 10_000 - off, net: 10_000 - off }]);
    expect(answer.total).toEqual({ price: 10_000, memberDiscount: off, couponDiscount: 0, net: 10_000 - off });
    expect(answer.tier?.now).toBe(tier);
    expect(answer.lines[0]?.why).toEqual(
      off === 0 ? [] : [{ code: 'tier_discount', text: `${tier}: ${off / 100} % off`, amount: -off }],
    );
  });

  it('is rounded half up, line by line, after the discount of the line itself', () => {
    const lines = [line('1', 30), line('2', 10, { quantity: 3 }), line('3', 129, { discount: 99 })];
    const answer = ask({ account: buyer(100_000), lines });
    // 95 % of 30 is 28.5.
    expect(answer.lines.map(({ price, memberPrice }) => [price, memberPrice])).toEqual([
      [30, 29],
      [30, 29],
      [30, 29],
    ]);
  });

  it('is the price itself for a guest, who is told what a member would earn', () => {
    const answer = ask({});
    expect(answer).toMatchObject({
      total: { net: 10_000 },
      pointsToEarn: 0,
      earning: { pointsIfMember: 100, detail: 'guests earn nothing' },
      redeemable: { points: 0, amount: 0, detail: 'guests have none' },
    });
    expect(answer).not.toHaveProperty('tier');
  });
});

describe('points', () => {
  it('are earned on what is paid, by the rule that books the order', () => {
    const answer = ask({ account: buyer(100_000), lines: [line('1', 5_000), line('2', 5_050)] });
    // 95.48 after five per cent.
    expect(answer).toMatchObject({ pointsToEarn: 95, earning: { arithmetic: 'floor(95.48 x 1) = 95' } });
    expect(answer.lines.map(({ pointsToEarn }) => pointsToEarn)).toEqual([47, 48]);
  });

  it('are more in a period, and the line says so', () => {
    const policy = policyWith((it) => {
      it.points.multipliers = [
        { id: 'tea_days', from: '2026-02-01', to: '2026-02-01', factor: 3, categories: ['Food'] },
      ] as never;
    });
    const lines = [line('1', 1_000, { category: 'Food/Tea' }), line('2', 1_000)];
    const answer = ask({ account: buyer(10_000), lines }, policy);
    expect(answer.pointsToEarn).toBe(40);
    expect(answer.lines.map(({ why }) => why)).toEqual([[{ code: 'period', text: 'tea_days: points x 3' }], []]);
  });

  it.each([
    { has: 100_000, net: 10_000, points: 1_000, amount: 1_000, detail: 'all there is' },
    { has: 1_000_000, net: 10_000, points: 4_500, amount: 4_500, detail: '50 % of the order' },
    {
      has: 500_000_000,
      net: 900_000_000,
      points: 1_000_000,
      amount: 1_000_000,
      detail: 'the most that one redemption takes',
    },
  ])('of $has pay at most $points of an order of $net: $detail', ({ has, net, points, amount, detail }) => {
    expect(ask({ account: buyer(has), lines: [line('1', net)] }).redeemable).toEqual({ points, amount, detail });
  });

  it('that are owed pay nothing, and the quote says why', () => {
    const account = { ...buyer(10_000), lots: [], debt: 7 };
    expect(ask({ account }).redeemable).toMatchObject({ points: 0, detail: '7 points are owed' });
  });
});

describe('coupons', () => {
  it("come off the member's price, each on what the one before has left", () => {
    const coupons = [coupon('a', { kind: 'percent', percent: 50 } as never), coupon('b', { amount: 1_000 })];
    const answer = ask({ account: buyer(500_000), coupons });
    expect(answer.total).toEqual({ price: 10_000, memberDiscount: 1_000, couponDiscount: 5_500, net: 3_500 });
    expect(answer.coupons).toMatchObject([
      { couponId: 'a', applies: true, discount: 4_500 },
      { couponId: 'b', applies: true, discount: 1_000 },
    ]);
    expect(answer.lines[0]?.why).toContainEqual({ code: 'coupon', text: 'a, b', amount: -5_500 });
    expect(answer.pointsToEarn).toBe(35);
  });

  it.each([
    { what: 'another category', with: { categories: ['Garden'] }, code: 'coupon_wrong_category' },
    { what: 'a minimum that is not reached', with: { minimum: 10_001 }, code: 'coupon_below_minimum' },
  ])('that are for $what take nothing, and say so', ({ with: parts, code }) => {
    const answer = ask({ account: buyer(10_000), coupons: [coupon('a', parts)] });
    expect(answer.coupons).toMatchObject([{ couponId: 'a', applies: false, code }]);
    expect(answer.total.couponDiscount).toBe(0);
  });

  it('that cannot be used leave the others alone', () => {
    const refused = { couponId: 'x', kind: 'refused', code: 'coupon_expired', detail: 'It expired.' } as const;
    const answer = ask({ account: buyer(10_000), coupons: [refused, coupon('a', {})] });
    expect(answer.coupons).toEqual([
      { couponId: 'x', applies: false, code: 'coupon_expired', detail: 'It expired.' },
      { couponId: 'a', applies: true, discount: 1_000, detail: '1000 off' },
    ]);
  });

  it('never make a line cost less than nothing', () => {
    const answer = ask({ account: buyer(10_000), coupons: [coupon('a', { amount: 1_000_000 })] });
    expect(answer.total.net).toBe(0);
    expect(answer.redeemable).toMatchObject({ points: 0, detail: '50 % of the order' });
  });
});

describe('another currency', () => {
  const policy = policyWith((it) => {
    it.currencies.EUR = { rate: 8, digits: 2 };
  });

  it('is what the answer is in, while points, coupons and tiers go by the base currency', () => {
    const answer = ask(
      { account: buyer(100_000), currency: 'EUR', lines: [line('1', 10_000)], coupons: [coupon('a', { amount: 800 })] },
      policy,
    );
    expect(answer.total).toEqual({ price: 10_000, memberDiscount: 500, couponDiscount: 100, net: 9_400 });
    expect(answer.pointsToEarn).toBe(752);
    // 1,000 points are 10.00 in the base currency.
    expect(answer.redeemable).toMatchObject({ points: 1_000, amount: 125 });
  });

  it('that the policy does not know has no quote', () => {
    const question = { currency: 'XAU', lines: [line('1', 1)], coupons: [], nowMs: at(NOW) };
    expect(quote(question, always(currentPolicy))).toBeUndefined();
  });
});

it('the tier that the order would bring is told, and what is missing to the one after', () => {
  expect(ask({ account: buyer(95_000), lines: [line('1', 10_000)] }).tier).toEqual({
    now: 'basic',
    after: 'silver',
    next: { id: 'gold', remaining: 395_000 },
  });
});
