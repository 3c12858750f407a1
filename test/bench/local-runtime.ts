/** The whole backend on this machine, as `npm start -- --memory` runs it, measured from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OutgoingEvent } from '../../infra/importers/importer.ts';
import { sendEvents } from '../../infra/importers/send-events.ts';
import { ShopConnection } from '../../infra/importers/shop-connection.ts';
import { SampleOrders } from './sample-orders.ts';
import { percentile } from './statistics.ts';

export type LoadRow = {
  ordersPerMember: number;
  orders: number;
  events: number;
  /** From the first request until everything was worked off. */
  seconds: number;
  eventsPerSecond: number;
  /** The highest that each process ever held, summed; undefined where the system does not tell. */
  peakRssMb: number | undefined;
  peakRssByProcess: { process: string; mb: number }[];
};

export type LatencyRow = { route: string; requests: number; p50Ms: number; p99Ms: number };

export type LocalRuntime = { loads: LoadRow[]; latencies: LatencyRow[] };

export type LocalOptions = { orders: number; ordersPerMember: readonly number[]; requests: number };

const LINES = 10;
const root = join(import.meta.dirname, '../..');

/** One fresh backend for each number of orders per member; the latencies are those of the last. */
export async function measureLocalRuntime({ orders, ordersPerMember, requests }: LocalOptions): Promise<LocalRuntime> {
  const loads: LoadRow[] = [];
  let latencies: LatencyRow[] = [];
  for (const perMember of ordersPerMember) {
    const backend = await startBackend();
    try {
      const shop = await ShopConnection.open({ url: backend.url, scope: 'events:write members:read' });
      loads.push(await load(shop, backend.process, orders, perMember));
      const members = Math.ceil(orders / perMember);
      latencies = [
        await latency(shop, 'GET /v1/members/{id}', requests, (run) => `/v1/members/${memberId(run % members)}`),
        await latency(
          shop,
          'GET /v1/members/{id}/ledger, 20 entries',
          requests,
          (run) => `/v1/members/${memberId(run % members)}/ledger`,
        ),
        await latency(
          shop,
          'GET /v1/members/{id}/ledger, 100 entries',
          requests,
          (run) => `/v1/members/${memberId(run % members)}/ledger?limit=100`,
        ),
      ];
    } finally {
      await stopBackend(backend.process);
    }
  }
  return { loads, latencies };
}

async function load(
  shop: ShopConnection,
  backend: ChildProcess,
  orders: number,
  ordersPerMember: number,
): Promise<LoadRow> {
  const events = [...eventsOf(orders, ordersPerMember)];
  const startedMs = performance.now();
  const tally = await sendEvents({ events, post: (batch) => shop.postEvents(batch) });
  const settled = await shop.settle();
  const seconds = (performance.now() - startedMs) / 1_000;
  if (tally.accepted !== events.length || settled?.deadLetters !== 0) {
    throw new Error(`${tally.accepted} of ${events.length} events accepted, ${settled?.deadLetters} dead letters`);
  }
  const peakRssByProcess = backend.pid === undefined ? [] : peaksOf(backend.pid);
  const sum = peakRssByProcess.reduce((total, { mb }) => total + mb, 0);
  return {
    ordersPerMember,
    orders,
    events: events.length,
    seconds,
    eventsPerSecond: events.length / seconds,
    peakRssMb: peakRssByProcess.length === 0 ? undefined : sum,
    peakRssByProcess,
  };
}

/** Every order placed, and completed two days later, in the order of time over all members. */
function* eventsOf(orders: number, ordersPerMember: number): Generator<OutgoingEvent> {
  const sample = new SampleOrders(5);
  const members = Math.ceil(orders / ordersPerMember);
  for (let round = 0; round < ordersPerMember; round += 1) {
    const placed = Array.from({ length: members }, (_, member) =>
      sample.order(LINES, { memberId: memberId(member) }, round * 9),
    );
    for (const order of placed) yield sample.placed(order) as unknown as OutgoingEvent;
    for (const order of placed) yield sample.completed(order) as unknown as OutgoingEvent;
  }
}

const memberId = (member: number): string => `mem-${10_000 + member}`;

export async function latency(
  shop: ShopConnection,
  route: string,
  requests: number,
  path: (run: number) => string,
): Promise<LatencyRow> {
  const times: number[] = [];
  for (let run = -Math.ceil(requests / 5); run < requests; run += 1) {
    const startedMs = performance.now();
    const answer = await shop.get(path(Math.abs(run)));
    if (answer === undefined) throw new Error(`${path(Math.abs(run))} is not there`);
    if (run >= 0) times.push(performance.now() - startedMs);
  }
  return { route, requests, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

/** @param virtualClock time follows the events, so that what falls due of them does */
export async function startBackend({ virtualClock = true } = {}): Promise<{ process: ChildProcess; url: string }> {
  const environment = { ...process.env };
  // Tables of its own, whatever else there is.
  delete environment.AWS_ENDPOINT_URL_DYNAMODB;
  const child = spawn(
    process.execPath,
    [join(root, 'infra/commands/start.ts'), '--memory', '--port', '0', ...(virtualClock ? ['--virtual-clock'] : [])],
    { stdio: ['ignore', 'pipe', 'pipe'], env: environment },
  );
  // It warns of what the virtual clock makes of a load test, orders that wait for days; only its end is of interest.
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = text.trim();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^ready (\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return { process: child, url };
  }
  throw new Error(`The local runtime ended before it was ready: ${lastWords}`);
}

export async function stopBackend(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** The peak of resident memory of a process and of all below it, as Linux remembers it. */
export function peaksOf(pid: number): LoadRow['peakRssByProcess'] {
  return familyOf(pid).flatMap((member) => {
    const status = statusOf(member);
    const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    // Node names its process after its main thread.
    const name = (/^Name:\s+(.+)$/m.exec(status)?.[1] ?? '').replace('MainThread', 'node');
    return kilobytes === 0 ? [] : [{ process: name, mb: kilobytes / 1_024 }];
  });
}

/** A process and all below it; none where the system does not tell. */
export function familyOf(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((it) => /^\d+$/.test(it))) {
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(statusOf(Number(name)))?.[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(parents.get(member) ?? []));
  return family;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended in the meantime.
    return '';
  }
}
