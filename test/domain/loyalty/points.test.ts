import { describe, expect, it } from 'vitest';
import { type Account, availablePoints, pendingPoints } from '../../../shared/domain/loyalty/account.ts';
import { isEntry } from '../../../shared/domain/loyalty/entries.ts';
import { currentPolicy, type Policy } from '../../../shared/policy/policy.ts';
import {
  adjusted,
  at,
  cancelled,
  checkedIn,
  completed,
  lifeOf,
  placed,
  policyWith,
  redeemed,
  released,
  returned,
  reviewed,
  revoked,
  rewarded,
  type Told,
} from '../../support/shop-story.ts';

const entriesOf = (told: readonly Told[]) =>
  lifeOf('ann', told, '2026-02-01').entries.map((it) => `${it.kind} ${'points' in it ? it.points : ''} ${it.eventId}`);

describe('points that pay an order go back as it is returned', () => {
  const funds = rewarded('2026-01-01', 100);
  const order = placed('2026-01-02', { lines: [{ unitPrice: 5_000, quantity: 2 }] });
  const half = (day: string) => returned(day, { 1: 1 }, { returnId: day, id: day });

  it('by what was left of it when they paid', () => {
    const paid = redeemed('2026-01-04', 40, { orderId: 'ord-1', orderNet: 5_000 });
    const told = [funds, order, half('2026-01-03'), paid, half('2026-01-05')];
    expect(entriesOf(told)).toContain('refund 40 2026-01-05');
  });

  it('where the order became known later than they paid it', () => {
    const told = [
      funds,
      order,
      redeemed('2026-01-04', 40, { orderId: 'ord-1' }),
      half('2026-01-05'),
      half('2026-01-06'),
    ];
    expect(entriesOf(told).filter((it) => it.startsWith('refund'))).toEqual([
      'refund 20 2026-01-05',
      'refund 20 2026-01-06',
    ]);
  });

  it('where an earlier return became known later than they paid it', () => {
    const paid = redeemed('2026-01-04', 40, { id: 'paid', orderId: 'ord-1', orderNet: 10_000 });
    const told = [funds, order, half('2026-01-03'), paid, half('2026-01-05')];
    expect(entriesOf(told).filter((it) => it.startsWith('refund'))).toEqual(['refund 20 paid', 'refund 20 2026-01-05']);
  });

  it('where it became known later that it had been returned as a whole, or cancelled', () => {
    const paid = redeemed('2026-01-04', 40, { id: 'paid', orderId: 'ord-1', orderNet: 10_000 });
    expect(entriesOf([funds, order, returned('2026-01-03', { 1: 2 }), paid])).toContain('refund 40 paid');
    expect(entriesOf([funds, order, cancelled('2026-01-03'), paid])).toContain('refund 40 paid');
  });

  it('where the order cost nothing', () => {
    const free = placed('2026-01-02', { lines: [{ unitPrice: 0 }] });
    const told = [funds, free, redeemed('2026-01-04', 40, { orderId: 'ord-1' }), returned('2026-01-05', { 1: 1 })];
    expect(entriesOf(told)).toContain('refund 40 ord-1:returned:ret-1');
  });
});

/** What a story leaves, and the legs of its entries: `redeem available -70`. */
function storyOf(told: readonly Told[], now = '2026-06-01', policy: Policy = currentPolicy) {
  const { account, entries } = lifeOf('ann', told, now, policy);
  const legs = entries.filter(isEntry).map(({ kind, state, points }) => `${kind} ${state} ${points}`);
  return { account, legs, balance: balanceOf(account) };
}

const balanceOf = (account: Account) => ({
  pending: pendingPoints(account),
  available: availablePoints(account),
  debt: account.debt,
});
const lotsOf = ({ lots }: Account) =>
  lots.map(({ points, expiresAtMs }) => `${points} ${new Date(expiresAtMs).toISOString().slice(0, 10)}`);
const policyOn = (shortfall: Policy['points']['shortfall']) =>
  policyWith((it) => {
    it.points.shortfall = shortfall;
  });

