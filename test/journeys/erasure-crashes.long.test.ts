import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openErasures } from '../../functions/privacy/open-stores.ts';
import { beginErasure, goOn } from '../../functions/privacy/run-erasure.ts';
import type { ErasureStores } from '../../functions/privacy/stores.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { openLocalBackend } from '../../infra/repair/local-backend.ts';
import { reconcile } from '../../infra/repair/reconcile/reconcile.ts';
import type { ErasureReceipt } from '../../shared/domain/privacy/erasure.ts';
import { commandsOf, LIFE_IS_OVER, lifeOf, offerCoupon } from '../support/member-life.ts';
import { scanTable } from '../support/profile-table.ts';
import { openStorefront } from '../support/storefront.ts';
import { readable } from '../support/table-text.ts';

/** More than an erasure of such a life makes requests: the last ones are never cut off. */
const MEMBERS = 72;
const NOW = Date.parse(LIFE_IS_OVER);
const idOf = (number: number) => `m${String(number).padStart(3, '0')}`;

let runtime: Runtime;

beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true });
  for (const name of ['profile', 'inbox', 'reputation', 'recommend', 'vault', 'catalog']) {
    vi.stubEnv(`${name.toUpperCase()}_TABLE`, `rapport-dev-${name}`);
  }
  vi.stubEnv('PSEUDONYM_KEY_ID', 'not asked');
  const shop = await openStorefront(runtime);
  const members = Array.from({ length: MEMBERS }, (_, number) => idOf(number));
  const events = members.flatMap((memberId) => lifeOf(memberId, { apart: true }));
  for (let from = 0; from < events.length; from += 100) {
    expect((await shop.send(...events.slice(from, from + 100))).status).toBe(202);
  }
  runtime.clock.advanceTo(NOW);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  await offerCoupon(runtime, {
    id: 'life',
    kind: 'percent',
    percent: 20,
    validDays: 30,
    perMember: 1,
    budget: MEMBERS,
  });
  for (let from = 0; from < MEMBERS; from += 6) {
    await Promise.all(members.slice(from, from + 6).map((memberId) => commandsOf(runtime, memberId)));
  }
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await runtime?.stop();
});

class Crash extends Error {}

/** What an erasure goes through, by a client whose process dies before its n-th request; 0: never. */
async function storesDyingAt(dying: number): Promise<{ stores: ErasureStores; requests: () => number }> {
  const client = new DynamoDBClient({
    endpoint: runtime.tablesEndpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  let requests = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      requests += 1;
      // Whoever is dead asks nothing any more.
      if (dying > 0 && requests >= dying) throw new Crash();
      return next(args);
    },
    { step: 'initialize' },
  );
  const places = (await scanTable(runtime.tablesEndpoint, 'rapport-dev-profile')).map(({ pk }) => pk?.S ?? '');
  const days = new Set(places.filter((it) => it.startsWith('BIRTHDAY#')).map((it) => it.slice('BIRTHDAY#'.length)));
  return { stores: { ...openErasures(client), birthdays: async () => [...days] }, requests: () => requests };
}

async function erase(memberId: string, stores: ErasureStores) {
  const asked = { receiptId: `receipt-${memberId}`, by: { kind: 'member' as const }, nowMs: NOW };
  const receipt = (await stores.erasures.load(memberId)) ?? (await beginErasure(memberId, asked, stores));
  if (receipt === undefined) throw new Error(`There is no ${memberId}.`);
  return goOn(memberId, receipt, { nowMs: NOW, isTime: () => true }, stores);
}

/** What the tables say of a member, in words that are the same for each of them. */
async function traces(): Promise<(memberId: string) => unknown> {
  const items = await Promise.all(
    ['profile', 'inbox', 'reputation', 'recommend', 'vault'].map((name) =>
      scanTable(runtime.tablesEndpoint, `rapport-dev-${name}`),
    ),
  );
  const all = items.flat().map((item) => ({ place: `${item.pk?.S} ${item.sk?.S}`, text: readable(item) }));
  return (memberId) => {
    const own = all.filter(({ place }) => place.includes(memberId));
    // On which shard something stands hangs on its id, and when a coupon was given on the clock.
    const same = (text: string) =>
      text
        .replaceAll(memberId, 'm###')
        .replace(/(DUE|LISTED#teapot-m###|EXPIRY)#\d/, '$1#')
        .replace(/(?<=EXPIRY# )[^#]+/, '');
    return {
      // Claims name events; and a note of what falls due is a hint that goes with its hour, whether it still holds or not.
      places: own
        .map(({ place }) => same(place))
        .filter((it) => !/^(EVENT|DUE)#/.test(it))
        .sort(),
      // Where it is said whose something is, but for the books, in which the id stays.
      named: all
        .filter(({ text }) => text.includes(`"memberId":"${memberId}"`))
        .map(({ place }) => same(place))
        .filter((it) => !/^(ORDER|MEMBER|ERASED|EVENT)#/.test(it))
        .sort(),
      stores: all
        .filter(({ place }) => place === `ERASED#${memberId} RECEIPT`)
        .flatMap(({ text }) => (JSON.parse(text) as { d: { B: ErasureReceipt } }).d.B.stores)
        // How many entries the journal has hangs on the order in which events came.
        .map((it) => (it.what === 'ledger entries' ? { ...it, count: 0 } : it)),
    };
  };
}

test('an erasure that is cut off before any request, and gone on with, ends as one that was not', async () => {
  const { stores: whole, requests } = await storesDyingAt(0);
  expect(await erase(idOf(0), whole)).toMatchObject({ state: 'done' });
  const steps = requests();
  expect(steps).toBeLessThan(MEMBERS);
  let cut = 0;
  for (let dying = 1; dying <= steps; dying += 1) {
    const memberId = idOf(dying);
    const { stores } = await storesDyingAt(dying);
    await erase(memberId, stores).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      cut += 1;
    });
    const { stores: next } = await storesDyingAt(0);
    expect(await erase(memberId, next), `${dying}`).toMatchObject({ state: 'done' });
  }
  expect(cut).toBeGreaterThan(steps - 3);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  const tracesOf = await traces();
  const expected = tracesOf(idOf(0));
  for (let dying = 1; dying <= steps; dying += 1) {
    expect(tracesOf(idOf(dying)), `cut off before request ${dying} of ${steps}`).toEqual(expected);
  }
  expect(expected).toMatchObject({ named: [] });
  const backend = await openLocalBackend(runtime.url);
  const { differences } = await reconcile(backend);
  backend.close();
  expect(differences).toEqual([]);
}, 300_000);
