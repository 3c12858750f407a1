import { describe, expect, it } from 'vitest';
import { newAccount } from '../../../shared/domain/loyalty/account.ts';
import {
  countSpend,
  nextBoundaryMs,
  reachedIndex,
  spendSinceMs,
  tierIndex,
  tierSpend,
} from '../../../shared/domain/loyalty/tiers.ts';
import { memberView } from '../../../shared/domain/member/member-view.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy, type Policy } from '../../../shared/policy/policy.ts';
import type { Happening } from '../../support/order-histories.ts';
import {
  at,
  cancelled,
  checkedIn,
  completed,
  lifeOf,
  placed,
  policiesFrom,
  policyWith,
  returned,
  type Told,
} from '../../support/shop-story.ts';

/** An order of the given total in minor units, delivered at once. */
const bought = (time: string, total: number, orderId = 'ord-1'): Happening[] => [
  placed(time, { orderId, total }),
  completed(time, { orderId }),
];

function tierOf(happenings: Happening[], now = '2026-12-31') {
  const { account } = lifeOf('ann', happenings, now);
  return memberView('ann', { account }, at(now), always(currentPolicy)).tier;
}

describe('the tier table: spend, tier, discount and what is left to the next', () => {
  it.each([
    { spend: '0.99', tier: 'basic', discount: 0, next: 'silver', remaining: '999.01' },
    { spend: '999.99', tier: 'basic', discount: 0, next: 'silver', remaining: '0.01' },
    { spend: '1000.00', tier: 'silver', discount: 5, next: 'gold', remaining: '4000.00' },
    { spend: '4999.99', tier: 'silver', discount: 5, next: 'gold', remaining: '0.01' },
    { spend: '5000.00', tier: 'gold', discount: 10, next: 'diamond', remaining: '15000.00' },
    { spend: '19999.99', tier: 'gold', discount: 10, next: 'diamond', remaining: '0.01' },
    { spend: '20000.00', tier: 'diamond', discount: 15, next: undefined, remaining: undefined },
    { spend: '9999999.00', tier: 'diamond', discount: 15, next: undefined, remaining: undefined },
  ])('$spend: $tier, $discount % off, $remaining to $next', ({ spend, tier, discount, next, remaining }) => {
    const minor = (text: string) => Math.round(Number(text) * 100);
    const view = tierOf(bought('2026-01-05', minor(spend)));
    expect(view).toMatchObject({ id: tier, discountPercent: discount, since: '2026-01-05T00:00:00.000Z' });
    expect(view.next).toEqual(next === undefined ? undefined : { id: next, remaining: minor(remaining ?? '') });
  });

  it.each([
    { tier: 'basic', spend: 0, benefits: [] },
    { tier: 'silver', spend: 100_000, benefits: ['member_discount'] },
    { tier: 'gold', spend: 500_000, benefits: ['member_discount', 'birthday_voucher'] },
    {
      tier: 'diamond',
      spend: 2_000_000,
      benefits: ['member_discount', 'birthday_voucher', 'own_support_line', 'new_products_first'],
    },
  ])('$tier brings $benefits', ({ tier, spend, benefits }) => {
    expect(tierOf(bought('2026-01-05', spend))).toMatchObject({ id: tier, benefits });
  });
});

