import fc from 'fast-check';
import { adjusted, type CauseTold, checkedIn, redeemed, released, reviewed, revoked, rewarded } from './shop-story.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const time = fc.integer({ min: 0, max: 420 * 24 }).map((hours) => new Date(START_MS + hours * 3_600_000).toISOString());

type Parts = { memberId: string; number: number; points: number; orderId: string | undefined; taken: boolean };

/** Each fact has an id of its own; told again with other content it would be refused. */
const STEPS: Record<string, (at: string, parts: Parts) => CauseTold> = {
  checkIn: (at, { memberId, number }) => checkedIn(at, { memberId, id: `${memberId}:in:${number}:${at}` }),
  redeem: (at, { memberId, number, points, orderId }) =>
    redeemed(at, points, { memberId, redemptionId: `${memberId}-red-${number}`, ...(orderId && { orderId }) }),
  release: (at, { memberId, number }) => released(at, { memberId, redemptionId: `${memberId}-red-${number}` }),
  adjust: (at, { memberId, number, points, taken }) =>
    adjusted(at, taken ? -points : points, { memberId, adjustmentId: `${memberId}-adj-${number}` }),
  submit: (at, { memberId, number }) => reviewed(at, 'submitted', { memberId, reviewId: `${memberId}-rev-${number}` }),
  publish: (at, { memberId, number }) => reviewed(at, 'published', { memberId, reviewId: `${memberId}-rev-${number}` }),
  reject: (at, { memberId, number }) => reviewed(at, 'rejected', { memberId, reviewId: `${memberId}-rev-${number}` }),
  reward: (at, { memberId, number, points }) =>
    rewarded(at, points, { memberId, rewardId: `${memberId}-rew-${number}` }),
  revoke: (at, { memberId, number }) => revoked(at, { memberId, rewardId: `${memberId}-rew-${number}` }),
};

const cause = (members: number) =>
  fc
    .record({
      memberId: fc.integer({ min: 1, max: members }).map((number) => `m${number}`),
      step: fc.constantFrom(...Object.values(STEPS)),
      number: fc.integer({ min: 1, max: 3 }),
      points: fc.integer({ min: 1, max: 300 }),
      orderId: fc.option(fc.constantFrom('ord-1', 'ord-2', 'ord-3'), { nil: undefined }),
      taken: fc.boolean(),
      time,
    })
    .map(({ step, time: at, ...parts }): CauseTold => step(at, parts));

/** What members do and are given beside their orders, over the fourteen months of a shop's history. */
export const causeHistory = ({ members = 2, maxCauses }: { members?: number; maxCauses: number }) =>
  fc.uniqueArray(cause(members), { maxLength: maxCauses, selector: ({ fact }) => fact.eventId });
