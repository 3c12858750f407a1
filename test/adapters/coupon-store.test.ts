import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IssueOutcome, issueCoupon } from '../../functions/coupon/issue-coupon.ts';
import { type BirthdayStore, birthdayStore } from '../../shared/adapters/dynamo/birthday-store.ts';
import { type CouponCalendarStore, couponCalendarStore } from '../../shared/adapters/dynamo/coupon-calendar-store.ts';
import { type CouponStore, couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { decideExpiry, EXPIRY_GRACE_MS, isIssued } from '../../shared/domain/coupon/coupon.ts';
import { decideRevoke } from '../../shared/domain/coupon/decide-coupon.ts';
import { COUPONS_PER_PAGE, newWallet, walletSlice } from '../../shared/domain/coupon/wallet.ts';
import { newRegistration } from '../../shared/domain/member/registration.ts';
import type { CouponDefinition } from '../../shared/policy/coupon-schema.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { at, couponPolicies, definition, issuedCoupon } from '../support/coupon-shop.ts';
import { hashed } from '../support/coupon-table.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { testVault } from '../support/open-vault.ts';
import { tableText } from '../support/table-text.ts';

const NOW = at('2026-01-10T12:00:00Z');
let dynoxide: Dynoxide;
let table: string;
let coupons: CouponStore;
let calendar: CouponCalendarStore;
let birthdays: BirthdayStore;
let vaultTable: string;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  ({ profile: table, vault: vaultTable } = await dynoxide.createTables());
  coupons = couponStore(dynoxide.client, table);
  calendar = couponCalendarStore(dynoxide.client, table);
  const vault = testVault(dynoxide.client, vaultTable);
  birthdays = birthdayStore(dynoxide.client, table, { pseudonyms: async () => hashed, vault });
  await register('ann', 'bob');
});
afterAll(() => dynoxide.stop());

async function register(...memberIds: string[]): Promise<void> {
  const members = memberStore(dynoxide.client, table, testVault(dynoxide.client, vaultTable));
  for (const memberId of memberIds) {
    await members.save({ registration: { ...newRegistration(memberId), version: 1, heardAtMs: 0 } });
  }
}

type Terms = Partial<CouponDefinition>;

function give(couponId: string, terms: Terms = {}, memberId = 'ann'): Promise<IssueOutcome> {
  const policies = couponPolicies(definition({ id: 'ten', ...terms }));
  const command = { couponId, memberId, definitionId: 'ten' };
  return retryConflicts(WriteConflict, () => issueCoupon(command, { coupons, policies, nowMs: NOW }));
}

const code = (outcome: IssueOutcome) => (outcome.kind === 'refused' ? outcome.code : outcome.kind);
const counted = (outcomes: readonly IssueOutcome[]) => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[code(outcome)] = (counts[code(outcome)] ?? 0) + 1;
  return counts;
};

describe('a coupon that is given', () => {
  it('is there with its wallet, its count and the instant it expires at', async () => {
    await give('c1', { validDays: 30 });
    const found = await coupons.loadWithWallet('c1', 'ann');
    expect(found).toMatchObject({
      memberKnown: true,
      coupon: { couponId: 'c1', version: 1, issued: { memberId: 'ann', issuedAtMs: NOW } },
      wallet: { memberId: 'ann', version: 1, tail: ['c1'] },
    });
    expect(await coupons.unitsOut('ten')).toBe(1);
    expect(await calendar.expiring(NOW + 31 * 86_400_000, 5)).toMatchObject([{ couponId: 'c1' }]);
  });

  it('is given once', async () => {
    await give('c1');
    expect(code(await give('c1'))).toBe('duplicate');
    expect(code(await give('c1', {}, 'bob'))).toBe('id_reused');
    expect(await coupons.unitsOut('ten')).toBe(1);
  });

  it('is given to members the shop knows', async () => {
    expect(code(await give('c1', {}, 'nobody'))).toBe('unknown_member');
    expect(await coupons.loadCoupons(['c1'])).toEqual(new Map());
  });

  it('moves a full wallet to a page', async () => {
    for (let n = 0; n < COUPONS_PER_PAGE + 2; n += 1) await give(`c${n}`);
    const { wallet = newWallet('ann') } = await coupons.loadWallet('ann');
    const slice = walletSlice(wallet, wallet.count, 100);
    const ids = slice.pick(await coupons.loadWalletPages('ann', slice.pages));
    expect(ids).toEqual(Array.from({ length: COUPONS_PER_PAGE + 2 }, (_, n) => `c${COUPONS_PER_PAGE + 1 - n}`));
  });
});