describe('a change of tier', () => {
  const changes = (happenings: Happening[]) =>
    lifeOf('ann', happenings, '2026-12-31').entries.filter((it) => it.kind === 'tier');

  it('comes with delivery, not with the order', () => {
    expect(changes([placed('2026-01-05', { total: 600_000 })])).toEqual([]);
    expect(changes(bought('2026-01-05', 600_000))).toEqual([
      {
        kind: 'tier',
        from: 'basic',
        to: 'gold',
        atMs: at('2026-01-05'),
        spend: 600_000,
        eventId: 'ord-1:completed',
        eventType: 'order.completed.v1',
        subject: 'ord-1',
        reason: 'spend',
        policyStamp: currentPolicy.stamp,
      },
    ]);
  });

  it.each([
    { what: 'up, step by step', facts: [...bought('2026-01-05', 60_000), ...bought('2026-02-05', 60_000, 'ord-2')] },
    {
      what: 'down by a return',
      facts: [...bought('2026-01-05', 600_000), returned('2026-01-20', { 1: 1 })],
    },
    { what: 'down by a cancellation', facts: [...bought('2026-01-05', 600_000), cancelled('2026-01-20')] },
    {
      what: 'down one, and up again',
      facts: [
        ...bought('2026-01-05', 400_000),
        ...bought('2026-02-05', 200_000, 'ord-2'),
        returned('2026-02-10', { 1: 1 }, { orderId: 'ord-2' }),
        ...bought('2026-03-05', 100_000, 'ord-3'),
      ],
    },
  ])('goes $what', ({ what, facts }) => {
    const golden: Record<string, string[]> = {
      'up, step by step': ['basic -> silver at 120000 by ord-2:completed'],
      'down by a return': ['basic -> gold at 600000 by ord-1:completed', 'gold -> basic at 0 by ord-1:returned:ret-1'],
      'down by a cancellation': ['basic -> gold at 600000 by ord-1:completed', 'gold -> basic at 0 by ord-1:cancelled'],
      'down one, and up again': [
        'basic -> silver at 400000 by ord-1:completed',
        'silver -> gold at 600000 by ord-2:completed',
        'gold -> silver at 400000 by ord-2:returned:ret-1',
        'silver -> gold at 500000 by ord-3:completed',
      ],
    };
    expect(
      changes(facts).map((it) => ('from' in it ? `${it.from} -> ${it.to} at ${it.spend} by ${it.eventId}` : '')),
    ).toEqual(golden[what]);
  });

  it('dates the tier from itself, also a fall back to the first one', () => {
    expect(tierOf(bought('2026-01-05', 600_000)).since).toBe('2026-01-05T00:00:00.000Z');
    const fallen = [...bought('2026-01-05', 600_000), cancelled('2026-01-20')];
    expect(tierOf(fallen)).toMatchObject({ id: 'basic', since: '2026-01-20T00:00:00.000Z' });
  });
});

type Basis = Policy['tiers']['basis'];
type Terms = { basis?: Basis; graceDays?: number; stepDown?: Policy['tiers']['stepDown']; timeZone?: string };
const judged = ({ timeZone = 'UTC', ...terms }: Terms) =>
  policyWith((it) => {
    Object.assign(it.tiers, terms);
    it.timeZone = timeZone;
  });

/** Every change of tier: `2027-02-01T00:00:00.000Z silver basic 30000 lapse`. */
const changesOf = (told: readonly Told[], policy: Policy | Policies, now = '2030-01-01') =>
  lifeOf('ann', told, now, policy).entries.flatMap((it) =>
    it.kind === 'tier' ? [`${new Date(it.atMs).toISOString()} ${it.from} ${it.to} ${it.spend} ${it.reason}`] : [],
  );

