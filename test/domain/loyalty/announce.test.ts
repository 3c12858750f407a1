import { describe, expect, it } from 'vitest';
import { pointsEarned } from '../../../events/loyalty/points-earned.v1.ts';
import { pointsExpiresSoon } from '../../../events/loyalty/points-expires-soon.v1.ts';
import { pointsReversed } from '../../../events/loyalty/points-reversed.v1.ts';
import { referralCompleted } from '../../../events/loyalty/referral-completed.v1.ts';
import { referralWithdrawn } from '../../../events/loyalty/referral-withdrawn.v1.ts';
import { tierChanged } from '../../../events/loyalty/tier-changed.v1.ts';
import { announcementOf } from '../../../shared/domain/loyalty/announce.ts';
import type { Entry } from '../../../shared/domain/loyalty/entries.ts';
import type { JournalEntry } from '../../../shared/domain/loyalty/journal.ts';
import { at } from '../../support/shop-story.ts';

const earn: JournalEntry = {
  seq: 7,
  kind: 'earn',
  state: 'pending',
  points: 33,
  atMs: at('2026-01-05T10:00:00Z'),
  eventId: 'evt-1',
  eventType: 'order.placed.v1',
  subject: 'ord-1',
  policyStamp: '1-00000000',
  arithmetic: 'floor(33.98 x 1) = 33',
};
const reverse: JournalEntry = { ...earn, kind: 'reverse', points: -12, eventType: 'order.returned.v1' };
const tier: JournalEntry = {
  seq: 8,
  kind: 'tier',
  reason: 'spend',
  from: 'basic',
  to: 'silver',
  spend: 100_398,
  atMs: at('2026-01-08T09:00:00Z'),
  eventId: 'evt-2',
  eventType: 'order.completed.v1',
  subject: 'ord-1',
  policyStamp: '1-00000000',
};

const told = (entry: JournalEntry, memberId = 'ann') =>
  announcementOf(memberId, entry, { currency: 'CNY', nowMs: 0 })?.event;

describe('what others are told', () => {
  it.each([
    { what: 'points earned', entry: earn, type: 'points.earned.v1', points: 33 },
    { what: 'points taken back', entry: reverse, type: 'points.reversed.v1', points: 12 },
    {
      what: 'points taken back that were owed at once',
      entry: { ...reverse, state: 'debt' as const },
      type: 'points.reversed.v1',
      points: 12,
    },
    {
      what: 'a correction that takes from what was earned',
      entry: { ...earn, points: -3, corrects: 'm' },
      type: 'points.reversed.v1',
      points: 3,
    },
    {
      what: 'a correction that gives back what was taken',
      entry: { ...reverse, points: 4, corrects: 'm' },
      type: 'points.earned.v1',
      points: 4,
    },
    {
      what: 'points that can be spent now',
      entry: { ...earn, kind: 'available' as const, state: 'available' as const },
      type: 'points.available.v1',
      points: 33,
    },
    {
      what: 'points spent',
      entry: { ...earn, kind: 'redeem' as const, state: 'available' as const, points: -8 },
      type: 'points.redeemed.v1',
      points: 8,
    },
    {
      what: 'points given back',
      entry: { ...earn, kind: 'refund' as const, state: 'available' as const, points: 3 },
      type: 'points.refunded.v1',
      points: 3,
    },
    {
      what: 'points that have expired',
      entry: { ...earn, kind: 'expire' as const, state: 'available' as const, points: -5 },
      type: 'points.expired.v1',
      points: 5,
    },
    {
      what: 'points given by the desk',
      entry: { ...earn, kind: 'adjust' as const, state: 'available' as const, points: 50 },
      type: 'points.earned.v1',
      points: 50,
    },
    {
      what: 'points taken by the desk',
      entry: { ...earn, kind: 'adjust' as const, state: 'available' as const, points: -50 },
      type: 'points.reversed.v1',
      points: 50,
    },
  ])('$what: $type of $points', ({ entry, type, points }) => {
    expect(told(entry)).toMatchObject({ type, data: { points } });
  });

  it.each([
    { what: 'nothing earned', entry: { ...earn, points: 0 } },
    { what: 'nothing taken', entry: { ...reverse, points: 0 } },
    { what: 'points that leave their hold', entry: { ...earn, kind: 'available' as const, points: -33 } },
    { what: 'an expiry undone by a late return', entry: { ...earn, kind: 'expire' as const, points: 5 } },
    { what: 'an owed part of what the desk took', entry: { ...earn, kind: 'adjust' as const, state: 'debt' as const } },
  ])('is not: $what', ({ entry }) => {
    expect(told(entry)).toBeUndefined();
  });

  it('is the whole of an entry, in an event that its schema reads', () => {
    const event = told(earn);
    expect(pointsEarned.parse(event)).toEqual({ ok: true, event });
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^points\.[0-9a-f]{32}\.7$/),
      source: 'rapport.loyalty',
      type: 'points.earned.v1',
      time: '2026-01-05T10:00:00.000Z',
      subject: 'ann',
      data: {
        memberId: 'ann',
        points: 33,
        entryId: 'e7',
        at: '2026-01-05T10:00:00.000Z',
        cause: { eventId: 'evt-1', type: 'order.placed.v1', subject: 'ord-1' },
        rule: { id: 'purchase', policyVersion: '1-00000000', arithmetic: 'floor(33.98 x 1) = 33' },
      },
    });
    expect(pointsReversed.parse(told(reverse)).ok).toBe(true);
  });

  it('is a change of tier, with the spend that decided it', () => {
    const event = told(tier);
    expect(tierChanged.parse(event)).toEqual({ ok: true, event });
    expect(event).toMatchObject({
      id: expect.stringMatching(/^tier\.[0-9a-f]{32}\.8$/),
      data: {
        from: 'basic',
        to: 'silver',
        spend: 100_398,
        currency: 'CNY',
        cause: { eventId: 'evt-2', type: 'order.completed.v1', subject: 'ord-1' },
        policyVersion: '1-00000000',
      },
    });
  });
});

