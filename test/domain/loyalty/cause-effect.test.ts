import { describe, expect, it } from 'vitest';
import { type CausePosting, causeEffect } from '../../../shared/domain/loyalty/cause-effect.ts';
import { addCauseFact, newCause } from '../../../shared/domain/loyalty/cause-facts.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import {
  adjusted,
  at,
  type CauseTold,
  checkedIn,
  introduced,
  policiesFrom,
  policyWith,
  redeemed,
  released,
  reviewed,
  revoked,
  rewarded,
} from '../../support/shop-story.ts';

/** What the facts of one cause call for, in the order in which they are told. */
function effectOf(told: readonly CauseTold[], policies = always(currentPolicy)): CausePosting[] {
  let cause = newCause('ann', told[0]?.causeId ?? '');
  for (const { fact } of told) {
    const added = addCauseFact(cause, fact);
    if (added.kind === 'added') cause = added.cause;
  }
  return causeEffect(cause, policies);
}

const steps = (told: readonly CauseTold[], policies = always(currentPolicy)) =>
  effectOf(told, policies).map(({ kind, points }) => `${kind} ${points}`);

const { stamp: policyStamp } = currentPolicy;

describe('what a cause calls for', () => {
  it.each([
    {
      what: 'a registration: no points, but whose clock and who brought them',
      told: [introduced('2026-01-05', { id: 'evt-1', timeZone: 'Asia/Tokyo', referredBy: 'bob' })],
      posting: {
        kind: 'introduced',
        eventId: 'evt-1',
        eventType: 'member.registered.v1',
        subject: 'introduction:evt-1',
        points: 0,
        arithmetic: '',
        timeZone: 'Asia/Tokyo',
        referredBy: 'bob',
      },
    },
    {
      what: "a check-in: the day's points",
      told: [checkedIn('2026-01-05', { id: 'evt-1' })],
      posting: {
        kind: 'checked_in',
        eventId: 'evt-1',
        eventType: 'member.checked_in.v1',
        subject: 'checkin:evt-1',
        points: 10,
        arithmetic: '10 a day',
      },
    },
    {
      what: 'a redemption for goods',
      told: [redeemed('2026-01-05', 100)],
      posting: {
        kind: 'redeemed',
        eventId: 'red-1',
        eventType: 'points.redemption',
        subject: 'redemption:red-1',
        points: 100,
        arithmetic: '100 points redeemed',
        redemptionId: 'red-1',
      },
    },
    {
      what: 'a redemption for an order that is known',
      told: [redeemed('2026-01-05', 100, { orderId: 'ord-1', orderNet: 5_000 })],
      posting: {
        kind: 'redeemed',
        eventId: 'red-1',
        eventType: 'points.redemption',
        subject: 'redemption:red-1',
        points: 100,
        arithmetic: '100 points redeemed for order ord-1',
        redemptionId: 'red-1',
        orderId: 'ord-1',
        orderNet: 5_000,
      },
    },
    {
      what: 'points given by the desk',
      told: [adjusted('2026-01-05', 50)],
      posting: {
        kind: 'granted',
        eventId: 'adj-1',
        eventType: 'points.adjustment',
        subject: 'adjustment:adj-1',
        points: 50,
        arithmetic: '50 points given by hand',
        adjusts: true,
      },
    },
    {
      what: 'points taken by the desk',
      told: [adjusted('2026-01-05', -50, { reason: 'given twice' })],
      posting: {
        kind: 'taken',
        eventId: 'adj-1',
        eventType: 'points.adjustment',
        subject: 'adjustment:adj-1',
        points: 50,
        arithmetic: '50 points taken by hand',
        adjusts: true,
      },
    },
    {
      what: 'a reward: under the type of what it is for',
      told: [rewarded('2026-01-05', 200, { id: 'evt-1' })],
      posting: {
        kind: 'granted',
        eventId: 'evt-1',
        eventType: 'referral.completed.v1',
        subject: 'reward:rew-1',
        points: 200,
        arithmetic: 'a friend has bought',
      },
    },
  ])('$what', ({ told, posting }) => {
    expect(effectOf(told)).toEqual([{ atMs: at('2026-01-05'), policyStamp, ...posting }]);
  });

  it.each([
    { shortfall: 'debt', says: undefined, ofTheDesk: undefined },
    { shortfall: 'within_balance', says: 'within_balance', ofTheDesk: 'within_balance' },
    { shortfall: 'only_pending', says: 'only_pending', ofTheDesk: 'within_balance' },
  ] as const)('says what becomes of points that are missing: $shortfall', ({ shortfall, says, ofTheDesk }) => {
    const policy = policyWith((it) => {
      it.points.shortfall = shortfall;
    });
    const reward = [rewarded('2026-01-05', 200), revoked('2026-01-06')];
    expect(effectOf(reward, always(policy))[1]?.shortfall).toBe(says);
    expect(effectOf([adjusted('2026-01-05', -50)], always(policy))[0]?.shortfall).toBe(ofTheDesk);
  });

  it('goes by the policy of the time of each fact', () => {
    const dearer = policyWith((it) => {
      it.points.checkIn = 20;
    });
    const policies = policiesFrom(currentPolicy, { from: '2026-02-01', policy: dearer });
    const lastDay = checkedIn('2026-01-31T23:59:59.999Z');
    expect(effectOf([lastDay], policies)).toMatchObject([{ points: 10, policyStamp }]);
    expect(effectOf([checkedIn('2026-02-01')], policies)).toMatchObject([{ points: 20, policyStamp: dearer.stamp }]);
  });
});