describe('the spend that a tier is judged on', () => {
  const rolling = judged({ basis: 'rolling_12_months' });
  const yearly = judged({ basis: 'calendar_year' });
  const inShanghai = judged({ basis: 'calendar_year', timeZone: 'Asia/Shanghai' });
  const spends = [
    { day: '2025-12-31T12:00:00Z', amount: 1 },
    { day: '2025-12-31T20:00:00Z', amount: 20 },
    { day: '2026-01-01T12:00:00Z', amount: 300 },
    { day: '2026-07-31T12:00:00Z', amount: 4_000 },
  ];
  const told = spends.flatMap(({ day, amount }, index) => bought(day, amount, `ord-${index}`));

  it.each([
    { basis: 'accumulated', policy: currentPolicy, now: '2040-01-01', spend: 4_321, since: undefined },
    { basis: 'rolling', policy: rolling, now: '2026-12-31', spend: 4_321, since: '2025-12-01T00:00:00.000Z' },
    { basis: 'rolling', policy: rolling, now: '2027-01-01', spend: 4_300, since: '2026-01-01T00:00:00.000Z' },
    { basis: 'rolling', policy: rolling, now: '2027-02-01', spend: 4_000, since: '2026-02-01T00:00:00.000Z' },
    { basis: 'rolling', policy: rolling, now: '2027-08-01', spend: 0, since: '2026-08-01T00:00:00.000Z' },
    { basis: 'the year', policy: yearly, now: '2026-12-31', spend: 4_300, since: '2026-01-01T00:00:00.000Z' },
    { basis: 'the year', policy: yearly, now: '2027-01-01', spend: 0, since: '2027-01-01T00:00:00.000Z' },
    {
      basis: 'the year in Shanghai',
      policy: inShanghai,
      now: '2026-12-31',
      spend: 4_320,
      since: '2025-12-31T16:00:00.000Z',
    },
    {
      basis: 'the year in Shanghai',
      policy: inShanghai,
      now: '2026-12-31T16:00:00Z',
      spend: 0,
      since: '2026-12-31T16:00:00.000Z',
    },
  ])('by $basis at $now: $spend', ({ policy, now, spend, since }) => {
    const { account } = lifeOf('ann', told, '2026-07-31T12:00:00Z', policy);
    expect(tierSpend(account, at(now), policy)).toBe(spend);
    const sinceMs = spendSinceMs(at(now), policy);
    expect(sinceMs === undefined ? undefined : new Date(sinceMs).toISOString()).toBe(since);
  });

  it('is that of the month an order was delivered in, whenever pieces of it come back', () => {
    const two = placed('2026-01-05', { lines: [{ quantity: 2, unitPrice: 1_000 }] });
    const facts = [two, completed('2026-02-05'), returned('2026-05-05', { 1: 1 })];
    expect(lifeOf('ann', facts, '2026-06-01').account.months).toEqual({ [2026 * 12 + 1]: 1_000 });
    expect(lifeOf('ann', [...facts, cancelled('2026-06-05')], '2026-07-01').account.months).toEqual({});
  });

  it('forgets months that count for nothing any more, and takes no return of theirs', () => {
    const account = newAccount(always(rolling));
    countSpend(account, 500, at('2025-01-10'), at('2025-01-10'), rolling);
    countSpend(account, 700, at('2026-01-10'), at('2026-01-10'), rolling);
    expect(account.months).toEqual({ [2025 * 12]: 500, [2026 * 12]: 700 });
    countSpend(account, 900, at('2026-02-10'), at('2026-02-10'), rolling);
    expect(account.months).toEqual({ [2026 * 12]: 700, [2026 * 12 + 1]: 900 });
    countSpend(account, -500, at('2025-01-10'), at('2026-02-11'), rolling);
    expect(account.months).toEqual({ [2026 * 12]: 700, [2026 * 12 + 1]: 900 });
  });

  it('goes back from the month it counted in, also where the shop has changed its time zone', () => {
    const eastern = policyWith((it) => {
      it.timeZone = 'Asia/Shanghai';
      it.tiers.basis = 'calendar_year';
    });
    const policies = policiesFrom(currentPolicy, { from: '2026-01-10', policy: eastern });
    // The evening of the old year by the clock of then, the new year by the one of now.
    const facts = [...bought('2025-12-31T20:00:00Z', 150_000), returned('2026-02-01', { 1: 1 })];
    expect(lifeOf('ann', facts, '2026-02-01', policies).account.months).toEqual({});
  });

  it('is kept by month whatever the basis, for a shop that changes it', () => {
    const policies = policiesFrom(currentPolicy, { from: '2026-06-01', policy: rolling });
    const facts = [...bought('2025-01-05', 90_000), ...bought('2026-02-05', 60_000, 'ord-2')];
    expect(changesOf(facts, policies)).toEqual([
      '2026-02-05T00:00:00.000Z basic silver 150000 spend',
      '2026-06-01T00:00:00.000Z silver basic 60000 policy',
    ]);
  });
});

describe('the place in the ladder', () => {
  it.each([
    { spend: -1, index: 0 },
    { spend: 0, index: 0 },
    { spend: 99_999, index: 0 },
    { spend: 100_000, index: 1 },
    { spend: 2_000_000, index: 3 },
  ])('that $spend reaches: $index', ({ spend, index }) => {
    expect(reachedIndex(spend, currentPolicy)).toBe(index);
  });

  it.each([
    { id: 'basic', index: 0 },
    { id: 'diamond', index: 3 },
    { id: 'ruby', index: -1 },
  ])('of $id: $index', ({ id, index }) => {
    expect(tierIndex(id, currentPolicy)).toBe(index);
  });
});

