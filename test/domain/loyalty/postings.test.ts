import { describe, expect, it } from 'vitest';
import { causeEffect } from '../../../shared/domain/loyalty/cause-effect.ts';
import { orderEffect } from '../../../shared/domain/loyalty/order-effect.ts';
import {
  comparePostingKeys,
  compareText,
  inTime,
  isOrderPosting,
  type Posting,
  postingKey,
} from '../../../shared/domain/loyalty/postings.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import {
  adjusted,
  cancelled,
  checkedIn,
  completed,
  introduced,
  placed,
  redeemed,
  released,
  returned,
  reviewed,
  shopAfter,
  type Told,
} from '../../support/shop-story.ts';

const NOON = '2026-01-05T12:00:00Z';

function postingsOf(told: readonly Told[]): Posting[] {
  const { orders, causes } = shopAfter(told);
  return [
    ...[...orders.values()].flatMap((order) => orderEffect(order).postings),
    ...[...causes.values()].flatMap((cause) => causeEffect(cause, always(currentPolicy))),
  ];
}

describe('postings of one instant', () => {
  const told: Told[] = [
    introduced(NOON, { timeZone: 'Asia/Tokyo' }),
    placed(NOON, { lines: [{ quantity: 2, unitPrice: 1_000 }] }),
    completed(NOON),
    returned(NOON, { 1: 1 }),
    cancelled(NOON),
    redeemed(NOON, 10),
    released(NOON),
    checkedIn(NOON),
    adjusted(NOON, 10, { adjustmentId: 'given' }),
    reviewed(NOON, 'submitted', { id: 'a' }),
    reviewed(NOON, 'published', { id: 'b' }),
    reviewed(NOON, 'submitted', { id: 'c', reviewId: 'rev-2' }),
    reviewed(NOON, 'rejected', { id: 'd', reviewId: 'rev-2' }),
    adjusted(NOON, -10, { adjustmentId: 'taken' }),
  ];
  const kinds = [
    'introduced',
    'placed',
    'completed',
    'returned',
    'cancelled',
    'redeemed',
    'released',
    'checked_in',
    'granted',
    'pended',
    'pended',
    'confirmed',
    'dropped',
    'taken',
  ];

  it('are folded who the member is first, then orders, then the rest, whatever the order they are given in', () => {
    const postings = postingsOf(told);
    expect(inTime(postings).map(({ kind }) => kind)).toEqual(kinds);
    expect(inTime(postings.toReversed()).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('of one kind by event id, then by what they are of', () => {
    const at = (eventId: string, subject: string) => ({ atMs: 0, rank: 0, eventId, subject });
    const keys = [at('a', 'y'), at('b', 'x'), at('a', 'x')];
    expect(keys.sort(comparePostingKeys)).toEqual([at('a', 'x'), at('a', 'y'), at('b', 'x')]);
  });
});

it('time comes before all else', () => {
  const [late, early] = [placed('2026-01-06'), checkedIn('2026-01-05')];
  expect(inTime(postingsOf([late, early])).map(({ kind }) => kind)).toEqual(['checked_in', 'placed']);
});

it('a posting of an order is told from one of another cause', () => {
  expect(postingsOf([placed(NOON), checkedIn(NOON)]).map(isOrderPosting)).toEqual([true, false]);
});

it('a key says where a posting stands', () => {
  const [posting] = postingsOf([checkedIn(NOON, { id: 'evt-1' })]);
  expect(posting && postingKey(posting)).toEqual({
    atMs: Date.parse(NOON),
    rank: 6,
    eventId: 'evt-1',
    subject: 'checkin:evt-1',
  });
});

it.each([
  { a: 'a', b: 'b', order: -1 },
  { a: 'b', b: 'a', order: 1 },
  { a: 'a', b: 'a', order: 0 },
  { a: 'B', b: 'a', order: -1 },
])('text $a to $b: $order', ({ a, b, order }) => {
  expect(compareText(a, b)).toBe(order);
});
