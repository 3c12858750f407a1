import { describe, expect, it } from 'vitest';
import { type Account, availablePoints, newAccount, pendingPoints } from '../../../shared/domain/loyalty/account.ts';
import { accountAt, nextDueMs } from '../../../shared/domain/loyalty/fold.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy, type Policy } from '../../../shared/policy/policy.ts';
import {
  adjusted,
  at,
  cancelled,
  checkedIn,
  completed,
  introduced,
  lifeOf,
  placed,
  policiesFrom,
  policyWith,
  redeemed,
  returned,
  reviewed,
  type Told,
} from '../../support/shop-story.ts';

const bought = (time: string, total: number, orderId = 'ord-1'): Told[] => [
  placed(time, { orderId, total }),
  completed(time, { orderId }),
];

const instant = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** What an account goes through, one line each: `2027-02-01T00:00:00.000Z tier silver basic`. */
function newsOf(told: readonly Told[], now: string, policy: Policy | Policies = currentPolicy): string[] {
  return lifeOf('ann', told, now, policy).entries.map((it) => {
    const time = instant(it.atMs);
    if (it.kind === 'tier') return `${time} tier ${it.from} ${it.to} (${it.reason})`;
    if (it.kind === 'notice') return `${time} notice ${it.days} days ${it.points}`;
    if (it.kind === 'referral') return `${time} referral ${it.by}`;
    return `${time} ${it.kind} ${it.state} ${it.points}`;
  });
}

const rolling = policyWith((it) => {
  it.tiers.basis = 'rolling_12_months';
});

describe('things that fall due at one instant', () => {
  // Delivered 5 June: the points end with June a year later, and so does the time that the spend counts in.
  it('all happen: points end, and the month turns that a tier is judged on', () => {
    const told = bought('2026-06-05', 200_000);
    expect(newsOf(told, '2027-07-01', rolling).slice(-2)).toEqual([
      '2027-06-30T23:59:59.999Z expire available -2000',
      '2027-07-01T00:00:00.000Z tier silver basic (lapse)',
    ]);
    expect(lifeOf('ann', told, '2027-07-01', rolling).account).toMatchObject({ tier: { id: 'basic' }, lots: [] });
  });

  it('all happen: points end, and the policy changes', () => {
    const dearer = policyWith((it) => {
      it.tiers.steps[1]!.threshold = 300_000;
    });
    const policies = policiesFrom(currentPolicy, { from: '2027-07-01', policy: dearer });
    expect(newsOf(bought('2026-06-05', 200_000), '2027-07-01', policies).slice(-2)).toEqual([
      '2027-06-30T23:59:59.999Z expire available -2000',
      '2027-07-01T00:00:00.000Z tier silver basic (policy)',
    ]);
  });

  it('all happen: a hold ends, and a member is told that other points will', () => {
    const told = [...bought('2026-01-05', 10_000), ...bought('2026-12-25T23:59:59.999Z', 5_000, 'ord-2')];
    expect(newsOf(told, '2027-01-02').slice(-3)).toEqual([
      '2027-01-01T23:59:59.999Z available pending -50',
      '2027-01-01T23:59:59.999Z available available 50',
      '2027-01-01T23:59:59.999Z notice 30 days 100',
    ]);
  });

  it('all happen: the policy changes as a year ends and as a notice is due', () => {
    const yearly = policyWith((it) => {
      it.tiers.basis = 'calendar_year';
    });
    const unlike = policyWith((it) => {
      it.tiers.basis = 'calendar_year';
      it.points.checkIn = 20;
    });
    const noticeAt = '2027-01-01T23:59:59.999Z';
    const policies = policiesFrom(
      yearly,
      { from: '2027-01-01', policy: unlike },
      { from: noticeAt, policy: currentPolicy },
    );
    expect(newsOf(bought('2026-01-05', 100_000), '2027-01-02', policies).slice(-3)).toEqual([
      '2027-01-01T00:00:00.000Z tier silver basic (policy)',
      `${noticeAt} tier basic silver (policy)`,
      `${noticeAt} notice 30 days 1000`,
    ]);
  });
});

