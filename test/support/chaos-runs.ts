import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { ChaosOptions, Misfortune } from '../../infra/local/chaos.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { type Account, availablePoints, pendingPoints } from '../../shared/domain/loyalty/account.ts';
import { isEntry } from '../../shared/domain/loyalty/entries.ts';
import { accountAt } from '../../shared/domain/loyalty/fold.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import { replay } from '../../shared/domain/loyalty/replay.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { Announcements } from './announcements.ts';
import { toFact } from './loyalty-facts.ts';
import { type Happening, shopHistory, toEvent } from './order-histories.ts';
import { readProfile } from './profile-table.ts';
import { settleWithRedrive } from './redrive.ts';
import { openStorefront } from './storefront.ts';

/** Every misfortune the runtime knows, at rates far above what a bad day brings. */
const MISFORTUNES = {
  duplicate: 0.1,
  reorder: 0.3,
  delay: 0.05,
  crashBefore: 0.04,
  crashAfter: 0.04,
  throttle: 0.01,
  conflict: 0.03,
  lostAnswer: 0.02,
};

type ChaosRuntime = { runtime: Runtime; announcements: Announcements };

/** A test of many runs, each with a seed of its own, on one runtime that is emptied in between. */
export function chaosTest(options: {
  runs: number;
  firstSeed: number;
  timeoutMs: number;
  /** In place of all that may happen at once: what these runs are about, each of which has to have struck. */
  misfortunes?: Readonly<Partial<Record<Misfortune, number>>>;
  /** Over HTTP, as a storefront tells it, in place of straight on the bus. */
  throughTheDoor?: boolean;
}): void {
  const { runs, firstSeed, timeoutMs, misfortunes = MISFORTUNES, throughTheDoor = false } = options;
  let chaos: ChaosRuntime | undefined;
  beforeAll(async () => {
    const announcements = new Announcements();
    const runtime = await createRuntime({ virtualClock: true, chaos: { seed: 0 }, onEvent: announcements.hear });
    chaos = { runtime, announcements };
  });
  afterAll(async () => {
    await chaos?.runtime.stop();
  });

  const kinds = Object.keys(misfortunes);
  const way = throughTheDoor ? ' over HTTP' : '';
  const name = `${runs} runs${way} under ${kinds.join(', ')} end as the pure fold does, from seed ${firstSeed}`;
  test(name, { timeout: timeoutMs }, async () => {
    if (chaos === undefined) throw new Error('no runtime');
    let events = 0;
    const struck = new Set<string>();
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      events += (await chaosRun(chaos, { seed, ...misfortunes }, throughTheDoor ? sendAll : putAll)).events;
      for (const misfortune of Object.keys(chaos.runtime.misfortunes())) struck.add(misfortune);
    }
    expect(events).toBeGreaterThan(runs * 200);
    expect([...struck].sort()).toEqual(kinds.sort());
  });
}

/**
 * Sends a shop's history, a few hundred events in any order, to the whole backend under chaos and compares what the
 * tables hold in the end with the pure fold of the same facts.
 */
async function chaosRun(
  { runtime, announcements }: ChaosRuntime,
  chaos: ChaosOptions,
  tell: (runtime: Runtime, happenings: readonly Happening[]) => Promise<void> | void,
): Promise<{ events: number }> {
  const { seed } = chaos;
  await runtime.reset({ chaos });
  announcements.forget();
  const [history = []] = fc.sample(shopHistory({ minOrders: 50, maxOrders: 60, members: 10 }), { seed, numRuns: 1 });
  const [shuffled = []] = fc.sample(
    fc.shuffledSubarray(history, { minLength: history.length, maxLength: history.length }),
    { seed, numRuns: 1 },
  );
  await tell(runtime, shuffled);
  await settleWithRedrive(runtime);

  const context = `chaos seed ${seed}, ${history.length} events`;
  const expected = replay(history.map(toFact), always(currentPolicy));
  const table = runtime.wiring.tables.find(({ name }) => name.toLowerCase().includes('profile'))?.name ?? '';
  const actual = await readProfile(runtime.tablesEndpoint, table);
  for (const [memberId, account] of expected.accounts) {
    const stored = actual.accounts.get(memberId)?.account;
    expect(later(stored), `${context}, member ${memberId}`).toBe(later(account));
    const entries = actual.journals.get(memberId) ?? [];
    expect(sum(entries, 'pending'), `${context}, pending of ${memberId}`).toBe(stored && pendingPoints(stored));
    expect(sum(entries, 'available'), `${context}, available of ${memberId}`).toBe(stored && availablePoints(stored));
    expect(
      entries.map(({ seq }) => seq),
      `${context}, journal of ${memberId}`,
    ).toEqual(entries.map((_, at) => at + 1));
  }
  expect(
    new Map([...actual.orders].map(([id, order]) => [id, order.facts])),
    `${context}, facts of the orders`,
  ).toEqual(new Map([...expected.orders].map(([id, order]) => [id, JSON.parse(JSON.stringify(order.facts))])));
  const guests = Object.fromEntries(Object.entries(expected.guests).map(([name, value]) => [name, value]));
  expect({ ...zero(guests), ...actual.guests }, `${context}, guests`).toEqual(guests);
  announcements.expectToTell(actual.journals, context);
  return { events: history.length };
}

/** An account long after everything has fallen due: how far time had been taken into account does not count. */
function later(account: Account | undefined): string {
  return JSON.stringify(account && accountAt(account, Date.parse('2032-01-01'), always(currentPolicy)).account);
}

/** How often a storefront sends what was not taken. */
const SENDINGS = 100;

/** Through the door, as a storefront does: what could not be taken in is said so, each by itself, and is sent again until it is. */
async function sendAll(runtime: Runtime, happenings: readonly Happening[]): Promise<void> {
  const storefront = await openStorefront(runtime);
  let refusals = 0;
  for (let from = 0; from < happenings.length; from += 25) {
    let left = happenings.slice(from, from + 25);
    for (let sending = 1; left.length > 0; sending += 1) {
      const { status, body } = await storefront.send(...left);
      const { accepted = [], rejected = [] } = body as {
        accepted?: string[];
        rejected?: { index: number; problem: { code: string } }[];
      };
      expect([202, 500, 503]).toContain(status);
      for (const { problem } of rejected) expect(problem.code).toBe('unavailable');
      refusals += rejected.length;
      if (status === 202) expect(accepted.length + rejected.length).toBe(left.length);
      expect(sending).toBeLessThan(SENDINGS);
      left = left.filter(({ id }) => !accepted.includes(id));
    }
  }
  expect(refusals).toBeGreaterThan(0);
}

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

function sum(entries: readonly JournalEntry[], state: string): number {
  return entries.filter(isEntry).reduce((total, entry) => total + (entry.state === state ? entry.points : 0), 0);
}

const zero = (figures: Record<string, number>) => Object.fromEntries(Object.keys(figures).map((name) => [name, 0]));
