import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { issueCoupon } from '../../../functions/coupon/issue-coupon.ts';
import { birthdayStore } from '../../../shared/adapters/dynamo/birthday-store.ts';
import { memberStore } from '../../../shared/adapters/dynamo/member-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { pseudonyms } from '../../../shared/adapters/kms/pseudonyms.ts';
import { openVault } from '../../../shared/adapters/vault/open-vault.ts';
import { birthdayCouponId } from '../../../shared/domain/coupon/birthday.ts';
import { isIssued } from '../../../shared/domain/coupon/coupon.ts';
import type { CouponDefinition } from '../../../shared/policy/coupon-schema.ts';
import { book } from '../../support/book.ts';
import { at, couponPolicies, definition } from '../../support/coupon-shop.ts';
import { type CouponTable, couponTable } from '../../support/coupon-table.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';
import { completed, placed } from '../../support/shop-story.ts';

let environment: FunctionEnvironment;
let shop: CouponTable;
let printed: string[];

beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  const { dynoxide } = environment;
  const tables = await environment.renew();
  shop = await couponTable({ ...dynoxide, createTables: async () => tables });
  printed = [];
  vi.stubEnv('LOG_LEVEL', 'info');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => environment.stop());

/** Runs a schedule at an instant, from its entry module. */
async function run(schedule: 'give-birthday-coupons' | 'give-back-expired', time: string): Promise<void> {
  const { handler } = (await import(
    `../../../functions/coupon/${schedule}.ts`
  )) as typeof import('../../../functions/coupon/give-back-expired.ts');
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  setClock(() => at(time));
  await handler({ id: 'run' } as never, lambdaContext());
}

/** Who has a birthday when, by the keys of the environment. */
const calendar = () =>
  birthdayStore(environment.dynoxide.client, shop.tables.profile, {
    pseudonyms: pseudonyms('pseudonym-key'),
    vault: openVault(environment.dynoxide.client),
  });

