import { describe, expect, it } from 'vitest';
import { type Account, availablePoints, pendingPoints } from '../../../shared/domain/loyalty/account.ts';
import { type Entry, isEntry } from '../../../shared/domain/loyalty/entries.ts';
import { accountAt, foldPostings } from '../../../shared/domain/loyalty/fold.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import type { Happening } from '../../support/order-histories.ts';
import { at, cancelled, completed, effectOf, lifeOf, placed, policyWith, returned } from '../../support/shop-story.ts';

const balance = (account: Account) => ({
  pending: pendingPoints(account),
  available: availablePoints(account),
  debt: account.debt,
});
const balanceAt = (happenings: Happening[], now: string, policy = currentPolicy) =>
  balance(lifeOf('ann', happenings, now, policy).account);
const legs = (entries: readonly { kind: string }[]) =>
  (entries as Entry[]).filter(isEntry).map(({ kind, state, points }) => `${kind} ${state} ${points}`);

const order = placed('2026-01-05T10:00:00Z', { total: 10_000 });
const delivered = completed('2026-01-08T09:00:00Z');

describe('the life of 100 points', () => {
  it.each([
    { now: '2026-01-05T10:00:00Z', has: 'pending', why: 'placed' },
    { now: '2026-01-08T09:00:00Z', has: 'pending', why: 'delivered: the return window begins' },
    { now: '2026-01-15T08:59:59.999Z', has: 'pending', why: 'the last instant of the hold' },
    { now: '2026-01-15T09:00:00.000Z', has: 'available', why: 'seven days later, to the millisecond' },
    { now: '2027-01-31T23:59:59.999Z', has: 'available', why: 'the last instant of the month, a year later' },
    { now: '2027-02-01T00:00:00.000Z', has: 'nothing', why: 'expired' },
    { now: '2040-01-01T00:00:00.000Z', has: 'nothing', why: 'and stays so' },
  ])('$now: $has ($why)', ({ now, has }) => {
    const facts = at(now) < at(delivered.time) ? [order] : [order, delivered];
    const { pending, available, debt } = balanceAt(facts, now);
    expect({ pending, available, debt }).toEqual({
      pending: has === 'pending' ? 100 : 0,
      available: has === 'available' ? 100 : 0,
      debt: 0,
    });
  });

  it('is told by entries whose legs say from where to where', () => {
    const { entries } = lifeOf('ann', [order, delivered], '2027-06-01');
    expect(entries.filter(isEntry)).toMatchObject([
      { kind: 'earn', state: 'pending', points: 100, atMs: at('2026-01-05T10:00:00Z'), eventId: 'ord-1:placed' },
      {
        kind: 'available',
        state: 'pending',
        points: -100,
        atMs: at('2026-01-15T09:00:00Z'),
        eventId: 'ord-1:completed',
        arithmetic: 'the hold of 100 points has ended',
      },
      { kind: 'available', state: 'available', points: 100, arithmetic: '100 points to spend' },
      {
        kind: 'expire',
        state: 'available',
        points: -100,
        atMs: at('2027-01-31T23:59:59.999Z'),
        eventType: 'points.expiry',
        arithmetic: '100 points were not used in time',
      },
    ]);
  });

  it('waits for as long as the order is not delivered', () => {
    expect(balanceAt([order], '2030-01-01')).toEqual({ pending: 100, available: 0, debt: 0 });
  });

  it('has no hold where the policy sets none', () => {
    const policy = policyWith((it) => {
      it.points.holdDays = 0;
    });
    expect(balanceAt([order, delivered], delivered.time, policy)).toEqual({ pending: 0, available: 100, debt: 0 });
  });

  it('leaves nothing to release where the order earned nothing', () => {
    const { account, entries } = lifeOf('ann', [placed('2026-01-05', { total: 99 }), delivered], '2028-01-01');
    expect(balance(account)).toEqual({ pending: 0, available: 0, debt: 0 });
    expect(legs(entries)).toEqual(['earn pending 0']);
  });
});

