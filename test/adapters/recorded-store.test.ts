import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bookCause } from '../../functions/loyalty/book-cause.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { recordedStore } from '../../shared/adapters/dynamo/recorded-store.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { book } from '../support/book.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { checkedIn, completed, guestPlaced, identified, placed } from '../support/shop-story.ts';

const LIMITS = { orders: 100, causes: 100 };

let dynoxide: Dynoxide;
let table: string;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
});

async function tell(orders: number): Promise<void> {
  const profile = profileStore(dynoxide.client, table);
  for (let n = 1; n <= orders; n += 1) {
    await book(profile, [
      placed('2026-01-05', { orderId: `ord-${n}` }),
      completed('2026-01-06', { orderId: `ord-${n}` }),
    ]);
  }
  await book(profile, [
    guestPlaced('2026-01-07', { orderId: 'guest-1' }),
    placed('2026-01-07', { orderId: 'kiosk-1', anonymousId: 'a1' }),
    identified('2026-01-08', 'a1', 'ann'),
  ]);
  await bookCause(checkedIn('2026-01-09'), { profile, policies: always(currentPolicy), nowMs: 0 });
}

it('reads every order, cause and visitor, and nothing else of the table', async () => {
  await tell(20);
  const found = await recordedStore(dynoxide.client, table).load(LIMITS);
  expect(found?.orders.map(({ orderId }) => orderId).toSorted()).toEqual(
    [...Array.from({ length: 20 }, (_, n) => `ord-${n + 1}`), 'guest-1', 'kiosk-1'].toSorted(),
  );
  expect(found?.orders.find(({ orderId }) => orderId === 'ord-7')).toMatchObject({
    version: 2,
    facts: [{ kind: 'placed' }, { kind: 'completed' }],
  });
  expect(found?.causes).toMatchObject([{ memberId: 'ann', facts: [{ kind: 'checked_in' }] }]);
  expect([...(found?.visitors ?? [])]).toMatchObject([['a1', { identifications: [{ memberId: 'ann' }] }]]);
});

it('finds nothing in a table that is empty', async () => {
  expect(await recordedStore(dynoxide.client, table).load(LIMITS)).toEqual({
    orders: [],
    causes: [],
    visitors: new Map(),
  });
});

it.each([
  { what: 'orders', limits: { orders: 4, causes: 100 } },
  { what: 'other causes', limits: { orders: 100, causes: 0 } },
])('says no more than that there are more $what than the limit', async ({ limits }) => {
  await tell(3);
  expect(await recordedStore(dynoxide.client, table).load({ orders: 5, causes: 1 })).toBeDefined();
  expect(await recordedStore(dynoxide.client, table).load(limits)).toBeUndefined();
});
