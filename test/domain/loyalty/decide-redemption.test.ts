import { describe, expect, it } from 'vitest';
import { redeem, release } from '../../../functions/loyalty/redeem.ts';
import { availablePoints } from '../../../shared/domain/loyalty/account.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { book } from '../../support/book.ts';
import { memoryProfileStore } from '../../support/memory-profile-store.ts';
import type { Happening } from '../../support/order-histories.ts';
import { at, cancelled, completed, placed, policyWith, returned } from '../../support/shop-story.ts';

const NOW_MS = at('2026-02-01');

/** Ann has 100 points to spend of `ord-1`, whatever else has happened. */
async function shop(...more: Happening[]) {
  const profile = memoryProfileStore();
  await book(profile, [placed('2026-01-05'), completed('2026-01-06'), ...more]);
  const around = { profile, policies: always(currentPolicy), nowMs: NOW_MS };
  const state = () => JSON.stringify([...profile.accounts, ...profile.causes, ...profile.orders]);
  return { profile, around, state };
}

const command = { memberId: 'ann', redemptionId: 'red-1', points: 40 };

describe('a redemption', () => {
  it('is answered with a receipt: what it took, what that is worth, and what is left', async () => {
    const { around } = await shop();
    expect(await redeem(command, around)).toEqual({
      kind: 'done',
      again: false,
      receipt: {
        redemptionId: 'red-1',
        memberId: 'ann',
        points: 40,
        value: { amount: 40, currency: 'CNY' },
        at: '2026-02-01T00:00:00.000Z',
        balance: { available: 60, pending: 0, debt: 0 },
      },
    });
  });

  it('that is sent again has the same answer, and nothing is done', async () => {
    const { around, state } = await shop();
    const first = await redeem(command, around);
    const before = state();
    expect(await redeem(command, { ...around, nowMs: at('2026-03-01') })).toEqual({ ...first, again: true });
    expect(state()).toBe(before);
  });

  it('may take all that there is, to the point', async () => {
    const { around, profile } = await shop();
    expect(await redeem({ ...command, points: 100 }, around)).toMatchObject({ kind: 'done' });
    const account = profile.accounts.get('ann')?.account;
    expect(account && availablePoints(account)).toBe(0);
  });

  it('may pay the whole share of an order that is known', async () => {
    const { around } = await shop(placed('2026-01-30', { orderId: 'ord-2', total: 150 }));
    expect(await redeem({ ...command, points: 75, orderId: 'ord-2' }, around)).toMatchObject({ kind: 'done' });
  });

  it('is dated after all that the account has been through, so that it never rewrites the past', async () => {
    const { around } = await shop(placed('2026-03-01', { orderId: 'ord-2' }));
    expect(await redeem(command, around)).toMatchObject({ receipt: { at: '2026-03-01T00:00:00.001Z' } });
  });
});

