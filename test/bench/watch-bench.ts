/** What is written into the log of one event on the order path, as the functions write it at info, metrics included. */
import { randomUUID } from 'node:crypto';
import type { LogEntry } from '../../infra/local/log.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from '../support/order-histories.ts';
import { completed, placed } from '../support/shop-story.ts';
import { openStorefront } from '../support/storefront.ts';
import { BUDGETS, COUNTING } from './prices.ts';
import { type BudgetRow, mark, section } from './report-parts.ts';

export const FULL_WATCH = { orders: 800, followed: 40 };
export const QUICK_WATCH: typeof FULL_WATCH = { orders: 320, followed: 20 };

export type LogRow = {
  how: string;
  events: number;
  lines: number;
  bytes: number;
  /** By function: bytes per event. */
  byFunction: Record<string, number>;
};

export type WatchMeasurements = { rows: LogRow[] };

/** Each event in a request of its own, and settled before the next; or a hundred in a request. */
const WAYS = [
  { how: 'one by one', perRequest: 1, share: 0.25 },
  { how: 'by hundreds', perRequest: 100, share: 1 },
] as const;

/** Orders of members who are new, each placed and then delivered. */
export async function measureWatch(size: typeof FULL_WATCH, tell: (line: string) => void): Promise<WatchMeasurements> {
  const rows: LogRow[] = [];
  for (const { how, perRequest, share } of WAYS) {
    tell(`reading what is logged of orders that come ${how}`);
    rows.push(await measured(how, Math.round(size.orders * share), perRequest));
  }
  tell('reading what is logged of events that are followed');
  process.env.FOLLOW_ONE_IN = '1';
  try {
    rows.push(await measured('one by one, all of them followed', size.followed, 1));
  } finally {
    delete process.env.FOLLOW_ONE_IN;
  }
  return { rows };
}

async function measured(how: string, orders: number, perRequest: number): Promise<LogRow> {
  const entries: LogEntry[] = [];
  const runtime = await createRuntime({ virtualClock: true, onLog: (entry) => void entries.push(entry) });
  try {
    const events = happenings(orders);
    await sendAll(runtime, events, perRequest);
    const written = entries.filter(({ level, function: name }) => name !== undefined && level !== 'debug');
    const byFunction: Record<string, number> = {};
    for (const entry of written) {
      const name = entry.function ?? '';
      byFunction[name] = (byFunction[name] ?? 0) + bytesOf(entry) / events.length;
    }
    const bytes = written.reduce((sum, entry) => sum + bytesOf(entry), 0);
    return { how, events: events.length, lines: written.length, bytes, byFunction };
  } finally {
    await runtime.stop();
  }
}

const bytesOf = ({ line }: LogEntry): number =>
  Buffer.byteLength(typeof line === 'string' ? line : JSON.stringify(line));

/** Ids as shops give them, so that as many of them are followed as anywhere. */
function happenings(orders: number): Happening[] {
  return Array.from({ length: orders }, (_, number) => {
    const order = { orderId: `ord-${randomUUID()}`, memberId: `mem-${number % 100}` };
    const minute = 60_000 * number;
    return [
      placed(new Date(Date.UTC(2026, 0, 5) + minute).toISOString(), { ...order, total: 12_345 }),
      completed(new Date(Date.UTC(2026, 0, 6) + minute).toISOString(), order),
    ];
  }).flat();
}

async function sendAll(runtime: Runtime, events: readonly Happening[], perRequest: number): Promise<void> {
  const shop = await openStorefront(runtime);
  for (let from = 0; from < events.length; from += perRequest) {
    const some = events.slice(from, from + perRequest);
    const { status, body } = await shop.send(...some);
    if (status !== 202) throw new Error(`Events were not taken in: ${status} ${JSON.stringify(body).slice(0, 200)}`);
    if (perRequest === 1) await runtime.settle();
  }
  await runtime.settle();
}

const perEvent = ({ bytes, events }: LogRow): number => bytes / events;

export function watchRows({ rows }: WatchMeasurements): BudgetRow[] {
  return rows.slice(0, WAYS.length).map((row) => ({
    what: `log of an event on the order path, ${row.how}, metrics included`,
    budget: `<= ${BUDGETS.logBytes} B`,
    measured: `${perEvent(row).toFixed(0)} B`,
    within: perEvent(row) <= BUDGETS.logBytes,
  }));
}

export function watchText(measured: WatchMeasurements): string[] {
  return [
    section('Log of the order path (order.placed and order.completed, all functions), bytes per event at info', [
      ['', 'events', 'lines', 'bytes', 'as CloudWatch bills', ''],
      ...measured.rows.map((row, place) => [
        row.how,
        String(row.events),
        (row.lines / row.events).toFixed(3),
        perEvent(row).toFixed(1),
        ((row.bytes + row.lines * COUNTING.logLineOverheadBytes) / row.events).toFixed(1),
        place < WAYS.length ? mark(perEvent(row) <= BUDGETS.logBytes) : '',
      ]),
    ]),
    ...measured.rows.map(
      ({ how, byFunction }) =>
        `  ${how}: ${
          Object.entries(byFunction)
            .map(([name, bytes]) => `${name} ${bytes.toFixed(1)}`)
            .join(', ') || 'nothing'
        }`,
    ),
    '  Lambda itself writes nothing at the level that staging and prod are set to; the access log of the API is a line for each request, whatever is in it.',
  ];
}
