import { expect } from 'vitest';
import { checkedIn, delivered, ledger, member, ordered, profile, registered, returned } from './loyalty-facts.ts';
import type { Journey } from './shop.ts';

/** From the events of an order to what the member may spend, and back again where the goods come back. */
export const pointsAndTier: Journey = {
  name: 'orders bring points and a tier, points pay, a return takes back what was earned',
  async walk(shop) {
    const orderId = shop.id('ord-1');
    const told = await shop.send(
      registered(shop, 30, { displayName: 'Ann of the Journeys' }),
      checkedIn(shop, 25),
      ordered(shop, 'ord-1', 20, 125_996),
      delivered(shop, 'ord-1', 18),
    );
    expect(told).toMatchObject({ status: 202, body: { rejected: [] } });
    const path = `/v1/members/${member(shop)}`;

    await shop.eventually(
      () => profile(shop),
      (it) =>
        expect(it).toMatchObject({
          displayName: 'Ann of the Journeys',
          tier: { id: 'silver', discountPercent: 5 },
          // 1,259 of the order, past its return window of seven days, and 10 of the check-in.
          points: { available: 1_269, pending: 0, debt: 0 },
          lifetime: { orders: 1, spend: 125_996 },
        }),
    );
    const earned = (await ledger(shop)).find(({ kind, points }) => kind === 'earn' && points === 1_259);
    expect(earned).toMatchObject({ cause: { type: 'order.placed.v1', subject: orderId } });

    // Points pay, never more than there are, and never twice.
    const tooMany = { redemptionId: shop.id('red-0'), points: 2_000 };
    const redeem = (body: unknown) => shop.ask('POST', `${path}/redemptions`, { body });
    expect(await redeem(tooMany)).toMatchObject({ status: 409, body: { code: 'insufficient_points' } });
    const redemption = { redemptionId: shop.id('red-1'), points: 1_000, orderId: shop.id('ord-2') };
    const receipt = await redeem(redemption);
    expect(receipt.status).toBe(201);
    expect(await redeem(redemption)).toMatchObject({ body: receipt.body });
    expect(await profile(shop)).toMatchObject({ points: { available: 269 } });

    // The goods come back, all of them: so do their points, and the tier.
    expect(await shop.send(returned(shop, 'ord-1', 10, 4))).toMatchObject({ status: 202 });
    await shop.eventually(
      () => profile(shop),
      (it) =>
        expect(it).toMatchObject({
          tier: { id: 'basic' },
          points: { available: 0, pending: 0, debt: 990 },
          lifetime: { spend: 0, returned: 125_996 },
        }),
    );
  },
};
