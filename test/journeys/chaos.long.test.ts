import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChaosRuntime, chaosRun, startChaos } from '../support/chaos-runs.ts';

const RUNS = 200;
const FIRST_SEED = 1;

let chaos: ChaosRuntime;
beforeAll(async () => {
  chaos = await startChaos();
});
afterAll(async () => {
  await chaos?.runtime.stop();
});

test(`${RUNS} seeded runs under duplicates, shuffles, crashes, throttling and conflicts end as the pure fold`, async () => {
  let events = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) events += (await chaosRun(chaos, seed)).events;
  expect(events).toBeGreaterThan(RUNS * 200);
});
