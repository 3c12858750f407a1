import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from '../../infra/local/runtime.ts';
import { toEvent } from '../support/order-histories.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;
const START = Date.parse('2026-01-05T10:20:00Z');
const CASES = 12;
/** The runtime is stopped and started again after so many hours each. */
const STEP = 61;
const time = (hour: number): string => new Date(START + hour * HOUR_MS).toISOString();

/** A command on a case, how many hours after the start, and by whom. */
type Command = { hour: number; path: string; by: string; body: Record<string, unknown> };

/** Cases of which every second says nothing to the notice, and every third is lifted on appeal. */
function courseOf(index: number): Command[] {
  const path = `/v1/sanctions/s${index}`;
  const causes = [{ type: 'complaint', id: 'cmp-1' }];
  const notice = { sanctionId: `s${index}`, brandId: 'hearth', kind: 'ranking', reason: 'returns', causes };
  const decided = 8 * DAY + index * 5;
  const restrict = { verdict: 'restrict', reason: 'returns', until: time(decided + 3 * DAY) };
  const speaks = { actor: 'hearth-legal' };
  return [
    { hour: index, path: '/v1/sanctions', by: 'carl', body: notice },
    ...(index % 2 === 0 ? [] : [{ hour: index + DAY, path: `${path}/answers`, by: 'carl', body: speaks }]),
    { hour: decided, path: `${path}/decision`, by: 'dora', body: restrict },
    ...(index % 3 === 0
      ? [
          { hour: decided + DAY, path: `${path}/appeal`, by: 'carl', body: speaks },
          {
            hour: decided + 2 * DAY,
            path: `${path}/appeal-decision`,
            by: 'emil',
            body: { verdict: 'lift', reason: 'evidence' },
          },
        ]
      : []),
  ];
}

const expected = Array.from({ length: CASES }, (_, index) => [
  `s${index} restricted`,
  `s${index} reinstated ${index % 3 === 0 ? 'evidence' : 'end_date'}`,
  ...(index % 2 === 0 ? [`s${index} answer_period_over`] : []),
])
  .flat()
  .sort();

/** What is told of the ways in which a case begins and ends, one line for each event id. */
function lineOf(type: string, { sanctionId, reason, step }: Record<string, string>): string | undefined {
  if (type === 'brand.restricted.v1') return `${sanctionId} restricted`;
  if (type === 'brand.reinstated.v1') return `${sanctionId} reinstated ${reason}`;
  return step === 'answer_period_over' ? `${sanctionId} ${step}` : undefined;
}

/** A complaint that the cases rest on, straight to the bus. */
function complain(runtime: Runtime): void {
  const data = { complaintId: 'cmp-1', memberId: 'ann', brandId: 'hearth', category: 'quality' };
  const type = 'complaint.opened.v1';
  const [result] = runtime.putEvents([
    {
      Source: findEvent(type)?.busSource ?? '',
      DetailType: type,
      Detail: JSON.stringify(toEvent({ type, id: 'cmp-1:1', time: time(0), data })),
      EventBusName: runtime.wiring.buses[0] ?? '',
    },
  ]);
  expect(result).toHaveProperty('EventId');
}

/** Sent again where a misfortune has met it, as a caller would. */
async function send(runtime: Runtime, { path, by, body }: Command): Promise<void> {
  const token = await runtime.token({ scope: 'desk', member: by });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (let count = 0; ; count += 1) {
    const answer = await fetch(`${runtime.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.ok) return;
    if (answer.status < 500 || count === 20) throw new Error(`${path}: ${await answer.text()}`);
  }
}

async function run(options: RuntimeOptions): Promise<{ told: string[]; ids: string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-sanctions-'));
  const told = new Map<string, string>();
  const ids: string[] = [];
  const all: RuntimeOptions = {
    ...options,
    dataDirectory: directory,
    virtualClock: true,
    onEvent: ({ detail }) => {
      const { type, id, data } = detail as { type: string; id: string; data: Record<string, string> };
      const line = lineOf(type, data);
      if (line === undefined) return;
      ids.push(id);
      told.set(id, line);
    },
  };
  let runtime = await createRuntime(all);
  try {
    runtime.clock.advanceTo(START);
    complain(runtime);
    await runtime.settle();
    const commands = Array.from({ length: CASES }, (_, index) => courseOf(index)).flat();
    for (let from = 0; from < 14 * DAY; from += STEP) {
      const now = commands.filter(({ hour }) => hour >= from && hour < from + STEP).sort((a, b) => a.hour - b.hour);
      for (const command of now) {
        runtime.clock.advanceTo(START + command.hour * HOUR_MS);
        await send(runtime, command);
      }
      // Stopped with schedules and streams under way: what is due is told by the next start.
      await runtime.stop();
      runtime = await createRuntime(all);
    }
    await runtime.settle();
    runtime.clock.advanceTo(START + 30 * DAY * HOUR_MS);
    expect(await runtime.settle()).toEqual({ deadLetters: 0 });
    const answer = await fetch(`${runtime.url}/v1/brands/hearth/reputation`);
    const { restrictions } = (await answer.json()) as { restrictions: { sanctionId: string; state: string }[] };
    const states = restrictions.map(({ sanctionId, state }) => `${sanctionId} ${state}`);
    const ended = Array.from({ length: CASES }, (_, index) => `s${index} ${index % 3 === 0 ? 'lifted' : 'ended'}`);
    expect(states.sort()).toEqual(ended.sort());
    await runtime.stop();
    return { told: [...told.values()].sort(), ids };
  } finally {
    await runtime.stop().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  }
}

test('restrictions begin and end once each, whatever stops and starts again in between', async () => {
  const { told, ids } = await run({});
  expect(told).toEqual(expected);
  expect(ids).toHaveLength(expected.length);
}, 120_000);

test('and under misfortunes with one id each', async () => {
  const chaos = {
    seed: 11,
    duplicate: 0.2,
    reorder: 0.2,
    crashBefore: 0.05,
    crashAfter: 0.05,
    conflict: 0.05,
    lostAnswer: 0.02,
  };
  const { told } = await run({ chaos });
  expect(told).toEqual(expected);
}, 120_000);