describe('a check-in', () => {
  const inZone = (timeZone: string, time = '2026-01-01') => introduced(time, { timeZone });
  const shopIn = (timeZone: string) =>
    policyWith((it) => {
      it.timeZone = timeZone;
    });
  /** The days that counted, of check-ins at these times. */
  const days = (told: readonly Told[], policy: Policy | Policies = currentPolicy) =>
    lifeOf('ann', told, '2026-12-31', policy).entries.map((it) => ('arithmetic' in it ? it.arithmetic : it.kind));
  const counted = (...on: string[]) => on.map((day) => `10 a day, for ${day}`);

  it.each([
    {
      what: 'once a day',
      told: [checkedIn('2026-01-05T00:00:00Z'), checkedIn('2026-01-05T23:59:59.999Z')],
      counts: ['2026-01-05'],
    },
    {
      what: 'on the next day from its first millisecond',
      told: [checkedIn('2026-01-05T23:59:59.999Z'), checkedIn('2026-01-06T00:00:00Z')],
      counts: ['2026-01-05', '2026-01-06'],
    },
    {
      what: "by the member's clock and not the shop's",
      told: [inZone('Asia/Tokyo'), checkedIn('2026-01-05T14:59:59Z'), checkedIn('2026-01-05T15:00:00Z')],
      counts: ['2026-01-05', '2026-01-06'],
    },
    {
      what: 'by the clock of the time, where it is told later, once',
      told: [
        checkedIn('2026-01-05T14:00:00Z'),
        inZone('Asia/Tokyo', '2026-01-05T14:30:00Z'),
        checkedIn('2026-01-05T14:59:00Z'),
        checkedIn('2026-01-05T15:00:00Z'),
      ],
      counts: ['2026-01-05', '2026-01-06'],
    },
    {
      what: 'by the clock told at the very instant',
      told: [checkedIn('2026-01-05T15:00:00Z'), inZone('Asia/Tokyo', '2026-01-05T15:00:00Z')],
      counts: ['2026-01-06'],
    },
    {
      what: 'not again on a day that a flight west repeats',
      told: [
        inZone('Pacific/Auckland'),
        checkedIn('2026-01-05T20:00:00Z'),
        inZone('Pacific/Honolulu', '2026-01-05T21:00:00Z'),
        checkedIn('2026-01-06T09:59:00Z'),
        checkedIn('2026-01-06T20:00:00Z'),
        checkedIn('2026-01-07T10:00:00Z'),
      ],
      counts: ['2026-01-06', '2026-01-07'],
    },
    {
      what: 'twice within hours on a flight east over the date line',
      told: [
        inZone('Pacific/Honolulu'),
        checkedIn('2026-01-06T09:00:00Z'),
        inZone('Pacific/Auckland', '2026-01-06T10:00:00Z'),
        checkedIn('2026-01-06T11:30:00Z'),
      ],
      counts: ['2026-01-05', '2026-01-07'],
    },
    {
      what: 'once on a day of 23 hours',
      told: [
        inZone('Europe/London'),
        checkedIn('2026-03-29T00:00:00Z'),
        checkedIn('2026-03-29T22:59:59Z'),
        checkedIn('2026-03-29T23:00:00Z'),
      ],
      counts: ['2026-03-29', '2026-03-30'],
    },
    {
      what: 'once on a day of 25 hours',
      told: [
        inZone('Europe/London'),
        checkedIn('2026-10-24T23:00:00Z'),
        checkedIn('2026-10-25T23:59:59Z'),
        checkedIn('2026-10-26T00:00:00Z'),
      ],
      counts: ['2026-10-25', '2026-10-26'],
    },
    {
      what: 'in a zone of quarters of an hour',
      told: [inZone('Asia/Kathmandu'), checkedIn('2026-01-05T18:14:59Z'), checkedIn('2026-01-05T18:15:00Z')],
      counts: ['2026-01-05', '2026-01-06'],
    },
  ])('counts $what', ({ told, counts }) => {
    expect(days(told)).toEqual(counted(...counts));
    expect(days(told.toReversed())).toEqual(counted(...counts));
  });

  it("counts by the shop's clock for a member who has told none, also where only the one who brought them is told", () => {
    const told = [
      introduced('2026-01-01', { referredBy: 'bob' }),
      checkedIn('2026-01-05T15:30:00Z'),
      checkedIn('2026-01-05T16:00:00Z'),
    ];
    expect(days(told, shopIn('Asia/Shanghai'))).toEqual(counted('2026-01-05', '2026-01-06'));
  });

  it('brings nothing where the policy gives nothing, and the day has passed all the same', () => {
    const free = policyWith((it) => {
      it.points.checkIn = 0;
    });
    const policies = policiesFrom(free, { from: '2026-01-05T12:00:00Z', policy: currentPolicy });
    expect(days([checkedIn('2026-01-05T08:00:00Z'), checkedIn('2026-01-05T13:00:00Z')], policies)).toEqual([]);
  });
});

