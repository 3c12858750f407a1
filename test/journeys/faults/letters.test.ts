/** The queues of dead letters cannot be written to: what nobody can take stays in its own queue until that gives it up, and is never lost. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { createRuntime, type Runtime } from '../../../infra/local/runtime.ts';
import { completed, placed } from '../../support/shop-story.ts';
import { openStorefront, type Storefront } from '../../support/storefront.ts';

const SEED = 20_261_134;
const POISONS = Array.from({ length: 8 }, (_, at) => `poison-${at}`);
const ORDERS = Array.from({ length: 8 }, (_, at) => `ord-${at}`);

let runtime: Runtime;
let shop: Storefront;
beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true, chaos: { seed: SEED } });
  shop = await openStorefront(runtime);
});
afterAll(() => runtime.stop());

/** Sealed, as if it had come through the door, and yet nothing that a reaction can read; or, not sealed, nothing that the relay can. */
function putPoison(id: string, sealed: boolean): void {
  const { type, busSource } = orderPlaced;
  const seal = sealed ? { rapportseal: 'none' } : {};
  const detail = { specversion: '1.0', id, source: '/x', type, ...seal, data: {} };
  const entry = {
    Source: busSource,
    DetailType: type,
    Detail: JSON.stringify(detail),
    EventBusName: 'rapport-dev-bus',
  };
  expect(runtime.putEvents([entry])[0]).toHaveProperty('EventId');
}

/** The queues in which each poison lies, by its id. */
function graves(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { queue, body } of runtime.deadLetters()) {
    const { id } = body as { id: string };
    found.set(id, [...(found.get(id) ?? []), queue].sort());
  }
  return found;
}

async function tell(): Promise<void> {
  for (const [at, id] of POISONS.entries()) {
    putPoison(id, at % 2 === 0);
    const orderId = ORDERS[at] ?? '';
    const answer = await shop.send(placed('2026-01-05', { orderId }), completed('2026-01-06', { orderId }));
    expect(answer.status).toBe(202);
  }
}

test(`letters that cannot be sent, by seed ${SEED}, end where they would have ended`, {
  timeout: 120_000,
}, async () => {
  await tell();
  await runtime.settle();
  const undisturbed = graves();
  expect([...undisturbed.keys()].sort()).toEqual(POISONS);
  const { body: before } = await shop.get('/v1/members/ann');

  for (const queueDown of [0.9, 1]) {
    await runtime.reset({ chaos: { seed: SEED, queueDown } });
    await tell();
    await runtime.settle();
    expect(runtime.misfortunes().queueDown).toBeGreaterThan(POISONS.length);
    expect(graves()).toEqual(undisturbed);
    // Those that shared a queue, or a batch, with what could not be taken have lost nothing by it.
    expect((await shop.get('/v1/members/ann')).body).toEqual(before);
  }
});
