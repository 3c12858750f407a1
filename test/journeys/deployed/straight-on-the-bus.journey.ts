import { expect } from 'vitest';
import { ordered, profile, registered } from './loyalty-facts.ts';
import type { Journey } from './shop.ts';

const relay = 'intake-unsealed';

/** A service with the right to may skip the HTTP API; what it puts on the bus passes the same checks. */
export const straightOnTheBus: Journey = {
  name: 'an event put straight on the bus counts like any other, and one that is not valid ends as a dead letter',
  async walk(shop) {
    // An order without a line is none.
    const noLines = { orderId: shop.id('ord-2'), currency: 'CNY', lines: [] };
    const invalid = { ...ordered(shop, 'ord-2', 3, 30_000), data: noLines };
    await shop.putEvents(
      registered(shop, 9, { displayName: 'Ann of the Bus' }),
      ordered(shop, 'ord-1', 3, 30_000),
      invalid,
    );
    await shop.eventually(
      () => profile(shop),
      (it) => expect(it).toMatchObject({ displayName: 'Ann of the Bus', points: { pending: 300 } }),
    );
    let found: { code?: string; reason?: string }[] = [];
    await shop.eventually(
      async () => {
        found = [...found, ...(await shop.deadLetters(relay, invalid.id))];
        return found;
      },
      (letters) => expect(letters).toMatchObject([{ code: 'invalid_event' }]),
    );
  },
};