/** 100 points that end with January 2027, 60 that end with March. */
const funds = [rewarded('2026-01-05', 100), rewarded('2026-03-05', 60, { rewardId: 'rew-2' })];

describe('points that are spent', () => {
  it.each([
    { points: 30, legs: ['redeem available -30'], lots: ['70 2027-01-31', '60 2027-03-31'] },
    { points: 100, legs: ['redeem available -100'], lots: ['60 2027-03-31'] },
    { points: 130, legs: ['redeem available -130'], lots: ['30 2027-03-31'] },
    { points: 160, legs: ['redeem available -160'], lots: [] },
    { points: 200, legs: ['redeem available -160', 'redeem debt -40'], lots: [] },
  ])('$points: those that end first, and what is not there is owed', ({ points, legs, lots }) => {
    const story = storyOf([...funds, redeemed('2026-03-10', points)]);
    expect(story.legs.slice(2)).toEqual(legs);
    expect(lotsOf(story.account)).toEqual(lots);
    expect(story.balance.debt).toBe(Math.max(0, points - 160));
  });

  it('may be spent in the last millisecond, and are gone in the next', () => {
    const spent = (time: string) => storyOf([funds[0]!, redeemed(time, 100)], '2027-03-01').balance;
    expect(spent('2027-01-31T23:59:59.999Z')).toEqual({ pending: 0, available: 0, debt: 0 });
    expect(spent('2027-02-01T00:00:00.000Z')).toEqual({ pending: 0, available: 0, debt: 100 });
  });

  it('go back to where they came from when the redemption is undone, whole', () => {
    const story = storyOf([...funds, redeemed('2026-03-10', 130), released('2026-03-11')]);
    expect(lotsOf(story.account)).toEqual(['100 2027-01-31', '60 2027-03-31']);
    expect(story.account.redeemed).toEqual([]);
  });

  it('go back once, however often it is said', () => {
    const twice = [released('2026-03-11'), released('2026-03-12', { id: 'again' })];
    expect(storyOf([...funds, redeemed('2026-03-10', 130), ...twice]).balance.available).toBe(160);
  });

  it('repay what is owed when they go back', () => {
    const told = [...funds, redeemed('2026-03-10', 130), adjusted('2026-03-11', -50), released('2026-03-12')];
    expect(storyOf(told).legs.slice(3)).toEqual([
      'adjust available -30',
      'adjust debt -20',
      'refund available 110',
      'refund debt 20',
    ]);
  });
});

describe('what points may pay of an order: half', () => {
  const order = (total: number, parts: object = {}) => placed('2026-03-10T10:05:00Z', { total, ...parts });
  const named = { redemptionId: 'red-1' };
  it.each([
    {
      what: 'an order that they were taken out for',
      told: [redeemed('2026-03-10', 100, { orderId: 'ord-1' }), order(200)],
      kept: 100,
    },
    { what: 'an order that names them', told: [redeemed('2026-03-10', 100), order(200, named)], kept: 100 },
    { what: 'more than half of it', told: [redeemed('2026-03-10', 101), order(200, named)], kept: 100 },
    { what: 'half of an odd sum, rounded down', told: [redeemed('2026-03-10', 100), order(199, named)], kept: 99 },
    { what: 'an order that costs nothing', told: [redeemed('2026-03-10', 100), order(0, named)], kept: 0 },
    { what: 'an order that waits for them', told: [order(100, named), redeemed('2026-03-11', 90)], kept: 50 },
    {
      what: 'an order with two of them',
      told: [
        redeemed('2026-03-10', 30, { orderId: 'ord-1' }),
        redeemed('2026-03-10', 40, { redemptionId: 'red-2', orderId: 'ord-1' }),
        order(100),
      ],
      kept: 50,
    },
    {
      what: "another's order, which takes none",
      told: [redeemed('2026-03-10', 100, { orderId: 'ord-2' }), order(200, named)],
      kept: 100,
    },
    { what: 'no order yet', told: [redeemed('2026-03-10', 100)], kept: 100 },
  ])('$what: $kept stay spent', ({ told, kept }) => {
    const { balance } = storyOf([...funds, ...told]);
    expect(160 - balance.available).toBe(kept);
    expect(balance.debt).toBe(0);
  });
});

