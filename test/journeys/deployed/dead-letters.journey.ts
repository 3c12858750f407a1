import { expect } from 'vitest';
import { ordered, profile, registered } from './loyalty-facts.ts';
import type { Journey } from './shop.ts';

const reaction = 'loyalty-order-placed';

/** One message that nobody can read takes no other with it, and ends where a person finds it, with the reason. */
export const deadLetters: Journey = {
  name: 'a poison message ends as a dead letter with its reason, and the orders around it are booked',
  async walk(shop) {
    const poison = shop.id('no event at all');
    await shop.send(registered(shop, 9), ordered(shop, 'ord-1', 3, 10_000));
    await shop.slip(reaction, poison);
    await shop.send(ordered(shop, 'ord-2', 2, 20_000));
    await shop.eventually(
      () => profile(shop),
      (it) => expect(it).toMatchObject({ points: { pending: 300 } }),
    );
    let found: object[] = [];
    await shop.eventually(
      async () => {
        found = [...found, ...(await shop.deadLetters(reaction, poison))];
        return found;
      },
      (letters) => expect(letters).toHaveLength(1),
    );
    expect(found).toEqual([
      expect.objectContaining({ body: poison, code: 'malformed_json', function: expect.stringContaining(reaction) }),
    ]);
  },
};