describe('a notice of expiry', () => {
  const notice: JournalEntry = {
    seq: 9,
    kind: 'notice',
    points: 33,
    days: 30,
    expiresAtMs: at('2027-01-31T23:59:59.999Z'),
    atMs: at('2027-01-01T23:59:59.999Z'),
    eventId: 'notice:30',
    eventType: 'points.expiry',
    subject: '2027-01-31T23:59:59.999Z',
    policyStamp: '1-00000000',
  };

  it('says how many points, in how many days, until when', () => {
    const event = told(notice);
    expect(pointsExpiresSoon.parse(event)).toEqual({ ok: true, event });
    expect(event).toMatchObject({
      id: expect.stringMatching(/^notice\.[0-9a-f]{32}\.9$/),
      data: { memberId: 'ann', points: 33, daysLeft: 30, expiresAt: '2027-01-31T23:59:59.999Z' },
    });
  });

  it('is not given when the points have expired already', () => {
    const around = { currency: 'CNY', nowMs: at('2027-02-01') };
    expect(announcementOf('ann', notice, around)).toBeUndefined();
  });
});

it('a referral is told with who brought whom, and told again where it was not one', () => {
  const { state: _state, points: _points, arithmetic: _arithmetic, ...cause } = earn as Entry & { seq: number };
  const note: JournalEntry = { ...cause, kind: 'referral', by: 'bob' };
  const completed = told(note);
  expect(referralCompleted.parse(completed)).toEqual({ ok: true, event: completed });
  expect(completed?.data).toMatchObject({ memberId: 'ann', referrerId: 'bob' });
  const withdrawn = told({ ...note, withdrawn: true });
  expect(referralWithdrawn.parse(withdrawn)).toEqual({ ok: true, event: withdrawn });
});

describe('the id of an announcement', () => {
  it('is the same however often an entry is announced', () => {
    expect(told(earn)).toEqual(told(earn));
  });

  it('is of one entry of one member alone, and an id whatever the length of the member id', () => {
    const members = ['a', 'a.7', 'b', 'x'.repeat(128), `${'x'.repeat(127)}y`, 'x'.repeat(117), 'x'.repeat(118)];
    const seqs = [1, 7, 71, 123_456_789];
    const ids = members.flatMap((memberId) =>
      seqs.flatMap((seq) => [told({ ...earn, seq }, memberId)?.id, told({ ...tier, seq }, memberId)?.id]),
    );
    expect(new Set(ids).size).toBe(members.length * seqs.length * 2);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_.:-]{1,128}$/);
  });
});