describe('points that paid an order that comes to nothing', () => {
  const four = { lines: [{ quantity: 4, unitPrice: 50 }] };
  const paid = [...funds, redeemed('2026-03-10', 75, { orderId: 'ord-1' }), placed('2026-03-10T10:05:00Z', four)];
  const back = (day: string, pieces: number) => returned(day, { 1: pieces }, { returnId: day });

  it.each([
    { what: 'cancelled', next: [cancelled('2026-03-11')], refunds: [75] },
    {
      what: 'cancelled twice',
      next: [cancelled('2026-03-11'), cancelled('2026-03-12', { id: 'again' })],
      refunds: [75],
    },
    { what: 'a piece of four', next: [back('2026-03-11', 1)], refunds: [18] },
    {
      what: 'piece by piece',
      next: [back('2026-03-11', 1), back('2026-03-12', 1), back('2026-03-13', 1), back('2026-03-14', 1)],
      refunds: [18, 19, 19, 19],
    },
    { what: 'a piece, then cancelled', next: [back('2026-03-11', 1), cancelled('2026-03-12')], refunds: [18, 57] },
    { what: 'delivered, then all of it', next: [completed('2026-03-11'), back('2026-04-12', 4)], refunds: [75] },
  ])('$what: $refunds', ({ next, refunds }) => {
    const { legs, balance } = storyOf([...paid, ...next]);
    expect(legs.filter((it) => it.startsWith('refund'))).toEqual(refunds.map((points) => `refund available ${points}`));
    expect(balance.available).toBe(85 + refunds.reduce((sum, it) => sum + it, 0));
  });

  it('forgets a redemption of which all is back', () => {
    expect(storyOf([...paid, cancelled('2026-03-11')]).account.redeemed).toEqual([]);
    expect(storyOf([...paid, back('2026-03-11', 1)]).account.redeemed).toMatchObject([{ id: 'red-1', back: 18 }]);
  });

  it('come back to what was taken last, first', () => {
    const both = [
      ...funds,
      redeemed('2026-03-10', 130, { orderId: 'ord-1' }),
      placed('2026-03-10T10:05:00Z', { total: 1_000 }),
    ];
    const story = storyOf([...both, returned('2026-03-11', { 1: 1 })]);
    expect(lotsOf(story.account)).toEqual(['100 2027-01-31', '60 2027-03-31']);
    const half = { lines: [{ quantity: 2, unitPrice: 500 }] };
    const some = [...funds, redeemed('2026-03-10', 130, { orderId: 'ord-1' }), placed('2026-03-10T10:05:00Z', half)];
    expect(lotsOf(storyOf([...some, back('2026-03-11', 1)]).account)).toEqual(['35 2027-01-31', '60 2027-03-31']);
  });

  it.each([
    {
      when: 'in the month in which they would have ended',
      day: '2027-01-20',
      lots: ['75 2027-01-31', '60 2027-03-31'],
    },
    { when: 'when they would have ended already', day: '2027-02-20', lots: ['75 2027-02-28', '60 2027-03-31'] },
    { when: 'years later', day: '2029-06-20', lots: ['75 2029-06-30'] },
  ])('can be spent until the month is over: $when', ({ day, lots }) => {
    const early = [...funds, redeemed('2026-03-10', 75, { orderId: 'ord-1' }), placed('2026-03-10T10:05:00Z', four)];
    // The other 25 of January have ended where January is over.
    const expected = day < '2027-02' ? ['100 2027-01-31', '60 2027-03-31'] : lots;
    expect(lotsOf(storyOf([...early, cancelled(day)], day).account)).toEqual(expected);
  });

  it('were owed, where they had not been there: what comes back repays the debt', () => {
    const told = [
      redeemed('2026-03-10', 40, { orderId: 'ord-1' }),
      placed('2026-03-10T10:05:00Z', four),
      cancelled('2026-03-11'),
    ];
    expect(storyOf(told).legs.filter((it) => !it.includes('pending'))).toEqual(['redeem debt -40', 'refund debt 40']);
  });
});

