/** The clock of one machine is an hour behind for a while, then a year ahead: what time brings happens once, and no entry is taken back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../../infra/local/runtime.ts';
import { openLocalBackend } from '../../../infra/repair/local-backend.ts';
import { reconcile } from '../../../infra/repair/reconcile/reconcile.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { openStorefront, type Storefront } from '../../support/storefront.ts';

let runtime: Runtime;
let shop: Storefront;
beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true });
  shop = await openStorefront(runtime);
});
afterAll(() => runtime.stop());

const order = (number: number, time: string) => ({
  type: 'order.placed.v1' as const,
  id: `placed-${number}`,
  time,
  data: {
    orderId: `ord-${number}`,
    memberId: 'ann',
    currency: 'EUR',
    lines: [{ lineId: '1', productId: 'teapot', quantity: 1, unitPrice: 10_000 }],
  },
});
const completed = (number: number, time: string) => ({
  type: 'order.completed.v1' as const,
  id: `completed-${number}`,
  time,
  data: { orderId: `ord-${number}` },
});

type Entry = { entryId: string; kind: string; points: number; state: string };
async function ledger(): Promise<Entry[]> {
  const { body } = await shop.get('/v1/members/ann/ledger?limit=100');
  return body.items as unknown as Entry[];
}
const sumOf = (entries: readonly Entry[], kind: string, state: string) =>
  entries.filter((it) => it.kind === kind && it.state === state).reduce((sum, { points }) => sum + points, 0);

test('an hour back and a year ahead end as time that only goes on', { timeout: 120_000 }, async () => {
  await shop.send(order(1, '2026-01-05T10:00:00Z'), completed(1, '2026-01-06T10:00:00Z'));
  await runtime.settle();
  runtime.clock.advanceTo(Date.parse('2026-01-20T12:00:00Z'));
  await runtime.settle();
  const before = await ledger();
  expect(sumOf(before, 'available', 'available')).toBe(100);

  // Back: what handlers take for now lies before facts that are booked already.
  setClock(() => Date.parse('2026-01-20T11:00:00Z'));
  await shop.send(order(2, '2026-01-20T11:30:00Z'), completed(2, '2026-01-20T11:45:00Z'));
  await runtime.settle();
  setClock(() => runtime.clock.nowMs());
  const behind = await ledger();
  for (const entry of before) expect(behind).toContainEqual(entry);

  // Ahead: everything of the year falls due in one run, and once.
  runtime.clock.advanceTo(Date.parse('2027-03-02T00:00:00Z'));
  await runtime.settle();
  await runtime.settle();
  const ahead = await ledger();
  for (const entry of behind) expect(ahead).toContainEqual(entry);
  expect(new Set(ahead.map(({ entryId }) => entryId)).size).toBe(ahead.length);
  expect(sumOf(ahead, 'expire', 'available')).toBe(-200);
  expect((await shop.get('/v1/members/ann')).body).toMatchObject({ points: { available: 0, pending: 0, debt: 0 } });

  // A fact of the past that comes now is judged by its own time.
  await shop.send(order(3, '2026-02-01T10:00:00Z'), completed(3, '2026-02-02T10:00:00Z'));
  await runtime.settle();
  const late = await ledger();
  for (const entry of ahead) expect(late).toContainEqual(entry);
  expect((await shop.get('/v1/members/ann')).body).toMatchObject({ points: { available: 0 } });
  const backend = await openLocalBackend(runtime.url);
  expect((await reconcile(backend)).differences).toEqual([]);
  backend.close();
});
