import { describe, expect, it } from 'vitest';
import type { ProfileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { book } from '../../support/book.ts';
import { type MemoryProfile, memoryProfileStore } from '../../support/memory-profile-store.ts';
import type { Happening } from '../../support/order-histories.ts';
import { cancelled, completed, identified, placed, returned, shopAfter } from '../../support/shop-story.ts';

/** What a table may do: reads that are not asked to be consistent see it as it was when this was called. */
function lagging(profile: MemoryProfile): ProfileStore {
  const past = memoryProfileStore();
  for (const name of ['orders', 'accounts', 'visitors', 'pages'] as const) {
    for (const [key, record] of profile[name]) (past[name] as Map<string, unknown>).set(key, structuredClone(record));
  }
  return {
    ...profile,
    loadTogether: (ids) => (ids.consistent ? profile : past).loadTogether(ids),
  };
}

const json = (value: unknown) => JSON.stringify(value);

function expectFold(profile: MemoryProfile, happenings: readonly Happening[]) {
  const expected = shopAfter(happenings, currentPolicy);
  for (const [memberId, account] of expected.accounts) {
    expect(json(profile.accounts.get(memberId)?.account)).toBe(json(account));
  }
  for (const [orderId, order] of expected.orders) {
    expect(json(profile.orders.get(orderId)?.facts)).toBe(json(order.facts));
  }
}

describe('reads that lag behind', () => {
  const order = placed('2026-01-05', { anonymousId: 'v1' });
  const login = identified('2026-01-06', 'v1', 'ann');

  it('do not lose an order that a visitor placed a moment before the login', async () => {
    const profile = memoryProfileStore();
    const behind = lagging(profile);
    await book(profile, [order]);
    await book(behind, [login]);
    expectFold(profile, [order, login]);
    expect(profile.orders.get('ord-1')?.bookedTo).toEqual({ kind: 'member', memberId: 'ann' });
  });

  it('do not give an order back to a visitor who is a member by now', async () => {
    const profile = memoryProfileStore();
    await book(profile, [order]);
    const behind = lagging(profile);
    await book(profile, [login]);
    const later = completed('2026-01-07', { anonymousId: 'v1' });
    await book({ ...behind, loadTogether: oneStale(profile, behind) }, [later]);
    expectFold(profile, [order, login, later]);
    expect(profile.orders.get('ord-1')?.bookedTo).toEqual({ kind: 'member', memberId: 'ann' });
  });

  it("are found out by the versions, where a member's account has moved on", async () => {
    const profile = memoryProfileStore();
    const first = placed('2026-01-05');
    const second = placed('2026-01-06', { orderId: 'ord-2' });
    await book(profile, [first]);
    const behind = lagging(profile);
    await book(profile, [second]);
    const more = [
      completed('2026-01-07', { memberId: 'ann' }),
      cancelled('2026-01-08', { orderId: 'ord-2', memberId: 'ann' }),
    ];
    await book(behind, more);
    expectFold(profile, [first, second, ...more]);
  });

  /** The order as it is, the visitor as it was: items of one read need not be of one instant. */
  function oneStale(now: MemoryProfile, behind: ProfileStore): ProfileStore['loadTogether'] {
    return async (ids) => {
      const past = await behind.loadTogether(ids);
      const present = await now.loadTogether(ids);
      return ids.consistent ? present : { ...past, ...(present.order && { order: present.order }) };
    };
  }
});

describe('facts dated before the order was placed', () => {
  it.each([
    { what: 'a return, then the delivery', early: [returned('2026-01-01', { 1: 1 }), completed('2026-01-02')] },
    {
      what: 'two returns whose ids run against their times',
      early: [
        returned('2026-01-01', { 1: 1 }, { id: 'z', returnId: 'a' }),
        returned('2026-01-02', { 1: 1 }, { id: 'y', returnId: 'b' }),
      ],
    },
    { what: 'a cancellation, then the delivery', early: [cancelled('2026-01-01'), completed('2026-01-02')] },
  ])('end as the fold of all facts, whatever the arrival: $what', async ({ early }) => {
    const order = placed('2026-01-05', { lines: [{ quantity: 5, unitPrice: 1_000 }] });
    const all = [order, ...early];
    for (const arrival of [all, [...early, order], [...all].reverse(), [early[1]!, order, early[0]!]]) {
      const profile = memoryProfileStore();
      await book(profile, arrival);
      expectFold(profile, all);
    }
  });
});

it('two placings in two currencies end the same, whichever came first', async () => {
  const yen = placed('2026-01-05', { currency: 'USD', total: 1_000 });
  const euro = placed('2026-01-06', { id: 'again', total: 5_000 });
  for (const arrival of [
    [yen, euro],
    [euro, yen],
  ]) {
    const profile = memoryProfileStore();
    await book(profile, arrival);
    expectFold(profile, [yen, euro]);
    expect(profile.accounts.get('ann')?.account.openPoints).toBe(10);
  }
});
