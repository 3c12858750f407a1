import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RefusalCode } from '../../../shared/domain/loyalty/order-effect.ts';
import { comparePostingKeys, postingKey } from '../../../shared/domain/loyalty/postings.ts';
import type { Happening } from '../../support/order-histories.ts';
import {
  cancelled,
  completed,
  effectOf,
  guestPlaced,
  identified,
  placed,
  policyWith,
  returned,
  shopAfter,
} from '../../support/shop-story.ts';

/** A teapot twice at 12.99 and tea at 8.50 less 0.50: 33.98 earn 33 points, 25 and 8. */
const teapotAndTea = [
  { quantity: 2, unitPrice: 1_299 },
  { unitPrice: 850, discount: 50 },
];

const pointsOf = (happenings: Happening[], policy = policyWith(() => undefined)) =>
  effectOf(happenings, policy).postings.map(({ kind, points }) => [kind, points]);

describe('what an order earns', () => {
  it.each([
    { what: 'a line', lines: [{ quantity: 2, unitPrice: 1_299 }], points: 25, net: 2_598 },
    { what: 'two lines, one with a discount', lines: teapotAndTea, points: 33, net: 3_398 },
    { what: 'pence of several lines together', lines: [{ unitPrice: 150 }, { unitPrice: 150 }], points: 3, net: 300 },
    { what: 'a line given away', lines: [{ unitPrice: 500, discount: 500 }], points: 0, net: 0 },
    { what: 'a line that costs nothing', lines: [{ unitPrice: 0 }], points: 0, net: 0 },
  ])('$what: $points points', ({ lines, points, net }) => {
    const { postings } = effectOf([placed('2026-01-05', { lines }), completed('2026-01-06')]);
    expect(postings.map((it) => it.points)).toEqual([points, points]);
    expect(postings.map((it) => it.spend)).toEqual([0, net]);
  });

  it('leaves out shipping and tax', () => {
    expect(pointsOf([placed('2026-01-05', { lines: teapotAndTea, shipping: 5_000, tax: 9_999 })])).toEqual([
      ['placed', 33],
    ]);
  });

  it('says how it was computed', () => {
    const [posting] = effectOf([placed('2026-01-05', { lines: teapotAndTea })]).postings;
    expect(posting?.arithmetic).toBe('floor(33.98 x 1) = 33');
    expect(posting?.policyStamp).toMatch(/^1-[0-9a-f]{8}$/);
  });

  it.each([
    { currency: 'EUR', unitPrice: 1_000, rate: 7.85, digits: 2, points: 78, spend: 7_850 },
    { currency: 'JPY', unitPrice: 1_000, rate: 0.05, digits: 0, points: 50, spend: 5_000 },
    { currency: 'KWD', unitPrice: 1_234, rate: 23.5, digits: 3, points: 29, spend: 2_900 },
  ])(
    'of $unitPrice minor units $currency at $rate: $points',
    ({ currency, unitPrice, rate, digits, points, spend }) => {
      const policy = policyWith((it) => Object.assign(it.currencies, { [currency]: { rate, digits } }));
      const happenings = [placed('2026-01-05', { currency, lines: [{ unitPrice }] }), completed('2026-01-06')];
      const { postings } = effectOf(happenings, policy);
      expect(postings[1]).toMatchObject({ points, spend });
    },
  );

  it('follows the policy that was in force when the order became known', () => {
    const policy = policyWith((it) => {
      it.points.purchaseRate = 2.5;
    });
    const [posting] = effectOf([placed('2026-01-05', { lines: teapotAndTea })], policy).postings;
    expect(posting).toMatchObject({ points: 84, arithmetic: 'floor(33.98 x 2.5) = 84', policyStamp: policy.stamp });
  });
});