describe('no limit is overshot', () => {
  it('50 at once against a budget of 10 get exactly 10', async () => {
    const members = Array.from({ length: 50 }, (_, n) => `m${n}`);
    await register(...members);
    const outcomes = await Promise.all(members.map((memberId, n) => give(`c${n}`, { budget: 10 }, memberId)));
    expect(counted(outcomes)).toEqual({ issue: 10, coupon_budget_exhausted: 40 });
    expect(await coupons.unitsOut('ten')).toBe(10);
    const found = await coupons.loadCoupons(members.map((_, n) => `c${n}`));
    expect(found.size).toBe(10);
  });

  it('8 at once for one member against a cap of 3 get exactly 3', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => give(`c${n}`, { perMember: 3 })));
    expect(counted(outcomes)).toEqual({ issue: 3, coupon_member_cap_reached: 5 });
  });

  it('8 at once with one id are one coupon', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => give('c1', { budget: 10 })));
    expect(counted(outcomes)).toEqual({ issue: 1, duplicate: 7 });
    expect(await coupons.unitsOut('ten')).toBe(1);
  });

  it('the last unit of a budget is given again once it has come back', async () => {
    await give('c1', { budget: 1 });
    expect(code(await give('c2', { budget: 1 }, 'bob'))).toBe('coupon_budget_exhausted');
    await takeBack('c1');
    expect(code(await give('c2', { budget: 1 }, 'bob'))).toBe('issue');
    expect(await coupons.unitsOut('ten')).toBe(1);
  });

  it('a budget that was set later counts what is out', async () => {
    await give('c1');
    expect(code(await give('c2', { budget: 1 }, 'bob'))).toBe('coupon_budget_exhausted');
  });
});

async function takeBack(couponId: string): Promise<void> {
  await retryConflicts(WriteConflict, async () => {
    const { coupon, wallet } = await coupons.loadWithWallet(couponId, 'ann');
    const decision = decideRevoke({ coupon: coupon!, wallet: wallet! }, { memberId: 'ann', reason: 'mistake' }, NOW);
    if (decision.kind === 'changed') await coupons.saveCoupon(decision);
  });
}

describe('a unit goes back', () => {
  it('once, however many take it back at the same time', async () => {
    await give('c1');
    await Promise.all(Array.from({ length: 8 }, () => takeBack('c1')));
    expect(await coupons.unitsOut('ten')).toBe(0);
    expect((await coupons.loadWallet('ann')).wallet?.given.ten).toEqual({ ever: 0, years: { 2026: 0 } });
  });

  it('with the coupon or not at all', async () => {
    await give('c1', { validDays: 1 });
    const coupon = (await coupons.loadCoupons(['c1'])).get('c1')!;
    const change = decideExpiry(coupon, NOW + 86_400_000 + EXPIRY_GRACE_MS)!;
    await coupons.saveCoupon(change);
    await expect(coupons.saveCoupon(change)).rejects.toThrow(WriteConflict);
    expect(await coupons.unitsOut('ten')).toBe(0);
  });
});

describe('a write over a record that has changed', () => {
  it('is a conflict, of whichever record', async () => {
    await give('c1', { budget: 9 });
    const coupon = issuedCoupon({ budget: 9 }, { couponId: 'c1' });
    await expect(coupons.saveIssue({ coupon, wallet: { ...newWallet('ann'), version: 1 } })).rejects.toThrow(
      WriteConflict,
    );
    await expect(
      coupons.saveIssue({
        coupon: { ...coupon, couponId: 'c2' },
        wallet: { ...newWallet('ann'), version: 1 },
        budget: 9,
      }),
    ).rejects.toThrow(WriteConflict);
    await expect(coupons.saveCoupon({ coupon: { ...coupon, version: 1 }, unitBack: false })).rejects.toThrow(
      WriteConflict,
    );
    const order = { orderId: 'o1', version: 1, placings: [] };
    await coupons.saveOrder(order);
    await expect(coupons.saveOrder(order)).rejects.toThrow(WriteConflict);
    expect(await coupons.unitsOut('ten')).toBe(1);
  });

  it('where the budget is used up too, is a conflict, so that a repetition finds its own coupon', async () => {
    await give('c1', { budget: 1 });
    const coupon = issuedCoupon({ budget: 1 }, { couponId: 'c1' });
    const issue = coupons.saveIssue({ coupon, wallet: { ...newWallet('ann'), version: 2 }, budget: 1 });
    await expect(issue).rejects.toThrow(WriteConflict);
  });

  it('that fails for another reason is that failure', async () => {
    const lost = couponStore(dynoxide.client, 'no-such-table');
    const coupon = issuedCoupon({ budget: 1 });
    await expect(lost.saveIssue({ coupon, wallet: { ...newWallet('ann'), version: 1 } })).rejects.not.toThrow(
      WriteConflict,
    );
  });
});