describe('a notice that points will end', () => {
  const noticesOf = (told: readonly Told[], now: string, policy: Policy | Policies = currentPolicy) =>
    newsOf(told, now, policy).filter((it) => it.includes('notice'));
  const order = bought('2026-01-05', 10_000);

  it.each([
    { now: '2027-01-01T23:59:59.998Z', notices: [] },
    { now: '2027-01-01T23:59:59.999Z', notices: ['2027-01-01T23:59:59.999Z notice 30 days 100'] },
    {
      now: '2030-01-01',
      notices: ['2027-01-01T23:59:59.999Z notice 30 days 100', '2027-01-24T23:59:59.999Z notice 7 days 100'],
    },
  ])('is given once each: by $now $notices', ({ now, notices }) => {
    expect(noticesOf(order, now)).toEqual(notices);
  });

  it('is given once whatever happens in between, for what is left by then', () => {
    const told = [
      ...order,
      redeemed('2027-01-02', 30),
      checkedIn('2027-01-03'),
      redeemed('2027-01-25', 30, { redemptionId: 'red-2' }),
      checkedIn('2027-01-26'),
    ];
    expect(noticesOf(told, '2027-02-01')).toEqual([
      '2027-01-01T23:59:59.999Z notice 30 days 100',
      '2027-01-24T23:59:59.999Z notice 7 days 70',
    ]);
  });

  it.each([
    { what: 'have been spent', told: [...order, redeemed('2026-06-01', 100)] },
    { what: 'have been taken back', told: [...order, returned('2026-06-01', { 1: 1 })] },
    { what: 'are pending', told: [placed('2026-01-05')] },
  ])('is not given of points that $what', ({ told }) => {
    expect(noticesOf(told, '2027-02-01')).toEqual([]);
  });

  it('is for the points of one month together, and for each month', () => {
    const told = [...order, ...bought('2026-01-06', 5_000, 'ord-2'), ...bought('2026-02-05', 1_000, 'ord-3')];
    expect(noticesOf(told, '2027-02-02')).toEqual([
      '2027-01-01T23:59:59.999Z notice 30 days 150',
      '2027-01-24T23:59:59.999Z notice 7 days 150',
      '2027-01-29T23:59:59.999Z notice 30 days 10',
    ]);
  });

  it.each([
    { days: [], notices: [] },
    { days: [1], notices: ['2027-01-30T23:59:59.999Z notice 1 days 100'] },
    {
      days: [7, 30],
      notices: ['2027-01-01T23:59:59.999Z notice 30 days 100', '2027-01-24T23:59:59.999Z notice 7 days 100'],
    },
  ])('is given on the days that the policy names: $days', ({ days, notices }) => {
    const policy = policyWith((it) => {
      it.points.expiryNoticeDays = days;
    });
    expect(noticesOf(order, '2027-02-01', policy)).toEqual(notices);
  });

  it('goes by the policy of the time before', () => {
    const policy = policyWith((it) => {
      it.points.expiryNoticeDays = [20, 7];
    });
    const policies = policiesFrom(currentPolicy, { from: '2027-01-05', policy });
    expect(noticesOf(order, '2027-02-01', policies)).toEqual([
      '2027-01-01T23:59:59.999Z notice 30 days 100',
      '2027-01-11T23:59:59.999Z notice 20 days 100',
      '2027-01-24T23:59:59.999Z notice 7 days 100',
    ]);
  });

  it('says what it is of', () => {
    const [notice] = lifeOf('ann', order, '2027-01-02').entries.filter((it) => it.kind === 'notice');
    expect(notice).toEqual({
      kind: 'notice',
      atMs: at('2027-01-01T23:59:59.999Z'),
      days: 30,
      points: 100,
      expiresAtMs: at('2027-01-31T23:59:59.999Z'),
      eventId: 'notice:30',
      eventType: 'points.expiry',
      subject: '2027-01-31T23:59:59.999Z',
      policyStamp: currentPolicy.stamp,
    });
  });
});