describe('the end of the twelfth month, as clocks in the shop show it', () => {
  it.each([
    { zone: 'UTC', completedAt: '2026-01-08T09:00:00Z', end: '2027-01-31T23:59:59.999Z' },
    { zone: 'Asia/Shanghai', completedAt: '2026-01-08T09:00:00Z', end: '2027-01-31T15:59:59.999Z' },
    // Available on 31 January at 16:30 in UTC, which is February in Shanghai already.
    { zone: 'Asia/Shanghai', completedAt: '2026-01-24T16:30:00Z', end: '2027-02-28T15:59:59.999Z' },
    { zone: 'Europe/London', completedAt: '2026-01-08T09:00:00Z', end: '2027-01-31T23:59:59.999Z' },
    // Summer time: July ends an hour earlier than in UTC, and 30 June 23:30 in UTC is July.
    { zone: 'Europe/London', completedAt: '2026-07-08T09:00:00Z', end: '2027-07-31T22:59:59.999Z' },
    { zone: 'Europe/London', completedAt: '2026-06-23T23:30:00Z', end: '2027-07-31T22:59:59.999Z' },
    // Available before the clocks go forward, expiring after: the end of March is in summer time.
    { zone: 'Europe/London', completedAt: '2026-03-05T12:00:00Z', end: '2027-03-31T22:59:59.999Z' },
    // And back: October ends in winter time.
    { zone: 'Europe/London', completedAt: '2026-10-05T12:00:00Z', end: '2027-10-31T23:59:59.999Z' },
    // A leap day counts.
    { zone: 'UTC', completedAt: '2027-02-10T00:00:00Z', end: '2028-02-29T23:59:59.999Z' },
  ])('$zone, delivered $completedAt: $end', ({ zone, completedAt, end }) => {
    const policy = policyWith((it) => {
      it.timeZone = zone;
    });
    const facts = [placed(completedAt), completed(completedAt)];
    expect(balanceAt(facts, end, policy).available).toBe(100);
    expect(balanceAt(facts, new Date(at(end) + 1).toISOString(), policy).available).toBe(0);
  });

  it('is told apart where the shop has moved to another time zone in between', () => {
    const [utc, shanghai] = ['UTC', 'Asia/Shanghai'].map((zone, index) => {
      const policy = policyWith((it) => {
        it.timeZone = zone;
      });
      const orderId = `ord-${index}`;
      return effectOf([placed('2026-01-05', { orderId }), completed('2026-01-06', { orderId })], policy).postings;
    });
    const start = lifeOf('ann', [], '2026-01-01').account;
    const { account } = foldPostings(start, [...utc!, ...shanghai!], always(currentPolicy));
    const { entries } = accountAt(account, at('2028-01-01'), always(currentPolicy));
    const expiries = entries.filter(isEntry).filter((it) => it.kind === 'expire');
    expect(expiries.map((it) => it.points)).toEqual([-100, -100]);
    expect(new Set(expiries.map((it) => it.eventId)).size).toBe(2);
  });
});

