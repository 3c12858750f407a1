import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderLine } from '../../../shared/domain/loyalty/order-facts.ts';
import { type AskedCoupon, type QuoteQuestion, quote } from '../../../shared/domain/quote/quote.ts';
import type { CouponDefinition } from '../../../shared/policy/coupon-schema.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy, type Policy } from '../../../shared/policy/policy.ts';
import { at, completed, effectOf, lifeOf, placed, policyWith } from '../../support/shop-story.ts';

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
    expect(answer.lines[0]?.why).toEqual([
      { code: 'tier_discount', text: 'gold: 10 % off', amount: -1_000 },
      { code: 'coupon', text: 'a', amount: -4_500 },
      { code: 'coupon', text: 'b', amount: -1_000 },
    ]);
    expect(answer.pointsToEarn).toBe(35);
  });

  it('are among the reasons of those lines alone that they take something off', () => {
    const lines = [line('1', 1_000, { category: 'Food/Tea' }), line('2', 1_000)];
    const coupons = [coupon('tea', { amount: 300, categories: ['Food'] }), coupon('all', { amount: 170 })];
    const answer = ask({ account: buyer(10_000), lines, coupons });
    expect(answer.lines.map(({ why }) => why.map(({ text, amount }) => [text, amount]))).toEqual([
      [
        ['tea', -300],
        ['all', -70],
      ],
      [['all', -100]],
    ]);
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

  it.each([
    { what: 'all of it', with: { kind: 'percent', percent: 100 }, off: 10_001 },
    { what: 'a third of it, exactly', with: { kind: 'percent', percent: 33 }, off: 3_300 },
    {
      what: 'a third of it, at most 8.00 of the base currency',
      with: { kind: 'percent', percent: 33, limit: 800 },
      off: 100,
    },
    { what: '8.00 of the base currency, from 800.08 on', with: { amount: 800, minimum: 80_008 }, off: 100 },
    { what: 'nothing of it, from 800.16 on', with: { amount: 800, minimum: 80_016 }, off: 0 },
  ])('has a coupon take $what', ({ with: parts, off }) => {
    const coupons = [coupon('a', parts as never)];
    const answer = ask({ account: buyer(10_000), currency: 'EUR', lines: [line('1', 10_001)], coupons }, policy);
    expect([answer.total.couponDiscount, answer.coupons[0]?.discount ?? 0]).toEqual([off, off]);
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

describe('an order that is placed as it was quoted', () => {
  const policies = (['accumulated', 'rolling_12_months', 'calendar_year'] as const).flatMap((basis) =>
    [
      { rate: 8, digits: 2 },
      { rate: 0.05, digits: 0 },
      { rate: 7.3456, digits: 3 },
    ].map((currency) =>
      policyWith((it) => {
        it.tiers.basis = basis;
        it.currencies.EUR = currency;
        it.points.multipliers = [
          { id: 'tea_days', from: '2026-02-01', to: '2026-02-01', factor: 3, categories: ['Food'] },
          { id: 'kiln_days', from: '2026-02-01', to: '2026-02-01', factor: 1.37, brands: ['kiln'] },
        ] as never;
      }),
    ),
  );
  const basket = fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 5 }),
      unitPrice: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 400_000 })),
      percentOff: fc.integer({ min: 0, max: 100 }),
      category: fc.constantFrom('Food/Tea', 'Garden'),
      brandId: fc.constantFrom('kiln', 'hearth'),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const definition = fc.record({
    offer: fc.oneof(
      fc.integer({ min: 1, max: 30_000 }).map((amount) => ({ kind: 'amount', amount })),
      fc.constantFrom(5, 12.5, 33, 100).map((percent) => ({ kind: 'percent', percent })),
    ),
    only: fc.constantFrom({}, { categories: ['Food'] }, { minimum: 5_000 }),
  });
  const past = fc.array(
    fc.record({
      day: fc.constantFrom('2025-01-10', '2025-08-01', '2026-01-02'),
      total: fc.integer({ min: 0, max: 700_000 }),
    }),
    { maxLength: 3 },
  );

  it('earns what the quote said, line by line, and brings the tier it said; all sums of the quote add up', () => {
    let risen = 0;
    fc.assert(
      fc.property(basket, fc.array(definition, { maxLength: 3 }), past, fc.constantFrom(...policies), (...given) => {
        const [lines, definitions, earlier, policy] = given;
        const told = earlier.flatMap(({ day, total }, index) => [
          placed(day, { orderId: `old-${index}`, total, currency: 'CNY' }),
          completed(day, { orderId: `old-${index}` }),
        ]);
        const asked = lines.map(({ quantity, unitPrice, percentOff, ...parts }, index) => {
          const discount = Math.floor((quantity * unitPrice * percentOff) / 100);
          return line(String(index + 1), unitPrice, { quantity, discount, ...parts } as Partial<OrderLine>);
        });
        const coupons = definitions.map(({ offer, only }, index) =>
          coupon(String(index), { ...offer, ...only } as Partial<CouponDefinition>),
        );
        const { account } = lifeOf('ann', told, NOW, policy);
        const answer = ask({ account, currency: 'EUR', lines: asked, coupons }, policy);

        const { price, memberDiscount, couponDiscount, net } = answer.total;
        expect(price - memberDiscount - couponDiscount).toBe(net);
        expect(sum(answer.coupons.map(({ discount = 0 }) => discount))).toBe(couponDiscount);
        expect(sum(answer.lines.map((it) => it.net))).toBe(net);
        for (const it of answer.lines) {
          expect(it.price + sum(it.why.map(({ amount = 0 }) => amount))).toBe(it.net);
          expect(it.net).toBeGreaterThanOrEqual(0);
        }

        const ordered = asked.map((it, index) => {
          return { ...it, discount: it.quantity * it.unitPrice - (answer.lines[index]?.net ?? 0) };
        });
        const order = placed(NOW, { orderId: 'new', lines: ordered });
        const [posting] = effectOf([order], policy).postings;
        expect(posting).toMatchObject({ points: answer.pointsToEarn, arithmetic: answer.earning.arithmetic });
        expect(sum(answer.lines.map((it) => it.pointsToEarn))).toBe(answer.pointsToEarn);
        const after = lifeOf('ann', [...told, order, completed(NOW, { orderId: 'new' })], NOW, policy).account;
        expect(after.tier.id).toBe(answer.tier?.after);
        if (after.tier.id !== account.tier.id) risen += 1;
      }),
      { numRuns: 300 },
    );
    expect(risen).toBeGreaterThan(0);
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
