import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { expectBalanced, openAccountant } from '../support/accountant.ts';
import type { Happening } from '../support/order-histories.ts';
import { cancelled, completed, placed, returned } from '../support/shop-story.ts';
import { openStorefront } from '../support/storefront.ts';

let runtime: Runtime;
const drift: unknown[] = [];
beforeAll(async () => {
  const onLog = ({ line }: { line: unknown }) => {
    if (JSON.stringify(line).includes('LedgerDrift')) drift.push(line);
  };
  runtime = await createRuntime({ virtualClock: true, onLog });
});
afterAll(async () => {
  await runtime?.stop();
});

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-05T09:00:00Z');
const dayOf = (day: number) => new Date(START_MS + day * DAY_MS).toISOString();

/** What happens in the shop on a day: orders of six members, deliveries, some of it cancelled or sent back. */
function happeningsOf(day: number): Happening[] {
  const order = (number: number) => ({ orderId: `ord-${number}` });
  const today: Happening[] = [
    placed(dayOf(day), { ...order(day), memberId: `m${day % 6}`, total: 10_000 + day * 700 }),
    { type: 'member.checked_in.v1', id: `in-${day}`, time: dayOf(day), data: { memberId: `m${(day * 5) % 6}` } },
  ];
  if (day >= 2) today.push(completed(dayOf(day), order(day - 2)));
  if (day % 5 === 4) today.push(cancelled(dayOf(day), order(day - 1)));
  if (day >= 12 && day % 4 === 0) today.push(returned(dayOf(day), { 1: 1 }, order(day - 11)));
  return today;
}

test('day by day the journal is closed by itself, balances, and agrees with what members have', {
  timeout: 60_000,
}, async () => {
  const shop = await openStorefront(runtime);
  const accountant = await openAccountant(runtime);
  const days = 20;
  for (let day = 0; day < days; day += 1) {
    await shop.send(...happeningsOf(day));
    await runtime.settle();
  }
  // Midnight is over, and nobody has asked for anything.
  runtime.clock.advanceTo(START_MS + (days - 1) * DAY_MS + 16 * 3_600_000);
  await runtime.settle();

  const journal = await accountant.days();
  expect(journal.map(({ day }) => day)).toEqual(Array.from({ length: days }, (_, day) => dayOf(day).slice(0, 10)));
  expectBalanced(journal);
  expect(journal.every(({ because, revision }) => because === 'closed' && revision === 1)).toBe(true);
  for (const figure of ['issued', 'released', 'reversed'] as const) {
    expect(
      journal.reduce((sum, day) => sum + day[figure], 0),
      figure,
    ).toBeGreaterThan(0);
  }
  const members = await Promise.all(Array.from({ length: 6 }, (_, member) => shop.get(`/v1/members/m${member}`)));
  const points = members.map(({ body }) => body.points as unknown as Record<'pending' | 'available' | 'debt', number>);
  const has = (state: 'pending' | 'available' | 'debt') => points.reduce((sum, it) => sum + it[state], 0);
  expect(journal.at(-1)?.outstanding).toMatchObject({
    pending: has('pending'),
    available: has('available'),
    debt: has('debt'),
  });

  // A return that nobody had told of: its day, and those it runs through, get a second revision.
  await shop.send(returned(dayOf(16), { 1: 1 }, { orderId: 'ord-12', returnId: 'late' }));
  await runtime.settle();
  runtime.clock.advanceTo(START_MS + days * DAY_MS + 16 * 3_600_000);
  await runtime.settle();
  const revised = await accountant.days();
  expectBalanced(revised);
  const by = (because: string) => revised.filter((it) => it.because === because).map(({ day }) => day);
  expect(by('corrected')).toEqual([dayOf(16).slice(0, 10)]);
  expect(by('carried')).toEqual([17, 18, 19].map((day) => dayOf(day).slice(0, 10)));
  expect(await accountant.revisions(dayOf(16).slice(0, 10))).toMatchObject([
    { revision: 2, because: 'corrected' },
    { revision: 1, because: 'closed' },
  ]);
  const runs = await accountant.runs();
  expect(runs.length).toBeGreaterThanOrEqual(days);
  for (const run of runs)
    expect(run).toMatchObject({ journal: run.accounts, drift: { accounts: 0 }, unbalancedDays: [] });
  expect(drift).toEqual([]);
  expect(runtime.deadLetters()).toEqual([]);
});