describe('birthdays', () => {
  const birthdays = (time: string) => run('give-birthday-coupons', time);

  /** A member says a birthday: the member's own record, and the hint of it that the reaction writes. */
  async function say(memberId: string, birthday: string, { time = '2026-01-01', version = 1, hintOnly = false } = {}) {
    const kind = version === 1 ? 'registered' : 'updated';
    const { handler } = (await import(
      `../../../functions/coupon/on-member-${kind}.ts`
    )) as typeof import('../../../functions/coupon/on-member-updated.ts');
    const { setClock } = await import('../../../shared/runtime/clock.ts');
    setClock(() => at(time));
    const id = `${memberId}:${kind}:${version}`;
    const event = {
      specversion: '1.0',
      id,
      source: '/web',
      type: `member.${kind}.v1`,
      time: new Date(time).toISOString(),
    };
    expect(await handler(sqsBatch({ body: { ...event, data: { memberId, birthday } } }), lambdaContext())).toEqual({
      batchItemFailures: [],
    });
    if (hintOnly) return;
    const members = memberStore(
      environment.dynoxide.client,
      shop.tables.profile,
      openVault(environment.dynoxide.client),
    );
    await members.save({
      person: { memberId, version, birthday: { value: birthday, atMs: at(time), eventId: id } },
    });
  }

  /** Spend that makes a member gold, or less. */
  async function spend(memberId: string, total = 600_000): Promise<void> {
    const profile = profileStore(environment.dynoxide.client, shop.tables.profile);
    const orderId = `ord-${memberId}`;
    await book(profile, [
      placed('2026-01-02', { memberId, orderId, total }),
      completed('2026-01-03', { orderId, memberId }),
    ]);
  }

  async function given(memberId: string, year = 2026): Promise<boolean> {
    const id = birthdayCouponId(memberId, year);
    return isIssued((await shop.coupons.loadCoupons([id])).get(id));
  }

  it('give members from gold on one coupon, on their day', async () => {
    for (const [memberId, total] of [
      ['ann', 600_000],
      ['bob', 400_000],
      ['eve', 2_500_000],
    ] as const) {
      await say(memberId, '03-10');
      await spend(memberId, total);
    }
    await birthdays('2026-03-09T23:30:00Z');
    expect(await given('ann')).toBe(false);
    await birthdays('2026-03-10T00:30:00Z');
    expect([await given('ann'), await given('bob'), await given('eve')]).toEqual([true, false, true]);
    const coupon = (await shop.coupons.loadCoupons(['birthday:ann:2026'])).get('birthday:ann:2026');
    expect(coupon?.issued).toMatchObject({
      memberId: 'ann',
      definition: { id: 'birthday', amount: 5_000 },
      year: 2026,
    });
  });

  it('give once, however often the day is gone through, and again next year', async () => {
    await say('ann', '2000-03-10');
    await spend('ann');
    for (const hour of ['00', '01', '02', '23']) await birthdays(`2026-03-10T${hour}:30:00Z`);
    await birthdays('2026-03-11T00:30:00Z');
    expect(await shop.coupons.unitsOut('birthday')).toBe(1);
    await birthdays('2027-03-10T00:30:00Z');
    expect(await given('ann', 2027)).toBe(true);
  });

  it('two runs at the same time give once', async () => {
    await say('ann', '03-10');
    await spend('ann');
    await Promise.all([birthdays('2026-03-10T00:30:00Z'), birthdays('2026-03-10T00:30:00Z')]);
    expect(await shop.coupons.unitsOut('birthday')).toBe(1);
  });

  it.each([
    { day: '2026-02-28T10:00:00Z', year: 2026, is: true },
    { day: '2027-02-28T10:00:00Z', year: 2027, is: true },
    { day: '2028-02-28T10:00:00Z', year: 2028, is: false },
    { day: '2028-02-29T10:00:00Z', year: 2028, is: true },
    { day: '2026-03-01T10:00:00Z', year: 2026, is: false },
  ])('of 29 February on $day: $is', async ({ day, year, is }) => {
    await say('ann', '2000-02-29');
    await spend('ann');
    await birthdays(day);
    expect(await given('ann', year)).toBe(is);
  });

  it("are those of the shop's time zone", async () => {
    const { dynoxide } = environment;
    const { policyVersions } = await import('../../../shared/adapters/dynamo/policy-versions.ts');
    const { couponPolicy } = await import('../../support/coupon-shop.ts');
    const policy = couponPolicy([], { timeZone: 'Asia/Shanghai' });
    const { stamped, documentOf } = await import('../../../shared/policy/policy.ts');
    const version = { fromMs: Number.NEGATIVE_INFINITY, policy: stamped(documentOf(policy)) };
    const audit = { number: 1, atMs: 0, by: 'desk', reason: 'test' };
    const second = { ...version, fromMs: 1 };
    await policyVersions(dynoxide.client, shop.tables.profile).save([version, second], [
      { ...version, ...audit },
      { ...second, ...audit, number: 2 },
    ] as never);
    await say('ann', '03-10');
    await spend('ann');
    await birthdays('2026-03-09T15:59:00Z');
    expect(await given('ann')).toBe(false);
    await birthdays('2026-03-09T16:00:00Z');
    expect(await given('ann')).toBe(true);
  });

  it('reached in the course of the day, by tier or by registration, are given too', async () => {
    await say('ann', '03-10');
    await birthdays('2026-03-10T00:30:00Z');
    await spend('ann');
    await say('bob', '03-10', { time: '2026-03-10T09:00:00Z' });
    await spend('bob');
    await birthdays('2026-03-10T10:00:00Z');
    expect([await given('ann'), await given('bob')]).toEqual([true, true]);
  });

  it('missed are made up for, at most forty days later', async () => {
    for (const [memberId, birthday] of [
      ['ann', '03-01'],
      ['bob', '03-20'],
      ['eve', '04-12'],
    ] as const) {
      await say(memberId, birthday);
      await spend(memberId);
    }
    await birthdays('2026-02-20T00:30:00Z');
    await birthdays('2026-04-15T00:30:00Z');
    expect([await given('ann'), await given('bob'), await given('eve')]).toEqual([false, true, true]);
    expect(await calendar().birthdaysDoneUntil()).toBe('2026-04-14');
  });

  it('of a year that has ended count for that year', async () => {
    await say('ann', '12-31');
    await spend('ann');
    await birthdays('2025-12-31T00:30:00Z');
    await birthdays('2027-01-01T00:30:00Z');
    await birthdays('2027-12-31T00:30:00Z');
    expect([await given('ann', 2025), await given('ann', 2026), await given('ann', 2027)]).toEqual([true, true, true]);
  });

  it('go by what the member says last, and what is no longer true is forgotten', async () => {
    await say('ann', '03-10');
    await say('ann', '06-01', { time: '2026-01-04', version: 2 });
    await spend('ann');
    await birthdays('2026-03-10T00:30:00Z');
    expect(await given('ann')).toBe(false);
    expect(await calendar().birthdays('03-10', { limit: 5 })).toEqual([]);
    await birthdays('2026-06-01T00:30:00Z');
    expect(await given('ann')).toBe(true);
    expect(await calendar().birthdays('06-01', { limit: 5 })).toHaveLength(1);
  });

  it('that only a hint knows of wait for the fact', async () => {
    await say('ann', '03-10', { hintOnly: true, time: '2026-03-09' });
    await spend('ann');
    await birthdays('2026-03-10T00:30:00Z');
    expect(await given('ann')).toBe(false);
    expect(await calendar().birthdays('03-10', { limit: 5 })).toHaveLength(1);
  });

  it('are given to nobody who has said no to marketing, and keep what they rely on with others', async () => {
    const { client } = environment.dynoxide;
    const members = memberStore(client, shop.tables.profile, openVault(client));
    const consent = async (memberId: string, value: boolean) => {
      const marketing = { value, atMs: at('2026-01-02'), eventId: `consent-${memberId}`, statementVersion: '2025-11' };
      await members.save({ registration: { memberId, version: 1, marketing } });
    };
    for (const memberId of ['yes', 'no', 'silent']) {
      await say(memberId, '03-10');
      await spend(memberId);
    }
    await consent('yes', true);
    await consent('no', false);
    await birthdays('2026-03-10T00:30:00Z');
    expect([await given('yes'), await given('no'), await given('silent')]).toEqual([true, false, true]);
    const proofOf = async (memberId: string) => {
      const id = birthdayCouponId(memberId, 2026);
      return (await shop.coupons.loadCoupons([id])).get(id)?.issued?.consent;
    };
    expect(await proofOf('yes')).toEqual({
      marketing: { given: true, statementVersion: '2025-11', sinceMs: at('2026-01-02'), eventId: 'consent-yes' },
    });
    expect(await proofOf('silent')).toEqual({ marketing: { given: false, withoutStatement: 'allowed' } });
  });

  it('of more members than fit on a page are all kept', async () => {
    for (let n = 0; n < 70; n += 1) await say(`m${n}`, '03-10');
    await spend('m0');
    await spend('m69');
    await birthdays('2026-03-10T00:30:00Z');
    expect([await given('m0'), await given('m69'), await given('m1')]).toEqual([true, true, false]);
  });

  it('are told to nobody: a line says how many, not who', async () => {
    await say('ann', '03-10');
    await spend('ann');
    printed.length = 0;
    await birthdays('2026-03-10T00:30:00Z');
    expect(printed.map((line) => (JSON.parse(line) as { given?: number }).given)).toEqual([1]);
    expect(printed.join()).not.toContain('ann');
  });
});

