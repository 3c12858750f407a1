import { expect } from 'vitest';
import { delivered, ledger, ordered, profile, registered } from './loyalty-facts.ts';
import type { Journey } from './shop.ts';

/** The same event may come again, by any way; the same id with other content is no event. */
export const duplicates: Journey = {
  name: 'what is told again changes nothing, and what contradicts it is kept for the desk',
  async walk(shop) {
    const events = [registered(shop, 9), ordered(shop, 'ord-1', 8, 50_000), delivered(shop, 'ord-1', 2)];
    expect(await shop.send(...events.toReversed())).toMatchObject({ status: 202, body: { rejected: [] } });
    const points = { available: 0, pending: 500, debt: 0 };
    await shop.eventually(
      () => profile(shop),
      (it) => expect(it).toMatchObject({ points, lifetime: { orders: 1, spend: 50_000 } }),
    );
    const before = await ledger(shop);

    expect(await shop.send(...events)).toMatchObject({ status: 202, body: { rejected: [] } });
    await shop.putEvents(...events);
    // Whatever is told after the duplicates is booked after them; a check-in of ten points shows that they have been seen.
    const marker = shop.event(
      'order.placed.v1',
      shop.daysAgo(1),
      { ...events[1]!.data, orderId: shop.id('ord-9') },
      'm',
    );
    expect(await shop.send(marker)).toMatchObject({ status: 202 });
    await shop.eventually(
      () => profile(shop),
      (it) => expect(it).toMatchObject({ points: { ...points, pending: 1_000 } }),
    );
    expect((await ledger(shop)).slice(-before.length)).toEqual(before);
    expect(await ledger(shop)).toHaveLength(before.length + 1);

    const other = ordered(shop, 'ord-1', 8, 90_000);
    const refused = await shop.send(other);
    expect(refused.body).toMatchObject({ accepted: [], rejected: [{ id: other.id, problem: { code: 'id_reused' } }] });
    const listed = await shop.eventually(
      () => shop.get('/v1/desk/events?limit=100'),
      ({ body }) => expect(JSON.stringify(body)).toContain(other.id),
    );
    expect(listed.status).toBe(200);
    expect(await profile(shop)).toMatchObject({ points: { ...points, pending: 1_000 } });
  },
};