describe('an order that comes before its redemption', () => {
  const two = { redemptionId: 'red-1', lines: [{ quantity: 2, unitPrice: 100 }] };
  const order = placed('2026-03-10', two);
  const half = (day: string) => returned(day, { 1: 1 }, { returnId: day });
  const paid = (points: number, orderNet?: number) =>
    redeemed('2026-03-12', points, { orderId: 'ord-1', ...(orderNet !== undefined && { orderNet }) });
  it.each([
    { what: 'takes what it may', told: [order, paid(100)], refunds: [] },
    { what: 'gives back the rest', told: [order, paid(120)], refunds: [20] },
    {
      what: 'gives all back that had been cancelled',
      told: [order, cancelled('2026-03-11'), paid(100)],
      refunds: [100],
    },
    {
      what: 'gives all back of which all had come back',
      told: [order, half('2026-03-11'), half('2026-03-11T12:00:00Z'), paid(50)],
      refunds: [50],
    },
    {
      what: 'keeps what pays the half that had not come back',
      told: [order, half('2026-03-11'), paid(50, 100)],
      refunds: [],
    },
    {
      what: 'gives that back with that half',
      told: [order, half('2026-03-11'), paid(50, 100), half('2026-03-13')],
      refunds: [50],
    },
    {
      what: 'gives back its share as it is returned',
      told: [order, paid(100), half('2026-03-13'), half('2026-03-14')],
      refunds: [50, 50],
    },
  ])('$what: $refunds', ({ told, refunds }) => {
    const { legs } = storyOf([...funds, ...told]);
    expect(legs.filter((it) => it.startsWith('refund'))).toEqual(refunds.map((points) => `refund available ${points}`));
  });

  it('is forgotten where no redemption ever comes, forty orders later', () => {
    const orders = Array.from({ length: 41 }, (_, index) =>
      placed('2026-03-10', { orderId: `ord-${index}`, redemptionId: `red-${index}` }),
    );
    expect(storyOf(orders).account.redeemed).toHaveLength(40);
  });
});

describe('a redemption for one order that another order has named', () => {
  const other = placed('2026-03-11', { orderId: 'ord-2', lines: [{ unitPrice: 200 }] });
  const naming = placed('2026-03-10', { redemptionId: 'red-1', lines: [{ unitPrice: 200 }] });
  const paid = redeemed('2026-03-12', 80, { orderId: 'ord-2', orderNet: 200 });
  it.each([
    { what: 'pays its own', told: [], back: [] },
    { what: 'comes back with its own', told: [cancelled('2026-03-13', { orderId: 'ord-2' })], back: [80] },
    { what: 'stays where the other one comes to nothing', told: [cancelled('2026-03-13')], back: [] },
  ])('$what', ({ told, back }) => {
    const { entries } = lifeOf('ann', [rewarded('2026-03-01', 200), naming, other, paid, ...told], '2026-03-14');
    expect(entries.flatMap((it) => (it.kind === 'refund' ? [it.points] : []))).toEqual(back);
  });
});