describe('a redemption that is undone', () => {
  it.each([
    {
      what: 'gives back what it took',
      told: [redeemed('2026-01-05', 100), released('2026-01-06')],
      steps: ['redeemed 100', 'released 0'],
    },
    { what: 'is nothing where it had never been made', told: [released('2026-01-06')], steps: [] },
    {
      what: 'is nothing where it was undone before it was made',
      told: [released('2026-01-04'), redeemed('2026-01-05', 100)],
      steps: ['redeemed 100'],
    },
  ])('$what', ({ told, steps: expected }) => {
    expect(steps(told)).toEqual(expected);
  });
});

describe('a reward', () => {
  it.each([
    { what: 'is given once', told: [rewarded('2026-01-05', 200), rewarded('2026-01-06', 200)], steps: ['granted 200'] },
    {
      what: 'is taken back as it was given',
      told: [rewarded('2026-01-05', 200), revoked('2026-01-06')],
      steps: ['granted 200', 'taken 200'],
    },
    {
      what: 'is taken back once',
      told: [rewarded('2026-01-05', 200), revoked('2026-01-06'), revoked('2026-01-07')],
      steps: ['granted 200', 'taken 200'],
    },
    { what: 'that was never given is not taken back', told: [revoked('2026-01-05')], steps: [] },
    {
      what: 'may be given again, of another amount',
      told: [rewarded('2026-01-05', 200), revoked('2026-01-06'), rewarded('2026-01-07', 300), revoked('2026-01-08')],
      steps: ['granted 200', 'taken 200', 'granted 300', 'taken 300'],
    },
  ])('$what', ({ told, steps: expected }) => {
    expect(steps(told)).toEqual(expected);
  });
});

