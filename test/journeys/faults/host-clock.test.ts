/** The clock of the machine itself is set back by an hour, and later ahead by a year, while messages wait to be delivered again. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createRuntime, type Runtime } from '../../../infra/local/runtime.ts';
import { openLocalBackend } from '../../../infra/repair/local-backend.ts';
import { reconcile } from '../../../infra/repair/reconcile/reconcile.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { completed, placed } from '../../support/shop-story.ts';
import { openStorefront, type Storefront } from '../../support/storefront.ts';

const SEED = 20_261_136;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RealDate = Date;
let shiftMs = 0;

/** What the machine says the time is. */
class MachineDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    super(given.length === 0 ? MachineDate.now() : given[0]);
  }
  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}

let runtime: Runtime;
let shop: Storefront;
beforeAll(async () => {
  vi.stubGlobal('Date', MachineDate);
  // What handlers read was the machine's own before it was stubbed.
  setClock(() => MachineDate.now());
  runtime = await createRuntime({
    chaos: { seed: SEED, crashBefore: 0.4, crashAfter: 0.2, delay: 0.5, duplicate: 0.2 },
  });
  shop = await openStorefront(runtime);
});
afterAll(async () => {
  await runtime.stop();
  setClock(RealDate.now);
  vi.unstubAllGlobals();
});

type Entry = { entryId: string; kind: string; points: number; state: string };
async function ledger(): Promise<Entry[]> {
  return (await shop.get('/v1/members/ann/ledger?limit=100')).body.items as unknown as Entry[];
}
const daysAgo = (days: number): string => new Date(MachineDate.now() - days * DAY_MS).toISOString();

async function buy(number: number, days: number): Promise<void> {
  const orderId = `ord-${number}`;
  const answer = await shop.send(placed(daysAgo(days + 1), { orderId }), completed(daysAgo(days), { orderId }));
  expect(answer.status).toBe(202);
}

/** All that was is still there, as it was. */
async function goesOn(before: readonly Entry[]): Promise<Entry[]> {
  const now = await ledger();
  for (const entry of before) expect(now).toContainEqual(entry);
  expect(new Set(now.map(({ entryId }) => entryId)).size).toBe(now.length);
  return now;
}

test(`a machine whose clock jumps, by seed ${SEED}, ends as one whose does not`, { timeout: 60_000 }, async () => {
  for (let number = 0; number < 6; number += 1) await buy(number, 10);
  const ann = await runtime.token({ scope: 'member', member: 'ann' });
  shiftMs = -HOUR_MS;
  // What waited to be delivered again waits no hour for it; and nobody is asked to sign in again.
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  expect((await shop.get('/v1/members/ann', ann)).status).toBe(200);
  const fresh = await runtime.token({ scope: 'member', member: 'ann' });
  expect((await shop.get('/v1/members/ann', fresh)).body).toMatchObject({
    points: { available: 600, pending: 0, debt: 0 },
    lifetime: { orders: 6 },
  });
  for (let number = 6; number < 9; number += 1) await buy(number, 10);
  const behind = await ledger();

  shiftMs = 0;
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  expect((await shop.get('/v1/members/ann', fresh)).status).toBe(200);
  const caughtUp = await goesOn(behind);
  expect((await shop.get('/v1/members/ann')).body).toMatchObject({
    points: { available: 900 },
    lifetime: { orders: 9 },
  });

  shiftMs = 400 * DAY_MS;
  await runtime.settle();
  // Tokens are judged by the clock that there is.
  expect((await shop.get('/v1/members/ann', fresh)).status).toBe(401);
  shop = await openStorefront(runtime);
  await goesOn(caughtUp);
  // An event makes the account book what time has brought: once, and for all of it.
  await buy(9, 10);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  const ahead = await goesOn(caughtUp);
  const expired = ahead.filter(({ kind, state }) => kind === 'expire' && state === 'available');
  expect(expired.reduce((sum, { points }) => sum + points, 0)).toBe(-900);
  expect((await shop.get('/v1/members/ann')).body).toMatchObject({
    points: { available: 100 },
    lifetime: { orders: 10 },
  });

  // Set right again: what was booked stays, what has expired does not come back; what was only due, and not booked, will be due.
  shiftMs = 0;
  shop = await openStorefront(runtime);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  await goesOn(ahead.filter(({ entryId }) => !entryId.startsWith('release:ord-9:')));
  expect((await shop.get('/v1/members/ann')).body).toMatchObject({ points: { available: 0, pending: 100, debt: 0 } });
  for (const misfortune of ['crashBefore', 'crashAfter', 'delay', 'duplicate']) {
    expect(runtime.misfortunes()[misfortune]).toBeGreaterThan(0);
  }
  const backend = await openLocalBackend(runtime.url);
  expect((await reconcile(backend)).differences).toEqual([]);
  backend.close();
});
