import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { ChaosOptions, Misfortune } from '../../infra/local/chaos.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { type Happening, toEvent } from './order-histories.ts';
import { settleWithRedrive } from './redrive.ts';
import { type ReputationContents, readReputation } from './reputation-contents.ts';
import { type ReviewHistory, reviewHistory, type Verdict } from './review-histories.ts';

/** After all that happens in a history: verdicts are given now. */
const NOW_MS = Date.parse('2027-03-01T00:00:00Z');

const MISFORTUNES = {
  duplicate: 0.1,
  reorder: 0.3,
  delay: 0.05,
  crashBefore: 0.03,
  crashAfter: 0.03,
  throttle: 0.01,
  conflict: 0.02,
  lostAnswer: 0.01,
};

/**
 * Tells the same history twice, each time to empty tables: once as it happened, and once in another order, with duplicates and
 * under every misfortune that the runtime knows. Both end alike, to the last counter.
 */
export function reviewRuns(options: {
  runs: number;
  firstSeed: number;
  timeoutMs: number;
  size: { orders: number; reviews: number };
  /** In place of all that may happen at once: what these runs are about, each of which has to have struck. */
  misfortunes?: Readonly<Partial<Record<Misfortune, number>>>;
}): void {
  const { runs, firstSeed, timeoutMs, size, misfortunes = MISFORTUNES } = options;
  let runtime: Runtime | undefined;
  beforeAll(async () => {
    runtime = await createRuntime({ virtualClock: true, chaos: { seed: 0 } });
  });
  afterAll(async () => {
    await runtime?.stop();
  });

  const name = `${runs} histories of reviews end alike in whatever order they are told, from seed ${firstSeed}`;
  test(name, { timeout: timeoutMs }, async () => {
    if (runtime === undefined) throw new Error('no runtime');
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const [history] = fc.sample(reviewHistory(size), { seed, numRuns: 1 });
      if (history === undefined) throw new Error('no history');
      const straight = await tell(runtime, { ...history, happenings: inTime(history.happenings) }, { seed });
      const shaken = await tell(runtime, shuffled(history, seed), { seed, ...misfortunes });
      for (const name of Object.keys(misfortunes)) expect(runtime.misfortunes()).toHaveProperty(name);
      const context = `seed ${seed}, ${history.happenings.length} events, ${history.verdicts.length} verdicts`;
      expect(Object.keys(straight.tallies).length, context).toBeGreaterThan(3);
      expect(shaken, context).toEqual(straight);
    }
  });
}

/** Tells a history and reads what the shop makes of it once everything has come to rest. */
async function tell(runtime: Runtime, history: ReviewHistory, chaos: ChaosOptions): Promise<ReputationContents> {
  await runtime.reset({ chaos });
  runtime.clock.advanceTo(NOW_MS);
  const half = Math.floor(history.happenings.length / 2);
  putAll(runtime, history.happenings.slice(0, half));
  await settleWithRedrive(runtime, REDRIVES);
  // A verdict takes a review that is known; the others are given once all is told.
  const early = await decide(runtime, history.verdicts);
  putAll(runtime, history.happenings.slice(half));
  await settleWithRedrive(runtime, REDRIVES);
  expect(await decide(runtime, early)).toEqual([]);
  await settleWithRedrive(runtime, REDRIVES);
  const table = runtime.wiring.tables.find(({ name: it }) => it.toLowerCase().includes('reputation'))?.name ?? '';
  return await readReputation(runtime.tablesEndpoint, table);
}

/** Gives verdicts at the desk, again and again where the desk cannot be reached. @returns those of which the review is not known */
async function decide(runtime: Runtime, verdicts: readonly Verdict[]): Promise<Verdict[]> {
  const token = await runtime.token({ scope: 'desk' });
  const unknown: Verdict[] = [];
  for (const verdict of verdicts) {
    const { reviewId, ...body } = verdict;
    for (;;) {
      const answer = await fetch(`${runtime.url}/v1/desk/reviews/${reviewId}/decision`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (answer.status === 404) unknown.push(verdict);
      if (answer.status < 500) {
        expect([200, 404], await answer.text()).toContain(answer.status);
        break;
      }
      await answer.arrayBuffer();
    }
  }
  return unknown;
}

function inTime(happenings: readonly Happening[]): Happening[] {
  return [...happenings].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/** In any order, and some of it twice. */
function shuffled({ happenings, verdicts }: ReviewHistory, seed: number): ReviewHistory {
  const twice = [...happenings, ...happenings.filter((_, index) => (index + seed) % 5 === 0)];
  const [order = []] = fc.sample(fc.shuffledSubarray(twice, { minLength: twice.length, maxLength: twice.length }), {
    seed,
    numRuns: 1,
  });
  const [given = []] = fc.sample(
    fc.shuffledSubarray(verdicts, { minLength: verdicts.length, maxLength: verdicts.length }),
    { seed, numRuns: 1 },
  );
  return { happenings: order, verdicts: given };
}

/** Rounds in which dead letters are sent again; what is refused for good, such as a vote on one's own review, dies in each. */
const REDRIVES = 3;

function putAll(runtime: Runtime, happenings: readonly Happening[]): void {
  for (let from = 0; from < happenings.length; from += 10) {
    const entries = happenings.slice(from, from + 10).map((happening) => ({
      Source: findEvent(happening.type)?.busSource ?? '',
      DetailType: happening.type,
      Detail: JSON.stringify(toEvent(happening)),
      EventBusName: runtime.wiring.buses[0] ?? '',
    }));
    for (const result of runtime.putEvents(entries)) expect(result).toHaveProperty('EventId');
  }
}