describe('the next instant at which spend may lapse', () => {
  const silver = { ...newAccount(always(currentPolicy)), tier: { id: 'silver', sinceMs: 0 } };
  it.each([
    { basis: 'accumulated', after: '2026-01-05', next: undefined },
    { basis: 'rolling_12_months', after: '2026-01-05', next: '2026-02-01T00:00:00.000Z' },
    { basis: 'rolling_12_months', after: '2026-02-01', next: '2026-03-01T00:00:00.000Z' },
    { basis: 'rolling_12_months', after: '2026-12-31T23:59:59.999Z', next: '2027-01-01T00:00:00.000Z' },
    { basis: 'calendar_year', after: '2026-01-01', next: '2027-01-01T00:00:00.000Z' },
    { basis: 'calendar_year', after: '2026-12-31T23:59:59.999Z', next: '2027-01-01T00:00:00.000Z' },
  ] as const)('by $basis after $after: $next', ({ basis, after, next }) => {
    const boundaryMs = nextBoundaryMs(silver, at(after), judged({ basis }));
    expect(boundaryMs === undefined ? undefined : new Date(boundaryMs).toISOString()).toBe(next);
    expect(nextBoundaryMs(newAccount(always(currentPolicy)), at(after), judged({ basis }))).toBeUndefined();
  });

  it('is by clocks in the shop', () => {
    const policy = judged({ basis: 'calendar_year', timeZone: 'Asia/Shanghai' });
    expect(nextBoundaryMs(silver, at('2026-06-01'), policy)).toBe(at('2026-12-31T16:00:00Z'));
  });
});

describe('a tier whose spend lapses', () => {
  const gold = bought('2026-06-05', 500_000);
  it.each([
    {
      what: 'falls as the month turns',
      terms: { basis: 'rolling_12_months' },
      changes: ['2027-07-01T00:00:00.000Z gold basic 0 lapse'],
    },
    {
      what: 'falls as the year turns',
      terms: { basis: 'calendar_year' },
      changes: ['2027-01-01T00:00:00.000Z gold basic 0 lapse'],
    },
    {
      what: 'falls when the grace is over',
      terms: { basis: 'calendar_year', graceDays: 90 },
      changes: ['2027-04-01T00:00:00.000Z gold basic 0 lapse'],
    },
    {
      what: 'falls step by step, a grace between two',
      terms: { basis: 'calendar_year', graceDays: 10, stepDown: 'one' },
      changes: ['2027-01-11T00:00:00.000Z gold silver 0 lapse', '2027-01-21T00:00:00.000Z silver basic 0 lapse'],
    },
    {
      what: 'falls with the month turning as a grace ends',
      terms: { basis: 'rolling_12_months', graceDays: 31 },
      changes: ['2027-08-01T00:00:00.000Z gold basic 0 lapse'],
    },
    {
      what: 'falls by one step only, with the month turning as a grace ends',
      terms: { basis: 'rolling_12_months', graceDays: 31, stepDown: 'one' },
      changes: ['2027-08-01T00:00:00.000Z gold silver 0 lapse', '2027-09-01T00:00:00.000Z silver basic 0 lapse'],
    },
  ] as const)('$what', ({ terms, changes }) => {
    expect(changesOf(gold, judged(terms)).slice(1)).toEqual(changes);
    // What else happens in between changes nothing of it.
    const busy = ['2026-12-31T23:59:59.999Z', '2027-01-01', '2027-07-01', '2027-08-01'].map((time) => checkedIn(time));
    expect(changesOf([...gold, ...busy], judged(terms)).slice(1)).toEqual(changes);
  });

  const yearly = judged({ basis: 'calendar_year', graceDays: 31 });
  const steps = judged({ basis: 'calendar_year', graceDays: 31, stepDown: 'one' });
  it.each([
    {
      what: 'is kept by spend in the grace',
      policy: yearly,
      next: bought('2027-01-31', 500_000, 'ord-2'),
      changes: ['2028-02-01T00:00:00.000Z gold basic 0 lapse'],
    },
    {
      what: 'falls to what spend in the grace reaches',
      policy: yearly,
      next: bought('2027-01-31', 100_000, 'ord-2'),
      changes: ['2027-02-01T00:00:00.000Z gold silver 100000 lapse', '2028-02-01T00:00:00.000Z silver basic 0 lapse'],
    },
    {
      what: 'is not kept by spend of the instant after the grace',
      policy: yearly,
      next: bought('2027-02-01', 500_000, 'ord-2'),
      changes: [
        '2027-02-01T00:00:00.000Z gold basic 0 lapse',
        '2027-02-01T00:00:00.000Z basic gold 500000 spend',
        '2028-02-01T00:00:00.000Z gold basic 0 lapse',
      ],
    },
    {
      what: 'goes on in its grace where something comes back',
      policy: yearly,
      next: [returned('2027-01-15', { 1: 1 })],
      changes: ['2027-02-01T00:00:00.000Z gold basic 0 lapse'],
    },
    {
      what: 'rises in the second grace',
      policy: steps,
      next: bought('2027-02-10', 500_000, 'ord-2'),
      changes: [
        '2027-02-01T00:00:00.000Z gold silver 0 lapse',
        '2027-02-10T00:00:00.000Z silver gold 500000 spend',
        '2028-02-01T00:00:00.000Z gold silver 0 lapse',
        '2028-03-03T00:00:00.000Z silver basic 0 lapse',
      ],
    },
  ])('$what', ({ policy, next, changes }) => {
    expect(changesOf([...gold, ...next], policy).slice(1)).toEqual(changes);
  });

  it('falls at once, whatever the grace, where a return takes the spend', () => {
    expect(changesOf([...gold, returned('2026-07-05', { 1: 1 })], yearly)).toEqual([
      '2026-06-05T00:00:00.000Z basic gold 500000 spend',
      '2026-07-05T00:00:00.000Z gold basic 0 return',
    ]);
  });
});

