import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyCoupons, type CouponLine, couponDiscount } from '../../../shared/domain/coupon/coupon-discount.ts';
import type { CouponDefinition } from '../../../shared/policy/coupon-schema.ts';

type Terms<Kind> = Partial<Omit<Extract<CouponDefinition, { kind: Kind }>, 'kind' | 'brands'>> & { brands?: string[] };

const amount = (terms: Terms<'amount'>) =>
  ({ kind: 'amount', id: 'c', perMember: 1, amount: 500, ...terms }) as CouponDefinition;
const percent = (terms: Terms<'percent'>) =>
  ({ kind: 'percent', id: 'c', perMember: 1, percent: 10, ...terms }) as CouponDefinition;

const lines = (...nets: number[]): CouponLine[] => nets.map((net, index) => ({ lineId: `${index + 1}`, net }));
const shares = (definition: CouponDefinition, of: readonly CouponLine[]) => {
  const result = couponDiscount(definition, of);
  return result.kind === 'applies' ? result.lines.map((line) => line.discount) : result.code;
};

describe('a coupon of an amount', () => {
  it('is shared over the lines by their nets', () => {
    expect(couponDiscount(amount({ amount: 100 }), lines(300, 100))).toEqual({
      kind: 'applies',
      discount: 100,
      lines: [
        { lineId: '1', discount: 75 },
        { lineId: '2', discount: 25 },
      ],
      arithmetic: '100 off',
    });
  });

  it('gives what does not divide to the largest remainder, of equal ones to the earlier line', () => {
    expect(shares(amount({ amount: 100 }), lines(1_000, 1_000, 1_000))).toEqual([34, 33, 33]);
  });

  it('takes no more off than there is', () => {
    const result = couponDiscount(amount({ amount: 500 }), lines(120, 200));
    expect(result).toMatchObject({ discount: 320, arithmetic: 'min(500, 320) = 320' });
    expect(shares(amount({ amount: 500 }), lines(120, 200))).toEqual([120, 200]);
  });
});

describe('a coupon of a percentage', () => {
  it.each([
    { terms: {}, net: 1_000, discount: 100, arithmetic: '10 % of 1000 = 100' },
    { terms: {}, net: 1_005, discount: 101, arithmetic: '10 % of 1005 = 101' },
    { terms: {}, net: 1_004, discount: 100, arithmetic: '10 % of 1004 = 100' },
    { terms: { percent: 12.35 }, net: 10_000, discount: 1_235, arithmetic: '12.35 % of 10000 = 1235' },
    { terms: { percent: 100 }, net: 999, discount: 999, arithmetic: '100 % of 999 = 999' },
    { terms: { limit: 60 }, net: 1_000, discount: 60, arithmetic: '10 % of 1000 = 100, at most 60' },
    { terms: { limit: 100 }, net: 1_000, discount: 100, arithmetic: '10 % of 1000 = 100' },
    { terms: { percent: 0.07 }, net: 1_000_000_000_000, discount: 700_000_000, arithmetic: expect.any(String) },
  ])('$terms takes $discount off $net', ({ terms, net, discount, arithmetic }) => {
    expect(couponDiscount(percent(terms), lines(net))).toMatchObject({ kind: 'applies', discount, arithmetic });
  });
});

describe('the lines that a coupon is for', () => {
  const basket: CouponLine[] = [
    { lineId: '1', net: 1_000, category: 'Home/Kitchen', brandId: 'hearth' },
    { lineId: '2', net: 1_000, category: 'Homes' },
    { lineId: '3', net: 1_000, category: 'Home' },
    { lineId: '4', net: 1_000, brandId: 'leaf' },
  ];

  it.each([
    { what: 'a category holds what lies below it', terms: { categories: ['Home'] }, expected: [100, 0, 100, 0] },
    { what: 'a category below another', terms: { categories: ['Home/Kitchen'] }, expected: [100, 0, 0, 0] },
    { what: 'a brand', terms: { brands: ['leaf'] }, expected: [0, 0, 0, 100] },
    { what: 'a category or a brand', terms: { categories: ['Homes'], brands: ['leaf'] }, expected: [0, 100, 0, 100] },
    { what: 'all', terms: {}, expected: [100, 100, 100, 100] },
  ])('$what', ({ terms, expected }) => {
    expect(shares(percent(terms), basket)).toEqual(expected);
  });

  it('are those whose net counts for the minimum', () => {
    expect(shares(amount({ categories: ['Home'], minimum: 2_000 }), basket)).toEqual([250, 0, 250, 0]);
    expect(shares(amount({ categories: ['Home'], minimum: 2_001 }), basket)).toBe('coupon_below_minimum');
  });
});

