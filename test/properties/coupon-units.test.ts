import fc from 'fast-check';
import { expect, test } from 'vitest';
import { issueCoupon } from '../../functions/coupon/issue-coupon.ts';
import { recordOrder } from '../../functions/coupon/record-order.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { couponUses, decideExpiry, isIssued, newCoupon } from '../../shared/domain/coupon/coupon.ts';
import { decideHold, decideRelease, decideRevoke } from '../../shared/domain/coupon/decide-coupon.ts';
import { couponOrders } from '../../shared/domain/coupon/order-coupons.ts';
import { newWallet } from '../../shared/domain/coupon/wallet.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { at, couponPolicies, definition } from '../support/coupon-shop.ts';
import { type MemoryCoupons, memoryCouponStore } from '../support/memory-coupon-store.ts';

const HOUR_MS = 3_600_000;
const START = at('2026-12-28T00:00:00Z');
const LIMITS = { few: { budget: 3, perMember: 2 }, yearly: { budget: 4, perMember: 1 } } as const;
const policies = couponPolicies(
  definition({ id: 'few', ...LIMITS.few, validDays: 2 }),
  definition({ id: 'yearly', ...LIMITS.yearly, perMemberPeriod: 'year', validDays: 1 }),
);

const couponId = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6');
const memberId = fc.constantFrom('ann', 'bob');
const orderId = fc.constantFrom('o1', 'o2', 'o3');

/** What may happen, and the hours since then that an order's event has been under way. */
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('issue' as const),
      couponId,
      memberId,
      kind: fc.constantFrom('few', 'yearly'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constantFrom('hold' as const, 'release' as const), couponId, memberId, orderId }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('place' as const),
      orderId,
      memberId: fc.option(memberId, { nil: undefined, freq: 6 }),
      couponIds: fc.uniqueArray(couponId, { minLength: 1, maxLength: 3 }),
      hoursAgo: fc.integer({ min: 0, max: 40 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('cancel' as const), orderId, hoursAgo: fc.integer({ min: 0, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('revoke' as const), couponId, memberId }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('expire' as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

/** What happens side by side, and how many hours pass before it. */
const moments = fc.array(
  fc.record({
    hours: fc.integer({ min: 0, max: 20 }),
    happenings: fc.array(happening, { minLength: 1, maxLength: 4 }),
  }),
  { maxLength: 14 },
);

async function happen(it: Happening, coupons: MemoryCoupons, nowMs: number): Promise<void> {
  const known = async (id: string) => (await coupons.loadCoupons([id])).get(id) ?? newCoupon(id);
  await retryConflicts(WriteConflict, async () => {
    switch (it.what) {
      case 'issue':
        await issueCoupon({ ...it, definitionId: it.kind }, { coupons, policies, nowMs });
        return;
      case 'hold':
      case 'release': {
        const decide = it.what === 'hold' ? decideHold : decideRelease;
        const decision = decide(await known(it.couponId), it, nowMs);
        if (decision.kind === it.what) await coupons.saveCoupon({ coupon: decision.coupon, unitBack: false });
        return;
      }
      case 'place': {
        const { hoursAgo, couponIds, ...order } = it;
        const eventId = JSON.stringify([order.orderId, order.memberId, couponIds]);
        const fact = {
          kind: 'placed',
          eventId,
          atMs: nowMs - hoursAgo * HOUR_MS,
          memberId: it.memberId,
          couponIds,
        } as const;
        return recordOrder(it.orderId, fact, { coupons, nowMs, log });
      }
      case 'cancel': {
        const fact = { kind: 'cancelled', eventId: `${it.orderId}:x`, atMs: nowMs - it.hoursAgo * HOUR_MS } as const;
        return recordOrder(it.orderId, fact, { coupons, nowMs, log });
      }
      case 'revoke': {
        const { coupon = newCoupon(it.couponId), wallet = newWallet(it.memberId) } = await coupons.loadWithWallet(
          it.couponId,
          it.memberId,
        );
        const decision = decideRevoke({ coupon, wallet }, { ...it, reason: 'x' }, nowMs);
        if (decision.kind === 'changed') await coupons.saveCoupon(decision);
        return;
      }
      case 'expire':
        for (const id of coupons.coupons.keys()) {
          const change = decideExpiry(await known(id), nowMs);
          if (change !== undefined) await coupons.saveCoupon(change);
        }
    }
  });
}

const log = createLogger({ level: 'silent' });

function check({ coupons, units, orders }: MemoryCoupons): void {
  const all = [...coupons.values()];
  for (const [id, { budget, perMember }] of Object.entries(LIMITS)) {
    const issued = all.filter((it) => isIssued(it)).filter((it) => it.issued.definition.id === id);
    const out = units.get(id) ?? 0;
    // A unit is out from its issue until it goes back, which it does once: nothing is lost and nothing comes back twice.
    expect(out).toBe(issued.filter((it) => it.ended === undefined).length);
    expect(out).toBeLessThanOrEqual(budget);
    const counted = issued
      .filter((it) => it.ended?.kind !== 'revoked')
      .map((it) => {
        return `${it.issued.memberId} ${id === 'yearly' ? it.issued.year : ''}`;
      });
    for (const member of counted) expect(counted.filter((it) => it === member).length).toBeLessThanOrEqual(perMember);
  }
  for (const coupon of all) {
    const uses = couponUses(coupon);
    const redeemed = uses.filter((use) => use.kind === 'redeemed');
    expect(redeemed.length).toBeLessThanOrEqual(1);
    // A unit that has gone back to the pool is in no order.
    if (coupon.ended !== undefined) expect(redeemed).toEqual([]);
    const spans = uses.flatMap((use) =>
      use.kind === 'refused' ? [] : [[use.atMs, use.kind === 'returned' ? use.returnedAtMs : Infinity] as const],
    );
    for (const [index, [from]] of spans.entries()) {
      if (index > 0) expect(from).toBeGreaterThanOrEqual(spans[index - 1]![1]);
    }
    // Every coupon knows of each order what the order's own record knows.
    for (const order of orders.values()) {
      const entry = couponOrders(order).get(coupon.couponId);
      const own = coupon.orders.find((it) => it.orderId === order.orderId);
      if (entry === undefined || (isIssued(coupon) && entry.memberId !== coupon.issued.memberId)) continue;
      expect(own).toMatchObject(JSON.parse(JSON.stringify(entry)) as object);
    }
  }
}

test('whatever happens side by side, no budget or cap is overshot, no unit comes back twice and none is used twice', async () => {
  await fc.assert(
    fc.asyncProperty(moments, async (sequence) => {
      const coupons = memoryCouponStore();
      let nowMs = START;
      for (const { hours, happenings } of sequence) {
        nowMs += hours * HOUR_MS;
        const atMs = nowMs;
        await Promise.all(happenings.map((it) => happen(it, coupons, atMs)));
        check(coupons);
      }
    }),
    { numRuns: 250 },
  );
}, 60_000);