describe('a review', () => {
  const [submitted, published, rejected] = [
    reviewed('2026-01-05', 'submitted'),
    reviewed('2026-01-06', 'published'),
    reviewed('2026-01-07', 'rejected'),
  ];
  const again = (day: string, step: 'submitted' | 'published' | 'rejected') => reviewed(day, step);
  it.each([
    { what: 'waits', told: [submitted], steps: ['pended 5'] },
    { what: 'is published', told: [submitted, published], steps: ['pended 5', 'confirmed 5'] },
    { what: 'is published, and that it was submitted is not known yet', told: [published], steps: ['granted 5'] },
    {
      what: 'is rejected while it waits',
      told: [submitted, again('2026-01-06', 'rejected')],
      steps: ['pended 5', 'dropped 5'],
    },
    {
      what: 'is rejected later',
      told: [submitted, published, rejected],
      steps: ['pended 5', 'confirmed 5', 'taken 5'],
    },
    { what: 'that is not known is rejected', told: [rejected], steps: [] },
    {
      what: 'is submitted, published and rejected twice each, once for all',
      told: [
        submitted,
        again('2026-01-05T12:00:00Z', 'submitted'),
        published,
        again('2026-01-06T12:00:00Z', 'published'),
        rejected,
        again('2026-01-08', 'rejected'),
      ],
      steps: ['pended 5', 'confirmed 5', 'taken 5'],
    },
    {
      what: 'is put back',
      told: [submitted, published, rejected, again('2026-01-09', 'published')],
      steps: ['pended 5', 'confirmed 5', 'taken 5', 'granted 5'],
    },
    {
      what: 'is put back and rejected again',
      told: [submitted, published, rejected, again('2026-01-09', 'published'), again('2026-01-10', 'rejected')],
      steps: ['pended 5', 'confirmed 5', 'taken 5', 'granted 5', 'taken 5'],
    },
    {
      what: 'is handed in anew after it was rejected',
      told: [
        submitted,
        again('2026-01-06', 'rejected'),
        again('2026-01-07', 'submitted'),
        again('2026-01-08', 'published'),
      ],
      steps: ['pended 5', 'dropped 5', 'pended 5', 'confirmed 5'],
    },
  ])('$what: $steps', ({ told, steps: expected }) => {
    expect(steps(told)).toEqual(expected);
    expect(steps(told.toReversed())).toEqual(expected);
  });

  it('is worth what it was worth when it came, whatever the rate since', () => {
    const rate = (points: number) =>
      policyWith((it) => {
        it.points.review = points;
      });
    const policies = policiesFrom(
      rate(5),
      { from: '2026-01-06', policy: rate(8) },
      { from: '2026-01-09', policy: rate(0) },
    );
    const life = [
      submitted,
      published,
      rejected,
      reviewed('2026-01-09', 'published'),
      reviewed('2026-01-10', 'rejected'),
    ];
    expect(steps(life, policies)).toEqual(['pended 5', 'confirmed 5', 'taken 5', 'granted 5', 'taken 5']);
    expect(steps([published, reviewed('2026-01-09', 'submitted')], policies)).toEqual(['granted 8']);
  });
});

describe('what is taken back', () => {
  it.each([
    { what: 'a reward', told: [rewarded('2026-01-05', 200), revoked('2026-03-06')], ends: '2027-01-31T23:59:59.999Z' },
    {
      what: 'a review',
      told: [
        reviewed('2026-01-05', 'submitted'),
        reviewed('2026-02-06', 'published'),
        reviewed('2026-03-06', 'rejected'),
      ],
      ends: '2027-02-28T23:59:59.999Z',
    },
    {
      what: 'a review that was put back',
      told: [
        reviewed('2026-01-05', 'published'),
        reviewed('2026-02-06', 'rejected'),
        reviewed('2026-03-06', 'published'),
        reviewed('2026-04-06', 'rejected'),
      ],
      ends: '2027-01-31T23:59:59.999Z',
    },
    {
      what: 'a review that was put back when its points would have ended',
      told: [
        reviewed('2026-01-05', 'published'),
        reviewed('2026-02-06', 'rejected'),
        reviewed('2027-03-06', 'published'),
        reviewed('2027-03-07', 'rejected'),
      ],
      ends: '2027-03-31T23:59:59.999Z',
    },
    { what: 'by the desk', told: [adjusted('2026-01-05', -50)], ends: undefined },
  ])('$what: says which points they were', ({ told, ends }) => {
    expect(effectOf(told).at(-1)).toMatchObject({ kind: 'taken' });
    expect(effectOf(told).at(-1)?.expiresAtMs).toBe(ends === undefined ? undefined : at(ends));
  });
});