describe('coupons that have expired', () => {
  const expiries = (time: string) => run('give-back-expired', time);

  async function give(couponId: string, terms: Partial<CouponDefinition> = {}, time = '2026-01-05T12:00:00Z') {
    await shop.register('ann').catch(() => undefined);
    const policies = couponPolicies(definition({ id: 'ten', validDays: 10, ...terms }));
    const command = { couponId, memberId: 'ann', definitionId: 'ten' };
    return issueCoupon(command, { coupons: shop.coupons, policies, nowMs: at(time) });
  }

  it('give their units back, once, an hour after', async () => {
    for (const couponId of ['c1', 'c2', 'c3']) await give(couponId);
    await expiries('2026-01-15T12:59:59Z');
    expect(await shop.coupons.unitsOut('ten')).toBe(3);
    await expiries('2026-01-15T13:00:01Z');
    expect(await shop.coupons.unitsOut('ten')).toBe(0);
    await expiries('2026-01-15T14:00:01Z');
    await expiries('2026-01-16T14:00:01Z');
    expect(await shop.coupons.unitsOut('ten')).toBe(0);
    expect(await shop.calendar.expiring(at('2026-02-01'), 9)).toEqual([]);
  });

  it('make room in the budget', async () => {
    await give('c1', { budget: 1 });
    expect(await give('c2', { budget: 1 }, '2026-01-20')).toMatchObject({ code: 'coupon_budget_exhausted' });
    await expiries('2026-01-20');
    expect(await give('c2', { budget: 1 }, '2026-01-20')).toMatchObject({ kind: 'issue' });
  });

  it('keep their units out where they were redeemed or taken back before', async () => {
    await give('used');
    const used = (await shop.coupons.loadCoupons(['used'])).get('used')!;
    const orders = [{ orderId: 'o1', version: 1, memberId: 'ann', placedAtMs: at('2026-01-06') }];
    await shop.coupons.saveCoupon({ coupon: { ...used, version: 2, orders }, unitBack: false });
    await give('back');
    const back = (await shop.coupons.loadCoupons(['back'])).get('back')!;
    const ended = { kind: 'revoked', atMs: at('2026-01-06') } as const;
    await shop.coupons.saveCoupon({ coupon: { ...back, version: 2, ended }, unitBack: true });
    await expiries('2026-01-20');
    expect(await shop.coupons.unitsOut('ten')).toBe(1);
    expect(await shop.calendar.expiring(at('2026-02-01'), 9)).toEqual([]);
  });

  it('are found however long ago they expired', async () => {
    await give('c1');
    await give('c2', { validDays: 1_200 });
    await expiries('2031-01-01');
    expect(await shop.coupons.unitsOut('ten')).toBe(0);
  });

  it('go on where a run was cut off', async () => {
    for (let n = 0; n < 60; n += 1) await give(`c${n}`, { perMember: 100 });
    const { handler } = await import('../../../functions/coupon/give-back-expired.ts');
    const { setClock } = await import('../../../shared/runtime/clock.ts');
    setClock(() => at('2026-01-20'));
    await Promise.all([handler({ id: 'a' } as never, lambdaContext()), handler({ id: 'b' } as never, lambdaContext())]);
    expect(await shop.coupons.unitsOut('ten')).toBe(0);
  });
});