describe('points that are taken away', () => {
  it.each([
    { shortfall: 'debt', legs: ['reverse debt -100'], debt: 100 },
    { shortfall: 'within_balance', legs: ['reverse available 0'], debt: 0 },
    { shortfall: 'only_pending', legs: ['reverse available 0'], debt: 0 },
  ] as const)('by a reward that is revoked, all spent: $shortfall', ({ shortfall, legs, debt }) => {
    const told = [rewarded('2026-01-05', 100), redeemed('2026-01-06', 100), revoked('2026-01-07')];
    const story = storyOf(told, '2026-06-01', policyOn(shortfall));
    expect(story.legs.slice(2)).toEqual(legs);
    expect(story.balance.debt).toBe(debt);
  });

  it.each([
    { shortfall: 'debt', legs: ['reverse available -30', 'reverse debt -70'] },
    { shortfall: 'within_balance', legs: ['reverse available -30'] },
    { shortfall: 'only_pending', legs: ['reverse available 0'] },
  ] as const)('by a reward that is revoked, spent in part: $shortfall', ({ shortfall, legs }) => {
    const told = [rewarded('2026-01-05', 100), redeemed('2026-01-06', 70), revoked('2026-01-07')];
    expect(storyOf(told, '2026-06-01', policyOn(shortfall)).legs.slice(2)).toEqual(legs);
  });

  it('are their own before others that end sooner', () => {
    const told = [...funds, revoked('2026-03-06', { rewardId: 'rew-2' })];
    expect(lotsOf(storyOf(told).account)).toEqual(['100 2027-01-31']);
  });

  it('leave no debt where they have ended', () => {
    const told = [reviewed('2026-01-05', 'published'), reviewed('2027-02-05', 'rejected')];
    const { legs, balance } = storyOf(told, '2027-02-05');
    expect(legs).toEqual(['earn available 5', 'expire available -5', 'expire available 5', 'reverse available -5']);
    expect(balance).toEqual({ pending: 0, available: 0, debt: 0 });
  });

  it('are owed where they have been spent though others have ended since', () => {
    const told = [rewarded('2026-01-05', 100), redeemed('2026-01-06', 70), revoked('2027-02-05')];
    const { legs, balance } = storyOf(told, '2027-02-05');
    expect(legs.slice(2)).toEqual([
      'expire available -30',
      'expire available 30',
      'reverse available -30',
      'reverse debt -70',
    ]);
    expect(balance).toEqual({ pending: 0, available: 0, debt: 70 });
  });
});

describe('points that come while some are owed', () => {
  const owing = [rewarded('2026-01-05', 25), redeemed('2026-01-06', 25), revoked('2026-01-07')];
  it.each([
    { what: 'a check-in', told: [checkedIn('2026-01-08')], legs: ['earn debt 10'], debt: 15 },
    {
      what: 'a present of the desk',
      told: [adjusted('2026-01-08', 40)],
      legs: ['adjust available 15', 'adjust debt 25'],
      debt: 0,
    },
    {
      what: 'a reward, to the point',
      told: [rewarded('2026-01-08', 25, { rewardId: 'rew-2' })],
      legs: ['earn debt 25'],
      debt: 0,
    },
    {
      what: 'a review, once it is published',
      told: [reviewed('2026-01-08', 'submitted'), reviewed('2026-01-09', 'published')],
      legs: ['earn pending 5', 'available pending -5', 'available debt 5'],
      debt: 20,
    },
    {
      what: 'an order, once its hold is over',
      told: [placed('2026-01-08', { total: 3_000 }), completed('2026-01-08')],
      legs: ['earn pending 30', 'available pending -30', 'available available 5', 'available debt 25'],
      debt: 0,
    },
    {
      what: 'a review that waits: not yet',
      told: [reviewed('2026-01-08', 'submitted')],
      legs: ['earn pending 5'],
      debt: 25,
    },
  ])('$what', ({ told, legs, debt }) => {
    const story = storyOf([...owing, ...told]);
    expect(story.legs.slice(3)).toEqual(legs);
    expect(story.balance.debt).toBe(debt);
  });
});

describe('points that have ended', () => {
  it('are remembered for two years of months, for returns that come late', () => {
    const rewards = Array.from({ length: 30 }, (_, month) =>
      rewarded(new Date(Date.UTC(2026, month, 5)).toISOString(), 10, { rewardId: `rew-${month}` }),
    );
    const { lapsed } = storyOf(rewards, '2040-01-01').account;
    expect(lapsed).toHaveLength(24);
    expect(lapsed.at(-1)).toEqual({ points: 10, expiresAtMs: at('2029-06-30T23:59:59.999Z') });
  });
});