describe('what a return takes', () => {
  const order = placed('2026-01-05', { lines: [{ quantity: 3, unitPrice: 350 }, { unitPrice: 99 }] });
  // 11.49 earn 11 points: line 1 has 10 (10.05), line 2 has 1 (0.95).
  it.each([
    { pieces: [{ 1: 1 }], taken: [3], what: 'one of three' },
    { pieces: [{ 1: 1 }, { 1: 1 }], taken: [3, 3], what: 'two of three' },
    { pieces: [{ 1: 1 }, { 1: 1 }, { 1: 1 }], taken: [3, 3, 4], what: 'all three, one by one' },
    { pieces: [{ 1: 3 }], taken: [10], what: 'all three at once' },
    { pieces: [{ 1: 3, 2: 1 }], taken: [11], what: 'the whole order: exactly what it earned' },
    { pieces: [{ 2: 1 }, { 1: 2 }, { 1: 1 }], taken: [1, 6, 4], what: 'the whole order in parts' },
  ])('$what: $taken', ({ pieces, taken }) => {
    const returns = pieces.map((it, index) => returned(`2026-02-0${index + 1}`, it, { returnId: `r${index}` }));
    const { postings, refused } = effectOf([order, ...returns]);
    expect(postings.slice(1).map((it) => it.points)).toEqual(taken);
    expect(refused).toEqual([]);
  });

  it('says which line, how many pieces, and what went before', () => {
    const returns = [returned('2026-02-01', { 1: 1 }), returned('2026-02-02', { 1: 2 }, { returnId: 'ret-2' })];
    expect(
      effectOf([order, ...returns])
        .postings.slice(1)
        .map((it) => it.arithmetic),
    ).toEqual(['line 1: floor(10 x 1 / 3) = 3', 'line 1: floor(10 x 3 / 3) - 3 = 7']);
  });

  it('takes the same amount again, once for all, where it comes again under another event id', () => {
    const again = returned('2026-02-03', { 1: 1 }, { id: 'sent-twice' });
    const { postings, refused } = effectOf([order, returned('2026-02-01', { 1: 1 }), again]);
    expect(postings).toHaveLength(2);
    expect(refused).toEqual([]);
  });

  it('lowers the spend only of an order that has counted', () => {
    const before = effectOf([order, returned('2026-02-01', { 1: 1 }), completed('2026-02-02')]).postings;
    expect(before.map(({ spend, returned: back, units }) => [spend, back, units])).toEqual([
      [0, 0, 0],
      [0, 350, 1],
      [799, 0, 0],
    ]);
    const after = effectOf([order, completed('2026-01-06'), returned('2026-02-01', { 1: 1 })]).postings;
    expect(after.map(({ spend }) => spend)).toEqual([0, 1_149, -350]);
  });

  it('takes nothing, and no pence, by rounding of many small returns', () => {
    const many = placed('2026-01-05', { lines: [{ quantity: 7, unitPrice: 143 }] });
    const returns = Array.from({ length: 7 }, (_, n) => returned('2026-02-01', { 1: 1 }, { returnId: `r${n}` }));
    const { postings } = effectOf([many, ...returns]);
    expect(postings.slice(1).reduce((sum, it) => sum + it.points, 0)).toBe(10);
    expect(postings.slice(1).reduce((sum, it) => sum + it.returned, 0)).toBe(1_001);
  });
});

describe('what a cancellation takes', () => {
  const order = placed('2026-01-05', { lines: teapotAndTea });
  it.each([
    { before: [], points: 33, orders: 0, spend: 0, what: 'before delivery: all points, no spend' },
    { before: [completed('2026-01-06')], points: 33, orders: -1, spend: -3_398, what: 'after delivery: spend as well' },
    {
      before: [completed('2026-01-06'), returned('2026-01-07', { 1: 1 })],
      points: 21,
      orders: -1,
      spend: -2_099,
      what: 'after a return: what the return has left',
    },
  ])('$what', ({ before, points, orders, spend }) => {
    const { postings } = effectOf([order, ...before, cancelled('2026-01-08')]);
    expect(postings.at(-1)).toMatchObject({ kind: 'cancelled', points, orders, spend });
    expect(postings.reduce((sum, it) => sum + it.returned, 0)).toBe(0);
    expect(postings.reduce((sum, it) => sum + it.units, 0)).toBe(0);
  });

  it('is one, however often it is said', () => {
    const { postings, refused } = effectOf([order, cancelled('2026-01-06'), cancelled('2026-01-07', { id: 'again' })]);
    expect(postings.map((it) => it.kind)).toEqual(['placed', 'cancelled']);
    expect(refused).toEqual([]);
  });
});

