import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { availablePoints } from '../../../shared/domain/loyalty/account.ts';
import type { LambdaHandler } from '../../../shared/runtime/lambda.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';
import { readProfile } from '../../support/profile-table.ts';

let environment: FunctionEnvironment;
let table: string;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
});
afterAll(() => environment.stop());

type Entry = { handler: LambdaHandler<SQSEvent, SQSBatchResponse> };
const ENTRIES: Record<string, () => Promise<Entry>> = {
  'member.checked_in.v1': () => import('../../../functions/loyalty/on-member-checked-in.ts'),
  'member.registered.v1': () => import('../../../functions/loyalty/on-member-registered.ts'),
  'member.updated.v1': () => import('../../../functions/loyalty/on-member-updated.ts'),
  'referral.completed.v1': () => import('../../../functions/loyalty/on-referral-completed.ts'),
  'referral.withdrawn.v1': () => import('../../../functions/loyalty/on-referral-withdrawn.ts'),
};

async function deliver(type: string, time: string, data: Record<string, unknown>, id = `${type}:${time}`) {
  const event = { specversion: '1.0', id, source: '/test', type, time, data };
  const { handler } = await ENTRIES[type]!();
  expect(await handler(sqsBatch({ body: event }), lambdaContext())).toEqual({ batchItemFailures: [] });
  // The member domain's own record, which is what a referral is judged by.
  if (type !== 'member.registered.v1') return;
  const { handler: register } = (await import('../../../functions/member/on-member-registered.ts')) as Entry;
  expect(await register(sqsBatch({ body: event }), lambdaContext())).toEqual({ batchItemFailures: [] });
}

const checkIn = (time: string, id?: string) => deliver('member.checked_in.v1', time, { memberId: 'ann' }, id);

async function pointsOf(memberId: string): Promise<number> {
  const { accounts } = await readProfile(environment.dynoxide.endpoint, table);
  const record = accounts.get(memberId);
  return record === undefined ? 0 : availablePoints(record.account);
}

describe('a check-in', () => {
  it("brings ten points, once in a day of the shop's clock, however often it is sent", async () => {
    await checkIn('2026-01-05T08:00:00Z', 'a');
    await checkIn('2026-01-05T08:00:00Z', 'a');
    await checkIn('2026-01-05T23:59:59Z', 'b');
    expect(await pointsOf('ann')).toBe(10);
    await checkIn('2026-01-06T00:00:00Z', 'c');
    expect(await pointsOf('ann')).toBe(20);
  });

  it("goes by the member's own clock, also where that comes to be known later", async () => {
    // One day in UTC, two days in Shanghai.
    await checkIn('2026-01-05T15:00:00Z', 'a');
    await checkIn('2026-01-05T17:00:00Z', 'b');
    expect(await pointsOf('ann')).toBe(10);
    await deliver('member.registered.v1', '2026-01-01T00:00:00Z', { memberId: 'ann', timeZone: 'Asia/Shanghai' });
    expect(await pointsOf('ann')).toBe(20);
  });

  it('goes by the clock of the day: a member who has moved', async () => {
    await deliver('member.registered.v1', '2026-01-01T00:00:00Z', { memberId: 'ann', timeZone: 'Asia/Tokyo' });
    await checkIn('2026-01-05T16:00:00Z', 'the-6th-in-tokyo');
    await deliver('member.updated.v1', '2026-01-05T18:00:00Z', { memberId: 'ann', timeZone: 'America/Los_Angeles' });
    // The 5th once more, and the 6th once more.
    await checkIn('2026-01-05T20:00:00Z', 'c');
    await checkIn('2026-01-06T20:00:00Z', 'd');
    expect(await pointsOf('ann')).toBe(10);
    await checkIn('2026-01-07T20:00:00Z', 'e');
    expect(await pointsOf('ann')).toBe(20);
  });
});

describe('a registration or an update that says nothing of clock or referral', () => {
  it('leaves no trace in the account', async () => {
    await deliver('member.registered.v1', '2026-01-01T00:00:00Z', { memberId: 'ann', displayName: 'Ada' });
    await deliver('member.updated.v1', '2026-01-02T00:00:00Z', { memberId: 'ann', referredBy: 'bob' });
    expect((await readProfile(environment.dynoxide.endpoint, table)).accounts.size).toBe(0);
  });
});

describe('a referral', () => {
  const cause = { eventId: 'referral:ord-1', type: 'referral.window', subject: 'ord-1' };
  const data = { memberId: 'bob', referrerId: 'ann', at: '2026-02-01T00:00:00Z', cause };

  it('rewards both, and takes both rewards back where it was none', async () => {
    await deliver('member.registered.v1', '2026-01-01T00:00:00Z', { memberId: 'ann' });
    await deliver('member.registered.v1', '2026-01-02T00:00:00Z', { memberId: 'bob', referredBy: 'ann' });
    await deliver('referral.completed.v1', '2026-02-01T00:00:00Z', data);
    expect([await pointsOf('ann'), await pointsOf('bob')]).toEqual([200, 100]);
    await deliver('referral.withdrawn.v1', '2026-02-02T00:00:00Z', data);
    expect([await pointsOf('ann'), await pointsOf('bob')]).toEqual([0, 0]);
  });

  it('of two members who name each other rewards the one who was there first alone', async () => {
    await deliver('member.registered.v1', '2026-01-01T00:00:00Z', { memberId: 'ann', referredBy: 'bob' });
    await deliver('member.registered.v1', '2026-01-02T00:00:00Z', { memberId: 'bob', referredBy: 'ann' });
    await deliver('referral.completed.v1', '2026-02-01T00:00:00Z', { ...data, memberId: 'ann', referrerId: 'bob' });
    await deliver('referral.completed.v1', '2026-02-01T00:00:01Z', data);
    expect([await pointsOf('ann'), await pointsOf('bob')]).toEqual([200, 100]);
  });
});
