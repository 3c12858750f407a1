import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OutgoingEvent } from '../../infra/importers/importer.ts';
import { sendEvents } from '../../infra/importers/send-events.ts';
import { ShopConnection } from '../../infra/importers/shop-connection.ts';
import { planLoad } from '../../infra/load/plan.ts';
import { differencesFrom, missingAndDoubled, readKept } from '../../infra/load/proof.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { RepairBackend } from '../../infra/repair/backend.ts';
import { openLocalBackend } from '../../infra/repair/local-backend.ts';

const {
  memberIds,
  shop: before,
  requests,
} = planLoad({
  seed: 7,
  rate: 60,
  seconds: 5,
  startMs: Date.parse('2026-11-23T10:00:00Z'),
  tag: 'found',
});
const told = requests.flatMap(({ event }) => event ?? []);
const all = [...before, ...told];

let runtime: Runtime;
let backend: RepairBackend;
let shop: ShopConnection;

beforeAll(async () => {
  runtime = await createRuntime();
  backend = await openLocalBackend(runtime.url);
  shop = await ShopConnection.open({ url: runtime.url, scope: 'events:write members:read' });
  await sendEvents({ events: all, post: (batch) => shop.postEvents(batch) });
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}, 60_000);
afterAll(async () => {
  backend.close();
  await runtime.stop();
});

it('nothing is amiss where all that was told is there', async () => {
  expect(told.length).toBeGreaterThan(60);
  expect(missingAndDoubled(told, await readKept(backend))).toEqual({ missing: [], doubled: [] });
  expect(await differencesFrom(all, memberIds, { backend, shop })).toEqual([]);
});

it.each([
  'product.viewed',
  'order.placed',
  'order.completed',
  'order.returned',
  'review.submitted',
  'member.checked_in',
])('a %s that was never told is missed', async (kind) => {
  const known = told.find(({ type }) => type === `${kind}.v1`);
  expect(known).toBeDefined();
  const never: OutgoingEvent = { ...known!, id: 'never-told' };
  expect(missingAndDoubled([...told, never], await readKept(backend)).missing).toEqual([never]);
});

it.each(['order.placed', 'order.completed', 'order.returned', 'member.checked_in'])(
  'what followed from a %s too much, as if it had come twice, is found in the ledger',
  async (kind) => {
    const one = told.find(({ type }) => type === `${kind}.v1`)!;
    const { memberId } = one.data as { memberId: string };
    const found = await differencesFrom(
      all.filter((event) => event !== one),
      [memberId],
      { backend, shop },
    );
    expect(found.length).toBeGreaterThan(0);
    for (const difference of found) expect(difference).toContain(`member ${memberId}: `);
  },
);
