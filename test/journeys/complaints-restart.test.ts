import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from '../../infra/local/runtime.ts';
import { type Happening, toEvent } from '../support/order-histories.ts';
import { openStorefront } from '../support/storefront.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-01-05T10:20:00Z');
const CASES = 24;
const time = (hour: number): string => new Date(START + hour * HOUR_MS).toISOString();

/** Cases of which every third is answered in time, every fifth too late, and every fourth decided in time. */
function historyOf(index: number): Happening[] {
  const complaintId = `cmp-${index}`;
  const said = (type: string, hour: number, data: Record<string, unknown>): Happening => ({
    type: `complaint.${type}.v1`,
    id: `${complaintId}:${type}`,
    time: time(index + hour),
    data: { complaintId, ...data },
  });
  return [
    said('opened', 0, { memberId: 'ann', supplierId: 's1', category: 'delivery' }),
    ...(index % 3 === 0 ? [said('answered', 3, { actor: 'carl' })] : []),
    ...(index % 3 !== 0 && index % 5 === 0 ? [said('answered', 30, { actor: 'carl' })] : []),
    ...(index % 4 === 0 ? [said('decided', 40, { actor: 'carl', outcome: 'upheld' })] : []),
  ];
}

const expected = Array.from({ length: CASES }, (_, index) => [
  ...(index % 3 === 0 ? [] : [`cmp-${index} answer`]),
  ...(index % 4 === 0 ? [] : [`cmp-${index} decision`]),
])
  .flat()
  .sort();

/** Straight to the bus, which takes whatever comes: a storefront would have to send again what was not accepted. */
function putAll(runtime: Runtime, happenings: readonly Happening[]): void {
  const entries = happenings.map((happening) => ({
    Source: findEvent(happening.type)?.busSource ?? '',
    DetailType: happening.type,
    Detail: JSON.stringify(toEvent(happening)),
    EventBusName: runtime.wiring.buses[0] ?? '',
  }));
  for (const result of runtime.putEvents(entries)) expect(result).toHaveProperty('EventId');
}

async function run(options: RuntimeOptions): Promise<{ told: string[]; ids: string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-complaints-'));
  const told = new Map<string, string>();
  const ids: string[] = [];
  const all: RuntimeOptions = {
    ...options,
    dataDirectory: directory,
    virtualClock: true,
    onEvent: ({ detail }) => {
      const { type, id, subject, data } = detail as {
        type: string;
        id: string;
        subject: string;
        data: { deadline: string };
      };
      if (type !== 'complaint.overdue.v1') return;
      ids.push(id);
      told.set(id, `${subject} ${data.deadline}`);
    },
  };
  let runtime = await createRuntime(all);
  try {
    const history = Array.from({ length: CASES }, (_, index) => historyOf(index))
      .flat()
      .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    for (let hour = 0; hour <= CASES + 80; hour += 19) {
      const now = history.splice(0, history.filter((it) => Date.parse(it.time) <= START + hour * HOUR_MS).length);
      for (let from = 0; from < now.length; from += 10) putAll(runtime, now.slice(from, from + 10));
      // What comes in time is known in time.
      await runtime.settle();
      runtime.clock.advanceTo(START + hour * HOUR_MS);
      // Stopped with schedules and streams under way: what is due is told by the next start.
      await runtime.stop();
      runtime = await createRuntime(all);
    }
    await runtime.settle();
    runtime.clock.advanceTo(START + 30 * 24 * HOUR_MS);
    expect(await runtime.settle()).toEqual({ deadLetters: 0 });
    // However often it was delivered, each case is counted once.
    const upheld = Math.ceil(CASES / 4);
    expect((await (await openStorefront(runtime)).get('/v1/suppliers/s1/reputation')).body).toMatchObject({
      complaints: { total: CASES, upheld, open: CASES - upheld },
    });
    await runtime.stop();
    return { told: [...told.values()].sort(), ids };
  } finally {
    await runtime.stop().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  }
}

test('deadlines that pass unmet are told once each, whatever stops and starts again in between', async () => {
  const { told, ids } = await run({});
  expect(told).toEqual(expected);
  expect(ids).toHaveLength(expected.length);
}, 120_000);

test('and under misfortunes with one id each', async () => {
  const chaos = {
    seed: 7,
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