describe('a referral', () => {
  const brought = introduced('2026-01-01', { referredBy: 'bob' });
  const order = (day: string, orderId = 'ord-1', total = 10_000) => [
    placed(day, { orderId, total }),
    completed(day, { orderId }),
  ];
  const due = (day: string, by = 'bob') => [`${day}T00:00:00.000Z referral ${by}`];
  const referrals = (told: readonly Told[], now = '2026-12-31', policy: Policy | Policies = currentPolicy) =>
    newsOf(told, now, policy).filter((it) => it.includes('referral'));

  it.each([
    { what: 'an order that is not delivered', told: [placed('2026-01-05')], news: [] },
    {
      what: 'the first order delivered, when its return window ends',
      told: order('2026-01-05'),
      news: due('2026-01-12'),
    },
    {
      what: 'the first order, once',
      told: [...order('2026-01-05'), ...order('2026-01-20', 'ord-2')],
      news: due('2026-01-12'),
    },
    {
      what: 'an order of which some has come back',
      told: [
        placed('2026-01-05', { lines: [{ quantity: 2, unitPrice: 5_000 }] }),
        completed('2026-01-05'),
        returned('2026-01-06', { 1: 1 }),
      ],
      news: due('2026-01-12'),
    },
    { what: 'an order that cost nothing', told: order('2026-01-05', 'ord-1', 0), news: [] },
    {
      what: 'an order that has all come back before',
      told: [...order('2026-01-05'), returned('2026-01-11T23:59:59.999Z', { 1: 1 })],
      news: [],
    },
    {
      what: 'an order that had all come back before it was delivered',
      told: [placed('2026-01-05'), returned('2026-01-06', { 1: 1 }), completed('2026-01-07')],
      news: [],
    },
    {
      what: 'an order that comes back as its window ends',
      told: [...order('2026-01-05'), returned('2026-01-12', { 1: 1 })],
      news: due('2026-01-12'),
    },
    {
      what: 'an order that is cancelled in its window',
      told: [...order('2026-01-05'), cancelled('2026-01-06')],
      news: [],
    },
    {
      what: 'the next order, where the first has come back',
      told: [...order('2026-01-05'), returned('2026-01-06', { 1: 1 }), ...order('2026-01-20', 'ord-2')],
      news: due('2026-01-27'),
    },
    {
      what: 'the next order, where it had been delivered before the first came back',
      told: [...order('2026-01-05'), ...order('2026-01-07', 'ord-2'), returned('2026-01-08', { 1: 1 })],
      news: due('2026-01-14'),
    },
    {
      what: 'the third order, where both before have come back',
      told: [
        ...order('2026-01-05'),
        ...order('2026-01-06', 'ord-2'),
        ...order('2026-01-07', 'ord-3'),
        returned('2026-01-08', { 1: 1 }, { orderId: 'ord-2' }),
        returned('2026-01-09', { 1: 1 }),
      ],
      news: due('2026-01-14'),
    },
    { what: 'no order from before the member was brought', told: order('2025-12-31'), news: [] },
    {
      what: 'the one who was named first',
      told: [introduced('2026-01-02', { referredBy: 'cid' }), ...order('2026-01-05')],
      news: due('2026-01-12'),
    },
  ])('is due for $what: $news', ({ told, news }) => {
    expect(referrals([brought, ...told])).toEqual(news);
    expect(referrals([brought, ...told].toReversed())).toEqual(news);
  });

  it('of a next order whose window had ended before is due when the first comes back', () => {
    const longer = policyWith((it) => {
      it.points.holdDays = 30;
    });
    const policies = policiesFrom(longer, { from: '2026-01-07', policy: currentPolicy });
    const told = [brought, ...order('2026-01-05'), ...order('2026-01-07', 'ord-2'), returned('2026-01-20', { 1: 1 })];
    expect(referrals(told, '2026-12-31', policies)).toEqual(due('2026-01-20'));
  });

  it('is for a member whom somebody brought', () => {
    expect(referrals([introduced('2026-01-01', { timeZone: 'Asia/Tokyo' }), ...order('2026-01-05')])).toEqual([]);
  });

  it('says which order it is for', () => {
    const note = lifeOf('ann', [brought, ...order('2026-01-05')], '2026-02-01').entries.find(
      (it) => it.kind === 'referral',
    );
    expect(note).toEqual({
      kind: 'referral',
      by: 'bob',
      atMs: at('2026-01-12'),
      eventId: 'referral:ord-1',
      eventType: 'referral.window',
      subject: 'ord-1',
      policyStamp: currentPolicy.stamp,
    });
  });
});

