import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Runtime } from '../../infra/local/runtime.ts';
import { chaosRun, startChaos } from '../support/chaos-runs.ts';

const RUNS = 200;
const FIRST_SEED = 1;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await startChaos();
});
afterAll(async () => {
  await runtime?.stop();
});

test(`${RUNS} seeded runs under duplicates, shuffles, crashes, throttling and conflicts end as the pure fold`, async () => {
  let events = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) events += (await chaosRun(runtime, seed)).events;
  expect(events).toBeGreaterThan(RUNS * 200);
});
