/** The bucket of models cannot be reached: pages go on with what is known without it, and with the model they have. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../../infra/local/runtime.ts';
import type { Happening } from '../../support/order-histories.ts';
import { openStorefront, type Storefront } from '../../support/storefront.ts';

const SEED = 20_261_135;
const DAY_MS = 86_400_000;
/** A version that could not be had is tried again after a minute. */
const BARRED_MS = 61_000;
const TRAIL = ['teapot', 'cup', 'saucer', 'kettle'];

let runtime: Runtime;
let shop: Storefront;
let admin = '';
let number = 0;
beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true, chaos: { seed: SEED } });
  shop = await openStorefront(runtime);
  admin = await runtime.token({ scope: 'admin' });
});
afterAll(() => runtime.stop());

function said(type: string, data: Record<string, unknown>): Happening {
  number += 1;
  return { type: `${type}.v1`, id: `evt-${number}`, time: new Date(runtime.clock.nowMs()).toISOString(), data };
}

async function tell(happenings: readonly Happening[]): Promise<void> {
  expect((await shop.send(...happenings)).status).toBe(202);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

/** A day on which some visitors look at one thing after the other. */
async function day(name: string): Promise<void> {
  runtime.clock.advanceTo(runtime.clock.nowMs() + DAY_MS);
  const walks = Array.from({ length: 20 }, (_, visitor) =>
    TRAIL.slice(visitor % 2).map((productId) =>
      said('product.viewed', { productId, anonymousId: `walker-${name}-${visitor}` }),
    ),
  ).flat();
  await tell(walks);
}

const train = async () => {
  const answer = await fetch(`${runtime.url}/local/train`, { method: 'POST' });
  return { status: answer.status, body: (await answer.json()) as { outcome?: string; version?: string } };
};
const versions = async () => {
  const { body } = await shop.get('/v1/models', admin);
  return (body.items as unknown as { version: string; serving: boolean }[]).map(({ version }) => version);
};
type Engine = { name: string; modelVersion?: string; fallback?: { from: string; cause: string } };
const ask = async (): Promise<{ engine: Engine; items: number }> => {
  const { status, body } = await shop.get('/v1/visitors/guest/recommendations');
  expect(status).toBe(200);
  return { engine: body.engine as unknown as Engine, items: (body.items as unknown as unknown[]).length };
};

/** The model is fetched while pages go on with the one before: a page or so later it serves. */
async function servedInTheEnd(version: string | undefined): Promise<Engine> {
  for (let asked = 0; asked < 200; asked += 1) {
    const { engine } = await ask();
    if (engine.modelVersion === version) return engine;
  }
  return (await ask()).engine;
}

test(`a bucket that is away, by seed ${SEED}, costs freshness and no page`, { timeout: 120_000 }, async () => {
  runtime.clock.advanceTo(Date.parse('2026-01-05T10:00:00Z'));
  const about = { categories: ['Home/Kitchen'], price: 1_000, currency: 'EUR' };
  await tell(TRAIL.map((productId) => said('product.upserted', { productId, name: productId, ...about })));
  await day('first');
  await tell([said('product.viewed', { productId: 'teapot', anonymousId: 'guest' })]);

  // Nothing can be kept: nothing is published, and pages are of what is popular.
  runtime.changeMisfortunes({ seed: SEED, objectsDown: 1 });
  expect((await train()).status).toBe(500);
  expect(runtime.misfortunes().objectsDown).toBeGreaterThan(0);
  expect(await versions()).toEqual([]);
  expect(await ask()).toMatchObject({ engine: { name: 'popular', fallback: { from: 'in_house' } } });

  // It is published, and cannot be fetched: pages say so, and do without for a minute.
  runtime.changeMisfortunes(undefined);
  const { body: first } = await train();
  expect(first).toMatchObject({ outcome: 'published' });
  expect(await versions()).toEqual([first.version]);
  runtime.changeMisfortunes({ seed: SEED, objectsDown: 1 });
  const without = await ask();
  expect(without.engine).toMatchObject({ name: 'popular', fallback: { from: 'in_house', cause: 'refused_model' } });
  expect(without.items).toBeGreaterThan(0);
  expect(runtime.misfortunes().objectsDown).toBeGreaterThan(0);
  runtime.changeMisfortunes(undefined);
  expect((await ask()).engine.name).toBe('popular');
  runtime.clock.advanceTo(runtime.clock.nowMs() + BARRED_MS);
  expect((await ask()).engine).toMatchObject({ name: 'in_house', modelVersion: first.version });

  // A second one cannot be fetched: the first goes on.
  await day('second');
  const { body: second } = await train();
  expect(second).toMatchObject({ outcome: 'published' });
  runtime.changeMisfortunes({ seed: SEED, objectsDown: 1 });
  await tell([said('product.viewed', { productId: 'cup', anonymousId: 'guest' })]);
  for (let page = 0; page < 5; page += 1) {
    expect((await ask()).engine).toMatchObject({ name: 'in_house', modelVersion: first.version });
  }
  runtime.changeMisfortunes(undefined);
  runtime.clock.advanceTo(runtime.clock.nowMs() + BARRED_MS);
  expect(await servedInTheEnd(second.version)).toMatchObject({ name: 'in_house', modelVersion: second.version });
});