it('an order is read with all that is known of it', async () => {
  expect(await coupons.loadWholeOrder('o1')).toEqual({});
  await coupons.saveOrder({ orderId: 'o1', version: 1, placings: [] });
  const order = { orderId: 'o1', version: 1, facts: [] };
  await profileStore(dynoxide.client, table).save({ kind: 'write', order, accounts: [] } as never);
  expect(await coupons.loadWholeOrder('o1')).toMatchObject({ named: { orderId: 'o1' }, order: { facts: [] } });
  expect(await coupons.loadOrder('o1')).toMatchObject({ orderId: 'o1' });
});

it('redeeming costs two writes of one unit each', async () => {
  await give('c1', { validDays: 30, categories: ['Home/Kitchen', 'Food/Tea'], minimum: 5_000 });
  const coupon = (await coupons.loadCoupons(['c1'])).get('c1');
  if (!isIssued(coupon)) throw new Error('not issued');
  const orders = [{ orderId: 'order-2026-000001', version: 1, memberId: 'ann', placedAtMs: NOW }];
  const sizes: number[] = [];
  const metered = { send: dynoxide.client.send.bind(dynoxide.client) };
  const watched = couponStore(
    {
      send: async (command: { input: { Item?: Record<string, unknown> } }) => {
        expect(command).not.toBeInstanceOf(TransactWriteItemsCommand);
        const { pk, sk, v, d } = command.input.Item as Record<string, { S?: string; N?: string; B?: Uint8Array }>;
        sizes.push(
          6 + [pk, sk].reduce((sum, it) => sum + (it?.S?.length ?? 0), 0) + (v?.N?.length ?? 0) + (d?.B?.length ?? 0),
        );
        return metered.send(command as never);
      },
    } as never,
    table,
  );
  await watched.saveOrder({
    orderId: 'order-2026-000001',
    version: 1,
    placings: [{ eventId: 'evt-1', atMs: NOW, memberId: 'ann', couponIds: ['c1'] }],
  });
  await watched.saveCoupon({ coupon: { ...coupon, version: 2, orders }, unitBack: false });
  expect(sizes).toHaveLength(2);
  for (const size of sizes) expect(size).toBeLessThan(1_024);
});

describe('the calendar', () => {
  const end = at('2026-02-04T12:00:00Z');

  it('gives what has expired by an instant and takes off what is done', async () => {
    const coupon = (couponId: string, memberId: string) => ({
      coupon: issuedCoupon({ until: '2026-02-04T12:00:00Z', validDays: 90 }, { couponId, memberId }),
      wallet: { ...newWallet(memberId), version: 1 },
    });
    for (const n of [1, 2, 3, 4, 5, 6, 7]) await coupons.saveIssue(coupon(`c${n}`, `m${n}`));
    expect(await calendar.expiring(end, 10)).toEqual([]);
    const found = await calendar.expiring(end + 1, 10);
    expect(found.map(({ couponId }) => couponId).sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']);
    await calendar.forgetExpiry(found[0]!);
    expect(await calendar.expiring(end + 1, 10)).toHaveLength(6);
  });

  it('remembers up to which day birthdays are done, and never an earlier one', async () => {
    expect(await birthdays.birthdaysDoneUntil()).toBeUndefined();
    await birthdays.setBirthdaysDone('2026-02-04');
    await birthdays.setBirthdaysDone('2026-02-03');
    expect(await birthdays.birthdaysDoneUntil()).toBe('2026-02-04');
  });

  it('lists the members of a day page by page', async () => {
    const hints = ['a', 'b', 'c'].map((memberId) => ({
      memberId,
      monthDay: '02-29',
      atMs: 1,
      eventId: 'e',
      notedAtMs: 2,
    }));
    for (const hint of hints) await birthdays.noteBirthday(hint);
    await birthdays.noteBirthday({ ...hints[0]!, monthDay: '02-28' });
    expect(await birthdays.birthdays('02-29', { limit: 2 })).toEqual(hints.slice(0, 2));
    expect(await birthdays.birthdays('02-29', { after: 'b', limit: 2 })).toEqual(hints.slice(2));
    await birthdays.forgetBirthday(hints[1]!);
    expect(await birthdays.birthdays('02-29', { limit: 9 })).toEqual([hints[0], hints[2]]);
    const written = await tableText(dynoxide.endpoint, table);
    expect(written).toContain(hashed('birthday', '02-28'));
    expect(written).not.toMatch(/02-2[89]/);
  });
});