describe('a change of policy', () => {
  const silver = bought('2026-01-05', 150_000);
  const threshold = (amount: number, graceDays = 0) =>
    policyWith((it) => {
      it.tiers.steps[1]!.threshold = amount;
      it.tiers.graceDays = graceDays;
    });
  it.each([
    {
      what: 'lifts at once',
      policy: threshold(50_000),
      told: bought('2026-01-05', 50_000),
      changes: ['2026-03-01T00:00:00.000Z basic silver 50000 policy'],
    },
    {
      what: 'lowers at once without a grace',
      policy: threshold(200_000),
      told: silver,
      changes: ['2026-03-01T00:00:00.000Z silver basic 150000 policy'],
    },
    {
      what: 'lowers after the grace',
      policy: threshold(200_000, 10),
      told: silver,
      changes: ['2026-03-11T00:00:00.000Z silver basic 150000 lapse'],
    },
    {
      what: 'leaves a member who reaches it within the grace',
      policy: threshold(200_000, 10),
      told: [...silver, ...bought('2026-03-05', 50_000, 'ord-2')],
      changes: [],
    },
    {
      what: 'that leaves the ladder as it is changes nobody',
      policy: judged({ graceDays: 10 }),
      told: silver,
      changes: [],
    },
  ])('$what', ({ policy, told, changes }) => {
    const policies = policiesFrom(currentPolicy, { from: '2026-03-01', policy });
    expect(changesOf(told, policies).filter((it) => !it.endsWith('spend'))).toEqual(changes);
  });

  it('that drops a tier brings its members to the one that their spend reaches', () => {
    const policy = policyWith((it) => {
      it.tiers.steps[1]!.id = 'bronze';
    });
    const policies = policiesFrom(currentPolicy, { from: '2026-03-01', policy });
    expect(changesOf(silver, policies).at(-1)).toBe('2026-03-01T00:00:00.000Z silver bronze 150000 policy');
  });
});