describe('what falls due next', () => {
  const policies = always(currentPolicy);
  const dueAfter = (told: readonly Told[], now: string, policy: Policy = currentPolicy) =>
    instant(nextDueMs(lifeOf('ann', told, now, policy).account, always(policy)));
  const order = bought('2026-01-05', 10_000);

  it.each([
    { what: 'the end of a hold', told: order, now: '2026-01-05', due: '2026-01-12T00:00:00.000Z' },
    { what: 'a notice', told: order, now: '2026-01-12', due: '2027-01-01T23:59:59.999Z' },
    { what: 'the next notice', told: order, now: '2027-01-02', due: '2027-01-24T23:59:59.999Z' },
    { what: 'the end of points', told: order, now: '2027-01-25', due: '2027-02-01T00:00:00.000Z' },
    { what: 'nothing more', told: order, now: '2027-02-01', due: undefined },
    {
      what: 'nothing, of an order that is not delivered',
      told: [placed('2026-01-05')],
      now: '2026-01-05',
      due: undefined,
    },
    { what: 'nothing, of a review', told: [reviewed('2026-01-05', 'submitted')], now: '2026-01-05', due: undefined },
    {
      what: 'nothing, of a member who was only brought',
      told: [introduced('2026-01-01', { referredBy: 'bob' })],
      now: '2026-01-01',
      due: undefined,
    },
  ])('$what', ({ told, now, due }) => {
    expect(dueAfter(told, now)).toBe(due);
  });

  it('is nothing for an account that has never seen anything', () => {
    expect(nextDueMs(newAccount(policies), policies)).toBeUndefined();
  });

  it('leaves out the months in which a tier is kept', () => {
    const told = [...bought('2026-01-05', 150_000), adjusted('2026-01-06', -1)];
    const spent = redeemed('2026-01-13', 1_499);
    expect(dueAfter([...told, spent], '2026-01-14', rolling)).toBe('2027-02-01T00:00:00.000Z');
  });

  it('is, one after the other, all that ever comes', () => {
    const told = [...bought('2026-06-05', 600_000), ...bought('2026-09-05', 100_000, 'ord-2'), checkedIn('2026-09-06')];
    const { account: start, entries } = lifeOf('ann', told, '2026-09-06', rolling);
    const stepped: unknown[] = [...entries];
    let account: Account = start;
    for (
      let dueMs = nextDueMs(account, always(rolling));
      dueMs !== undefined;
      dueMs = nextDueMs(account, always(rolling))
    ) {
      const next = accountAt(account, dueMs, always(rolling));
      expect(next.entries.length).toBeGreaterThan(0);
      stepped.push(...next.entries);
      account = next.account;
    }
    expect(stepped).toEqual(lifeOf('ann', told, '2040-01-01', rolling).entries);
    expect([pendingPoints(account), availablePoints(account), account.tier.id]).toEqual([0, 0, 'basic']);
  });
});

it('gives a member who has done nothing the first tier of the time', () => {
  const other = policyWith((it) => {
    it.tiers.steps[0]!.id = 'guest';
  });
  const policies = policiesFrom(currentPolicy, { from: '2026-06-01', policy: other });
  expect(accountAt(newAccount(policies), at('2026-05-31'), policies).account.tier.id).toBe('basic');
  expect(accountAt(newAccount(policies), at('2026-06-01'), policies).account.tier.id).toBe('guest');
});