describe('a fact that contradicts the others', () => {
  const order = placed('2026-01-05', { lines: [{ quantity: 2, unitPrice: 1_000 }] });
  const refusals: { code: RefusalCode; detail: string; what: string; happenings: Happening[] }[] = [
    {
      code: 'order_placed_twice',
      what: 'the order placed again with other lines',
      detail: 'Event ord-1:placed placed this order with other content.',
      happenings: [order, placed('2026-01-06', { id: 'again', total: 5 })],
    },
    {
      code: 'unknown_currency',
      what: 'a currency that the policy does not know',
      detail: 'The policy does not know the currency XAU.',
      happenings: [placed('2026-01-05', { currency: 'XAU' })],
    },
    {
      code: 'other_member',
      what: "another member's name on a member's order",
      detail: "The order is another member's.",
      happenings: [order, completed('2026-01-06', { memberId: 'bob' })],
    },
    {
      code: 'order_cancelled',
      what: 'a delivery of what was cancelled',
      detail: 'The order had been cancelled by then.',
      happenings: [order, cancelled('2026-01-06'), completed('2026-01-07')],
    },
    {
      code: 'order_cancelled',
      what: 'a return of what was cancelled',
      detail: 'The order had been cancelled by then.',
      happenings: [order, cancelled('2026-01-06'), returned('2026-01-07', { 1: 1 })],
    },
    {
      code: 'return_id_reused',
      what: 'a return id with other lines',
      detail: 'Return ret-1 came with other lines in event ord-1:returned:ret-1.',
      happenings: [order, returned('2026-01-06', { 1: 1 }), returned('2026-01-07', { 1: 2 }, { id: 'again' })],
    },
    {
      code: 'unknown_line',
      what: 'a return of a line that was not bought',
      detail: 'The order has no line 9.',
      happenings: [order, returned('2026-01-06', { 9: 1 })],
    },
    {
      code: 'return_exceeds_purchase',
      what: 'more pieces than were bought',
      detail: 'Line 1: 2 bought, 0 returned before, 3 now.',
      happenings: [order, returned('2026-01-06', { 1: 3 })],
    },
    {
      code: 'return_exceeds_purchase',
      what: 'more pieces than are left',
      detail: 'Line 1: 2 bought, 1 returned before, 2 now.',
      happenings: [order, returned('2026-01-06', { 1: 1 }), returned('2026-01-07', { 1: 2 }, { returnId: 'ret-2' })],
    },
  ];

  it.each(refusals)('$code: $what', ({ code, detail, happenings }) => {
    const { postings, refused } = effectOf(happenings);
    const last = happenings.at(-1);
    expect(refused).toEqual([{ eventId: last?.id, atMs: Date.parse(last?.time ?? ''), code, detail }]);
    expect(postings).toEqual(happenings.length === 1 ? [] : effectOf(happenings.slice(0, -1)).postings);
  });

  it('is met by a row above for every code there is', () => {
    const all: Record<RefusalCode, true> = {
      order_placed_twice: true,
      unknown_currency: true,
      other_member: true,
      order_cancelled: true,
      return_id_reused: true,
      unknown_line: true,
      return_exceeds_purchase: true,
    };
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(Object.keys(all)));
  });

  it('is named by the first thing wrong with it: another member before a cancelled order before its lines', () => {
    const bad = { 9: 1 };
    const code = (happenings: Happening[]) => effectOf(happenings).refused.map((it) => it.code);
    const gone = cancelled('2026-01-06');
    expect(code([order, gone, returned('2026-01-07', bad, { memberId: 'bob' })])).toEqual(['other_member']);
    expect(code([order, gone, returned('2026-01-07', bad)])).toEqual(['order_cancelled']);
    expect(code([order, returned('2026-01-07', bad)])).toEqual(['unknown_line']);
  });

  it('does not stand in the way of a right one after it', () => {
    const wrong = returned('2026-01-06', { 1: 3 });
    const right = returned('2026-01-07', { 1: 2 }, { id: 'right' });
    expect(pointsOf([order, wrong, right])).toEqual([
      ['placed', 20],
      ['returned', 20],
    ]);
  });

  it('takes no part of a return of which one line is wrong', () => {
    const half = returned('2026-01-06', { 1: 1, 9: 1 });
    expect(pointsOf([order, half])).toEqual([['placed', 20]]);
  });

  it('is a member who was not the first to be named on an order placed without one', () => {
    const nobody = guestPlaced('2026-01-05');
    const { owner, postings, refused } = effectOf([
      nobody,
      completed('2026-01-06', { memberId: 'ann' }),
      returned('2026-01-07', { 1: 1 }, { memberId: 'bob' }),
    ]);
    expect(owner).toEqual({ kind: 'member', memberId: 'ann' });
    expect(postings.map((it) => it.kind)).toEqual(['placed', 'completed']);
    expect(refused).toMatchObject([{ code: 'other_member' }]);
  });
});