describe('a redemption is refused, and nothing changes,', () => {
  const order = { orderId: 'ord-2', total: 100 };
  const of = { orderId: 'ord-2' };
  it.each([
    { why: 'one point more than there is', with: { points: 101 }, code: 'insufficient_points' },
    { why: 'more than one redemption may take', with: { points: 1_000_001 }, code: 'redemption_too_large' },
    {
      why: 'more than the share of its order',
      told: [placed('2026-01-30', order)],
      with: { ...of, points: 51 },
      code: 'order_share_exceeded',
    },
    {
      why: 'the share of what is left of its order',
      told: [
        placed('2026-01-30', { ...of, lines: [{ unitPrice: 60 }, { unitPrice: 40 }] }),
        returned('2026-01-31', { 1: 1 }, of),
      ],
      with: { ...of, points: 21 },
      code: 'order_share_exceeded',
    },
    {
      why: 'an order that has been cancelled',
      told: [placed('2026-01-30', order), cancelled('2026-01-31', of)],
      with: of,
      code: 'order_cancelled',
    },
    {
      why: "another member's order",
      told: [placed('2026-01-30', { ...order, memberId: 'bob' })],
      with: of,
      code: 'order_of_another',
    },
    {
      why: "a visitor's order",
      told: [placed('2026-01-30', { ...order, anonymousId: 'v1' })],
      with: of,
      code: 'order_of_another',
    },
    {
      why: 'the order before the points: a wrong order is said first',
      told: [placed('2026-01-30', { ...order, memberId: 'bob' })],
      with: { ...of, points: 5_000_000 },
      code: 'order_of_another',
    },
    {
      why: 'the size before the balance',
      with: { points: 2_000_000 },
      code: 'redemption_too_large',
    },
  ])('$code: $why', async ({ told = [], with: parts, code }) => {
    const { around, state } = await shop(...told);
    const before = state();
    expect(await redeem({ ...command, ...parts }, around)).toMatchObject({ kind: 'refused', code });
    expect(state()).toBe(before);
  });

  it('id_reused: the id stands for other content', async () => {
    const { around, state } = await shop();
    await redeem(command, around);
    const before = state();
    for (const other of [{ points: 41 }, { orderId: 'ord-9' }]) {
      expect(await redeem({ ...command, ...other }, around)).toMatchObject({ kind: 'refused', code: 'id_reused' });
    }
    expect(state()).toBe(before);
  });

  it('order_share_exceeded: a second one that is too much with the first', async () => {
    const { around } = await shop(placed('2026-01-30', order));
    expect(await redeem({ ...command, ...of, points: 30 }, around)).toMatchObject({ kind: 'done' });
    const second = { ...command, ...of, redemptionId: 'red-2' };
    expect(await redeem({ ...second, points: 21 }, around)).toMatchObject({ code: 'order_share_exceeded' });
    expect(await redeem({ ...second, points: 20 }, around)).toMatchObject({ kind: 'done' });
  });

  it('unknown_member: nobody of whom the shop has heard', async () => {
    const { around } = await shop();
    expect(await redeem({ ...command, memberId: 'eve' }, around)).toEqual({ kind: 'unknown_member' });
  });

  it('points that are pending, have expired or are owed cannot be spent', async () => {
    const { around } = await shop(placed('2026-01-30', { orderId: 'ord-2', total: 100_000 }));
    expect(await redeem({ ...command, points: 101 }, around)).toMatchObject({ code: 'insufficient_points' });
    const later = { ...around, nowMs: at('2027-02-01') };
    expect(await redeem({ ...command, points: 1 }, later)).toMatchObject({ code: 'insufficient_points' });
  });

  it('the policy says how large one may be and what share of an order points may pay', async () => {
    const policies = always(
      policyWith((it) => {
        it.points.redemption = { pointsPerCurrencyUnit: 10, orderShareLimit: 0.25, largestPoints: 50 };
      }),
    );
    const { around } = await shop(placed('2026-01-30', { ...of, total: 1_000 }));
    const ask = (points: number) =>
      redeem({ ...command, ...of, redemptionId: `r${points}`, points }, { ...around, policies });
    expect(await ask(51)).toMatchObject({ code: 'redemption_too_large' });
    // A quarter of 10.00, at 10 points a unit.
    expect(await ask(26)).toMatchObject({ code: 'order_share_exceeded' });
    expect(await ask(25)).toMatchObject({ receipt: { value: { amount: 250 } } });
  });
});

describe('a redemption whose order was never placed', () => {
  it('is given back, once, and the points can be spent again', async () => {
    const { around, profile, state } = await shop();
    await redeem({ ...command, orderId: 'ord-2' }, around);
    const released = await release(command, around);
    expect(released).toMatchObject({ kind: 'done', receipt: { released: 40, balance: { available: 100 } } });
    const before = state();
    expect(await release(command, around)).toEqual({ ...released, again: true });
    expect(state()).toBe(before);
    expect(profile.accounts.get('ann')?.account.redeemed).toEqual([]);
  });

  it('still answers the redemption as it did', async () => {
    const { around } = await shop();
    const first = await redeem(command, around);
    await release(command, around);
    expect(await redeem(command, around)).toEqual({ ...first, again: true });
  });

  it('is not given back once the order is placed, nor where there is none', async () => {
    const { around } = await shop();
    await redeem({ ...command, orderId: 'ord-2' }, around);
    await book(around.profile, [placed('2026-02-02', { orderId: 'ord-2' })]);
    expect(await release(command, around)).toMatchObject({ kind: 'refused', code: 'redemption_in_use' });
    expect(await release({ ...command, redemptionId: 'red-9' }, around)).toBeUndefined();
  });

  it('is not given back where the order had been placed by then and became known later', async () => {
    const { around } = await shop();
    await redeem({ ...command, orderId: 'ord-2' }, around);
    await book(around.profile, [placed('2026-01-30', { orderId: 'ord-2' })]);
    expect(await release(command, around)).toMatchObject({ kind: 'refused', code: 'redemption_in_use' });
    await book(around.profile, [cancelled('2026-01-31', { orderId: 'ord-2' })]);
    expect(await release(command, around)).toMatchObject({ kind: 'done', receipt: { released: 40 } });
  });
});
