import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { asyncQueueOf } from '../../infra/local/bus.ts';
import { LocalClock } from '../../infra/local/clock.ts';
import { Schedules } from '../../infra/local/schedules.ts';
import { Store } from '../../infra/local/store.ts';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';
import { fixtureStacks } from './fixture/stacks.ts';

const HOUR_MS = 3_600_000;
const QUEUE = asyncQueueOf('fixture-hourly');
const wiring = readWiring(fixtureStacks(), {
  surroundings: { region: 'eu-west-1', account: '000000000000' },
  queueUrl: (name) => `http://localhost:1/${name}`,
});

let store: Store;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.parse('2026-11-23T10:20:00Z') });
  store = new Store(':memory:');
});
afterEach(() => {
  vi.useRealTimers();
  store.close();
});

/** Starts as a runtime does, and tells for which times the schedule has run since it was asked last. */
function start(): { schedules: Schedules; ran(): string[] } {
  const schedules = new Schedules(wiring, store, LocalClock.real(), () => undefined);
  schedules.start();
  const ran = (): string[] =>
    store.list(QUEUE, 10).map(({ id, body }) => {
      store.remove(id);
      return (JSON.parse(body) as { time: string }).time;
    });
  return { schedules, ran };
}

it('a schedule runs once for each hour, however often and far the clock of the machine goes back and ahead', () => {
  const { schedules, ran } = start();
  expect(ran()).toEqual([]);
  vi.advanceTimersByTime(HOUR_MS);
  expect(ran()).toEqual(['2026-11-23T11:00:00Z']);

  // An hour back: eleven o'clock comes again, and was.
  vi.setSystemTime(Date.parse('2026-11-23T10:30:00Z'));
  schedules.fireDue();
  vi.advanceTimersByTime(HOUR_MS);
  expect(ran()).toEqual([]);
  vi.advanceTimersByTime(HOUR_MS);
  expect(ran()).toEqual(['2026-11-23T12:00:00Z']);

  // A year ahead: the last of the hours that were left out is run, and none of the others.
  vi.setSystemTime(Date.parse('2027-11-23T12:40:00Z'));
  schedules.fireDue();
  schedules.fireDue();
  expect(ran()).toEqual(['2027-11-23T12:00:00Z']);
  schedules.stop();

  // Started anew with the clock set right, it waits for the next hour, and not for a year until it is ahead of the clock that was wrong.
  vi.setSystemTime(Date.parse('2026-11-23T13:10:00Z'));
  const again = start();
  expect(again.ran()).toEqual([]);
  vi.advanceTimersByTime(HOUR_MS);
  expect(again.ran()).toEqual(['2026-11-23T14:00:00Z']);
  again.schedules.stop();
});