describe('a return takes the points from where they are', () => {
  const all = { 1: 1 };
  it.each([
    {
      when: 'before delivery',
      facts: [order, returned('2026-01-06', all)],
      last: ['reverse pending -100'],
      after: { pending: 0, available: 0, debt: 0 },
    },
    {
      when: 'within the return window',
      facts: [order, delivered, returned('2026-01-10', all)],
      last: ['reverse pending -100'],
      after: { pending: 0, available: 0, debt: 0 },
    },
    {
      when: 'when they could be spent',
      facts: [order, delivered, returned('2026-02-10', all)],
      last: ['reverse available -100'],
      after: { pending: 0, available: 0, debt: 0 },
    },
    {
      when: 'after they had expired: nothing is owed, and the books are put right',
      facts: [order, delivered, returned('2027-03-01', all)],
      last: ['expire available 100', 'reverse available -100'],
      after: { pending: 0, available: 0, debt: 0 },
    },
  ])('$when', ({ facts, last, after }) => {
    const { account, entries } = lifeOf('ann', facts, '2027-03-01');
    expect(legs(entries).slice(-last.length)).toEqual(last);
    expect(balance(account)).toEqual(after);
  });

  it('in part: of 100 points over four pieces, one piece takes 25 wherever they are', () => {
    const four = placed('2026-01-05', { lines: [{ quantity: 4, unitPrice: 2_500 }] });
    const one = (time: string, returnId: string) => returned(time, { 1: 1 }, { returnId });
    const facts = [four, one('2026-01-06', 'a'), delivered, one('2026-01-10', 'b'), one('2026-02-01', 'c')];
    expect(balanceAt(facts.slice(0, 2), '2026-01-07')).toMatchObject({ pending: 75 });
    expect(balanceAt(facts.slice(0, 4), '2026-01-11')).toMatchObject({ pending: 50 });
    expect(balanceAt(facts, '2026-02-02')).toEqual({ pending: 0, available: 25, debt: 0 });
    const last = [...facts, one('2027-03-01', 'd')];
    expect(balanceAt(last, '2027-03-02')).toEqual({ pending: 0, available: 0, debt: 0 });
  });

  it('of its own month before those that expire sooner', () => {
    const facts = [
      order,
      delivered,
      placed('2026-03-01', { orderId: 'ord-2' }),
      completed('2026-03-02', { orderId: 'ord-2' }),
      returned('2026-04-01', all, { orderId: 'ord-2' }),
    ];
    expect(lifeOf('ann', facts, '2026-04-02').account.lots).toEqual([
      { expiresAtMs: at('2027-01-31T23:59:59.999Z'), points: 100 },
    ]);
  });
});

describe('points that have been spent', () => {
  // What redeeming leaves behind: the lot is gone, the order is not.
  const spent = (points: number) => {
    const { account } = lifeOf('ann', [order, delivered], '2026-02-01');
    return { ...account, lots: account.lots.map((lot) => ({ ...lot, points: lot.points - points })) };
  };
  const returnOfAll = effectOf([order, delivered, returned('2026-02-10', { 1: 1 })]).postings.slice(-1);
  const nextOrder = (time: string, total: number, orderId: string) =>
    effectOf([placed(time, { orderId, total }), completed(time, { orderId })]).postings;

  it.each([
    { points: 30, legs: ['reverse available -70', 'reverse debt -30'], debt: 30 },
    { points: 100, legs: ['reverse debt -100'], debt: 100 },
    { points: 0, legs: ['reverse available -100'], debt: 0 },
  ])('$points of 100: a return of all leaves a debt of $debt', ({ points, legs: expected, debt }) => {
    const { account, entries } = foldPostings(spent(points), returnOfAll, always(currentPolicy));
    expect(legs(entries)).toEqual(expected);
    expect(balance(account)).toEqual({ pending: 0, available: 0, debt });
  });

  it('are owed to later earnings, when these become available, and to no earlier ones', () => {
    const { account: owing } = foldPostings(spent(100), returnOfAll, always(currentPolicy));
    const { account: earning } = foldPostings(owing, nextOrder('2026-03-01', 4_000, 'ord-2'), always(currentPolicy));
    expect(balance(earning)).toEqual({ pending: 40, available: 0, debt: 100 });
    const first = accountAt(earning, at('2026-03-08'), always(currentPolicy));
    expect(legs(first.entries)).toEqual(['available pending -40', 'available debt 40']);
    expect(balance(first.account)).toEqual({ pending: 0, available: 0, debt: 60 });
    const { account: again } = foldPostings(
      first.account,
      nextOrder('2026-04-01', 9_000, 'ord-3'),
      always(currentPolicy),
    );
    const second = accountAt(again, at('2026-04-08'), always(currentPolicy));
    expect(legs(second.entries)).toEqual(['available pending -90', 'available available 30', 'available debt 60']);
    expect(second.entries.map((it) => (it as Entry).arithmetic)).toEqual([
      'the hold of 90 points has ended',
      '90 - 60 owed = 30',
      '60 of 90 points repay what was owed',
    ]);
    expect(balance(second.account)).toEqual({ pending: 0, available: 30, debt: 0 });
  });

  it('are taken from what else there is, soonest to expire first, before anything is owed', () => {
    const { account: richer } = foldPostings(
      spent(100),
      nextOrder('2026-02-02', 20_000, 'ord-2'),
      always(currentPolicy),
    );
    const late = effectOf([order, delivered, returned('2026-03-10', { 1: 1 })]).postings.slice(-1);
    const { account, entries } = foldPostings(richer, late, always(currentPolicy));
    expect(legs(entries).at(-1)).toBe('reverse available -100');
    expect(balance(account)).toEqual({ pending: 0, available: 100, debt: 0 });
  });
});

