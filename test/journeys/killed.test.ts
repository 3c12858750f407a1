import { expect, test } from 'vitest';
import { isGood } from '../../infra/load/figures.ts';
import { runLoad } from '../../infra/load/run-load.ts';

const SEED = 20_261_123;

test(`killed under load and started again, a shop has all that it took exactly once, by seed ${SEED}`, async () => {
  const { outcomes, gap, events, wrong, failed, deadLetters } = await runLoad({
    seed: SEED,
    rate: 40,
    seconds: 6,
    kill: true,
  });
  expect(wrong).toEqual([]);
  expect({ failed, deadLetters }).toEqual({ failed: [], deadLetters: 0 });
  // It was away while it was asked, and answered before and after.
  expect(gap).toBeDefined();
  expect(outcomes.some(({ planned }) => gap !== undefined && planned.atMs > gap.fromMs)).toBe(true);
  expect(outcomes.filter((outcome) => !isGood(outcome)).length).toBeGreaterThan(0);
  expect(outcomes.filter(isGood).length).toBeGreaterThan(50);
  expect(events.accepted).toBeGreaterThan(10);
  expect(events.unanswered).toBeGreaterThan(0);
}, 120_000);