describe('whose an order is', () => {
  const named = { memberId: 'ann' };
  it.each([
    { what: 'the member of its placing', happenings: [placed('2026-01-05')], owner: { kind: 'member', ...named } },
    {
      what: 'the member of its placing, with the visitor beside it',
      happenings: [placed('2026-01-05', { ...named, anonymousId: 'v1' })],
      owner: { kind: 'member', ...named },
    },
    {
      what: 'the first member named later, before its visitor',
      happenings: [placed('2026-01-05', { anonymousId: 'v1' }), completed('2026-01-06', named)],
      owner: { kind: 'member', ...named },
    },
    {
      what: 'its visitor',
      happenings: [placed('2026-01-05', { anonymousId: 'v1' })],
      owner: { kind: 'visitor', anonymousId: 'v1' },
    },
    {
      what: 'the visitor named first, where its placing names nobody',
      happenings: [guestPlaced('2026-01-05'), completed('2026-01-06', { anonymousId: 'v2' })],
      owner: { kind: 'visitor', anonymousId: 'v2' },
    },
    {
      what: "a guest's, where nothing names anybody",
      happenings: [guestPlaced('2026-01-05')],
      owner: { kind: 'guest' },
    },
  ])('$what', ({ happenings, owner }) => {
    expect(effectOf(happenings).owner).toEqual(owner);
  });

  it("is nobody's while it waits to be placed", () => {
    const effect = effectOf([completed('2026-01-06', named), returned('2026-01-07', { 1: 1 })]);
    expect(effect).toEqual({ waiting: true, postings: [], refused: [] });
  });
});

describe('facts dated before the order was placed', () => {
  it('count from the placing, a delivery before a return before a cancellation', () => {
    const { postings } = effectOf([
      cancelled('2026-01-01'),
      returned('2026-01-02', { 1: 1 }),
      completed('2026-01-03'),
      placed('2026-01-05', { lines: [{ quantity: 2, unitPrice: 1_000 }] }),
    ]);
    expect(postings.map(({ kind, points }) => [kind, points])).toEqual([
      ['placed', 20],
      ['completed', 20],
      ['returned', 10],
      ['cancelled', 10],
    ]);
    expect(new Set(postings.map((it) => it.atMs))).toEqual(new Set([Date.parse('2026-01-05')]));
  });

  it('never put a posting before one that is folded after it', () => {
    const order = placed('2026-01-05', { lines: [{ quantity: 9, unitPrice: 1_000 }] });
    const facts = [
      completed('2026-01-03'),
      returned('2026-01-02', { 1: 1 }, { id: 'z', returnId: 'a' }),
      returned('2026-01-04', { 1: 1 }, { id: 'y', returnId: 'b' }),
      cancelled('2026-01-01'),
    ];
    fc.assert(
      fc.property(fc.subarray(facts), (some) => {
        const keys = effectOf([order, ...some]).postings.map(postingKey);
        expect(keys).toEqual([...keys].sort(comparePostingKeys));
      }),
    );
  });
});

describe('two placings of one order', () => {
  it('are decided by the earlier one, in its own currency, whichever came first', () => {
    const policy = policyWith((it) => Object.assign(it.currencies, { JPY: { rate: 0.05, digits: 0 } }));
    const yen = placed('2026-01-05', { currency: 'JPY', lines: [{ unitPrice: 1_000 }] });
    const euro = placed('2026-01-06', { id: 'again', currency: 'EUR', lines: [{ unitPrice: 1_000 }] });
    const expected = [['placed', 50]];
    expect(pointsOf([yen, euro], policy)).toEqual(expected);
    expect(pointsOf([euro, yen], policy)).toEqual(expected);
  });

  it('earn nothing where the earlier one is in a currency that the policy does not know', () => {
    const gold = placed('2026-01-05', { currency: 'XAU' });
    const euro = placed('2026-01-06', { id: 'again' });
    for (const arrival of [
      [gold, euro],
      [euro, gold],
    ]) {
      expect(effectOf(arrival).postings).toEqual([]);
      expect(effectOf(arrival).refused.map((it) => it.code)).toContain('unknown_currency');
    }
  });

  it('are one where they say the same under two event ids', () => {
    const { postings, refused } = effectOf([placed('2026-01-05'), placed('2026-01-06', { id: 'again' })]);
    expect(postings).toHaveLength(1);
    expect(refused).toEqual([]);
  });
});

it("adds up a guest's orders for the shop and books them to no member", () => {
  const shop = shopAfter([
    guestPlaced('2026-01-05', { lines: [{ quantity: 2, unitPrice: 1_000 }] }),
    completed('2026-01-06'),
    returned('2026-01-07', { 1: 1 }),
    guestPlaced('2026-01-08', { orderId: 'ord-2' }),
    cancelled('2026-01-09', { orderId: 'ord-2' }),
    identified('2026-01-10', 'v1', 'ann'),
  ]);
  expect(shop.accounts.size).toBe(0);
  expect(shop.guests).toEqual({
    orders: 2,
    completed: 1,
    cancelled: 1,
    spend: 1_000,
    returned: 1_000,
    unitsReturned: 1,
  });
});