describe('a cancellation', () => {
  it.each([
    { when: 'before delivery', facts: [order, cancelled('2026-01-06')] },
    { when: 'within the return window', facts: [order, delivered, cancelled('2026-01-10')] },
    { when: 'when the points could be spent', facts: [order, delivered, cancelled('2026-02-10')] },
    { when: 'after a partial return', facts: [order, returned('2026-01-06', { 1: 1 }), cancelled('2026-02-10')] },
  ])('$when leaves no points, no order, no spend', ({ facts }) => {
    const { account } = lifeOf('ann', facts, '2026-03-01');
    expect(balance(account)).toEqual({ pending: 0, available: 0, debt: 0 });
    expect(account.lifetime).toEqual({ orders: 0, spend: 0, returned: 0 });
  });
});

describe('lifetime figures', () => {
  const second = { orderId: 'ord-2' };
  const twoPieces = placed('2026-01-10', { ...second, lines: [{ quantity: 2, unitPrice: 3_000 }] });
  it.each([
    { facts: [order], lifetime: { orders: 0, spend: 0, returned: 0 }, what: 'a placed order does not count yet' },
    { facts: [order, delivered], lifetime: { orders: 1, spend: 10_000, returned: 0 }, what: 'a delivered one does' },
    {
      facts: [order, delivered, twoPieces, completed('2026-01-11', second), returned('2026-01-12', { 1: 1 }, second)],
      lifetime: { orders: 2, spend: 13_000, returned: 3_000 },
      what: 'a return lowers spend and is counted by itself',
    },
    {
      facts: [order, delivered, twoPieces, returned('2026-01-12', { 1: 1 }, second)],
      lifetime: { orders: 1, spend: 10_000, returned: 3_000 },
      what: 'a return of what was never delivered lowers no spend',
    },
    {
      facts: [order, delivered, returned('2026-01-12', { 1: 1 }), cancelled('2026-01-13')],
      lifetime: { orders: 0, spend: 0, returned: 0 },
      what: 'a cancelled order counts in no figure',
    },
  ])('$what', ({ facts, lifetime }) => {
    expect(lifeOf('ann', facts, '2026-02-01').account.lifetime).toEqual(lifetime);
  });
});

it('changes nothing of what it was given', () => {
  const { account } = lifeOf('ann', [order, delivered], '2026-01-09');
  const text = JSON.stringify(account);
  accountAt(account, at('2030-01-01'), always(currentPolicy));
  foldPostings(
    account,
    effectOf([order, delivered, cancelled('2026-01-10')]).postings.slice(-1),
    always(currentPolicy),
  );
  expect(JSON.stringify(account)).toBe(text);
});

it('has no negative zero in any entry, so that an entry reads back as it was written', () => {
  const free = placed('2026-01-05', { total: 50 });
  const { entries } = lifeOf('ann', [free, delivered, returned('2026-02-10', { 1: 1 })], '2026-03-01');
  for (const entry of entries) expect(entry).toEqual({ ...entry, ...JSON.parse(JSON.stringify(entry)) });
  expect(legs(entries)).toEqual(['earn pending 0', 'reverse pending 0']);
});