describe('a coupon is refused', () => {
  it.each([
    {
      code: 'coupon_wrong_category',
      definition: amount({ categories: ['Food'], brands: ['leaf'] }),
      detail: 'The coupon is for the categories Food and the brands leaf alone.',
    },
    {
      code: 'coupon_below_minimum',
      definition: amount({ minimum: 1_001 }),
      detail: 'The lines it is for come to 1000 of at least 1001 minor units.',
    },
    {
      code: 'coupon_without_effect',
      definition: percent({ percent: 0.04 }),
      detail: 'Of 1000 minor units the coupon takes nothing off.',
    },
  ])('$code', ({ code, definition, detail }) => {
    expect(couponDiscount(definition, lines(1_000))).toEqual({ kind: 'refused', code, detail });
  });

  it('where there are no lines at all, and where they come to nothing', () => {
    expect(shares(amount({}), [])).toBe('coupon_wrong_category');
    expect(shares(amount({}), lines(0, 0))).toBe('coupon_without_effect');
  });
});

describe('several coupons', () => {
  it('are applied in the order given, each on what is left', () => {
    const half = percent({ percent: 50 });
    const some = amount({ amount: 300 });
    expect(applyCoupons([{ definition: half }, { definition: some }], lines(1_000)).discount).toBe(800);
    expect(applyCoupons([{ definition: some }, { definition: half }], lines(1_000)).discount).toBe(650);
  });

  it('tell each by itself, with what the caller knows of it', () => {
    const coupons = [
      { couponId: 'a', definition: amount({ amount: 900 }) },
      { couponId: 'b', definition: amount({ minimum: 500 }) },
      { couponId: 'c', definition: percent({ percent: 50 }) },
    ];
    const applied = applyCoupons(coupons, lines(600, 400));
    expect(applied.coupons.map(({ couponId, result }) => [couponId, result.kind])).toEqual([
      ['a', 'applies'],
      ['b', 'refused'],
      ['c', 'applies'],
    ]);
    expect(applied).toMatchObject({
      discount: 950,
      lines: [
        { lineId: '1', discount: 570, net: 30 },
        { lineId: '2', discount: 380, net: 20 },
      ],
    });
  });

  it('none at all leave the lines as they are', () => {
    expect(applyCoupons([], lines(7))).toEqual({
      coupons: [],
      discount: 0,
      lines: [{ lineId: '1', discount: 0, net: 7 }],
    });
  });
});

it('the shares sum to the discount, no line gets more off than its net, whatever the coupons', () => {
  const anyLine = fc.record({
    net: fc.integer({ min: 0, max: 1_000_000 }),
    category: fc.constantFrom('Home', 'Home/Kitchen', 'Homes', 'Food'),
  });
  const anyCoupon = fc.oneof(
    fc.record({ amount: fc.integer({ min: 1, max: 2_000_000 }) }).map((terms) => amount(terms)),
    fc
      .record({ hundredths: fc.integer({ min: 1, max: 10_000 }), limit: fc.integer({ min: 1, max: 9_999 }) })
      .map((it) => percent({ percent: it.hundredths / 100, limit: it.limit, categories: ['Home'] })),
  );
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 8 }), fc.array(anyCoupon, { maxLength: 4 }), (of, definitions) => {
      const basket = of.map((line, index) => ({ ...line, lineId: `${index}` }));
      const applied = applyCoupons(
        definitions.map((definition) => ({ definition })),
        basket,
      );
      let sum = 0;
      for (const { result } of applied.coupons) {
        if (result.kind !== 'applies') continue;
        expect(result.lines.reduce((total, line) => total + line.discount, 0)).toBe(result.discount);
        expect(result.discount).toBeGreaterThan(0);
        sum += result.discount;
      }
      expect(applied.discount).toBe(sum);
      for (const [index, line] of applied.lines.entries()) {
        expect(line.net).toBeGreaterThanOrEqual(0);
        expect(line.net + line.discount).toBe(basket[index]?.net);
      }
    }),
  );
});
