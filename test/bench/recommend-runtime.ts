/** What recommendations take over HTTP in the local runtime, and how soon what somebody does changes them. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingEvent } from '../../infra/importers/importer.ts';
import { sendEvents } from '../../infra/importers/send-events.ts';
import { ShopConnection } from '../../infra/importers/shop-connection.ts';
import { familyOf, peaksOf, startBackend, stopBackend } from './local-runtime.ts';
import { SampleBehaviour, type Who } from './sample-behaviour.ts';
import { SampleChance } from './sample-chance.ts';
import { type SampleEvent, SampleOrders } from './sample-orders.ts';
import { sampleProduct } from './sample-shop.ts';
import { percentile } from './statistics.ts';

export type RecommendRuntimeOptions = {
  products: number;
  members: number;
  requestsPerSecond: number;
  seconds: number;
  clicks: number;
};

export type RecommendRuntime = {
  products: number;
  events: number;
  /** What came of the training, and how long it took; undefined where there is none. */
  training: { outcome: string; seconds: number } | undefined;
  load: {
    requestsPerSecond: number;
    seconds: number;
    requests: number;
    errors: number;
    p50Ms: number;
    p90Ms: number;
    p99Ms: number;
    /** How late the generator itself sent, at most of 99 of 100: it stands beside the backend on the same machine. */
    lateP99Ms: number;
    /** Processor time of the backend for each answer: all of its processes, and of that the tables'; undefined where the system does not tell. */
    cpuMsPerAnswer: number | undefined;
    tablesCpuMsPerAnswer: number | undefined;
    /** Of the answers, how many each engine gave. */
    engines: Record<string, number>;
  };
  clicks: { asked: number; seen: number; p50Seconds: number; p99Seconds: number };
  peakRssMb: number | undefined;
};

const SCOPE = 'events:write members:read';
const VIEWS = 12;
const WARM_UP_SECONDS = 3;
const DAY_MS = 86_400_000;
/** A change that takes longer than this has not come. */
const PATIENCE_MS = 5_000;
const POLL_MS = 5;
/** As Linux counts processor time for whoever asks. */
const MS_PER_TICK = 10;

/** A fresh backend with a catalogue and members who look around and order; then a model is trained, where that can be done. */
export async function measureRecommendRuntime(options: RecommendRuntimeOptions): Promise<RecommendRuntime> {
  const backend = await startBackend({ virtualClock: false });
  const agent = new Agent({ keepAlive: true });
  try {
    const shop = await ShopConnection.open({ url: backend.url, scope: SCOPE });
    const events = eventsOf(options, Date.now());
    await send(shop, events);
    const training = await train(backend.url);
    const token = await tokenOf(backend.url);
    const ask = (path: string) => askOver(agent, `${backend.url}${path}`, token);
    const pathOf = pathsOf(options);
    await openLoop(ask, pathOf, { ...options, seconds: WARM_UP_SECONDS });
    const before = cpuOf(backend.process.pid);
    const load = await openLoop(ask, pathOf, options);
    const after = cpuOf(backend.process.pid);
    const clicks = await measureClicks(shop, ask, options);
    const peaks = backend.process.pid === undefined ? [] : peaksOf(backend.process.pid);
    return {
      products: options.products,
      events: events.length,
      training,
      load: { ...load, ...perAnswer(before, after, load.requests) },
      clicks,
      peakRssMb: peaks.length === 0 ? undefined : peaks.reduce((sum, { mb }) => sum + mb, 0),
    };
  } finally {
    agent.destroy();
    await stopBackend(backend.process);
  }
}

type Answer = { status: number; body: Page | undefined };
type Page = {
  items: { productId: string; reasons: { code: string; anchor?: { productId?: string } }[] }[];
  engine: { name: string };
};
type Ask = (path: string) => Promise<Answer>;

/** As many requests a second as are asked for, whether the answers come or not; each is timed from when it was due. */
async function openLoop(
  ask: Ask,
  pathOf: (run: number) => string,
  { requestsPerSecond, seconds }: Pick<RecommendRuntimeOptions, 'requestsPerSecond' | 'seconds'>,
): Promise<Omit<RecommendRuntime['load'], 'cpuMsPerAnswer' | 'tablesCpuMsPerAnswer'>> {
  const requests = requestsPerSecond * seconds;
  const times: number[] = [];
  const late: number[] = [];
  const engines: Record<string, number> = {};
  let errors = 0;
  const startedMs = performance.now();
  const one = async (run: number, dueMs: number): Promise<void> => {
    late.push(performance.now() - dueMs);
    const { status, body } = await ask(pathOf(run));
    times.push(performance.now() - dueMs);
    if (status !== 200 || body === undefined || body.items.length === 0) errors += 1;
    const name = body?.engine.name ?? `status ${status}`;
    engines[name] = (engines[name] ?? 0) + 1;
  };
  const under: Promise<void>[] = [];
  for (let run = 0; run < requests; run += 1) {
    const dueMs = startedMs + (run * 1_000) / requestsPerSecond;
    const aheadMs = dueMs - performance.now();
    if (aheadMs > 0) await sleep(aheadMs);
    under.push(one(run, dueMs));
  }
  await Promise.all(under);
  return {
    requestsPerSecond,
    seconds,
    requests,
    errors,
    p50Ms: percentile(times, 0.5),
    p90Ms: percentile(times, 0.9),
    p99Ms: percentile(times, 0.99),
    lateP99Ms: percentile(late, 0.99),
    engines,
  };
}

/** Seconds from a look at a product, as it is sent, to the first answer that names it as a reason. */
async function measureClicks(
  shop: ShopConnection,
  ask: Ask,
  { clicks, products }: RecommendRuntimeOptions,
): Promise<RecommendRuntime['clicks']> {
  const behaviour = new SampleBehaviour(101);
  const chance = new SampleChance(103);
  const seconds: number[] = [];
  for (let click = 0; click < clicks; click += 1) {
    const anonymousId = `anon-clicks-${click}`;
    const productId = `sku-${chance.below(products)}`;
    const event = behaviour.meets('viewed', productId, { anonymousId }, Date.now());
    const startedMs = performance.now();
    const posted = await shop.postEvents([{ id: event.id, json: JSON.stringify(event) }]);
    if (posted.kind !== 'answered' || posted.rejected.length > 0) throw new Error('A look at a product was not taken');
    while (performance.now() - startedMs < PATIENCE_MS) {
      const { body } = await ask(`/v1/visitors/${anonymousId}/recommendations?limit=20`);
      const reasons = body?.items.flatMap((it) => it.reasons) ?? [];
      if (reasons.some(({ anchor }) => anchor?.productId === productId)) {
        seconds.push((performance.now() - startedMs) / 1_000);
        break;
      }
      await sleep(POLL_MS);
    }
  }
  return {
    asked: clicks,
    seen: seconds.length,
    p50Seconds: percentile(seconds, 0.5),
    p99Seconds: percentile(seconds, 0.99),
  };
}

/** Members on the home page, on the page of a product and at the basket, and products with others beside them. */
function pathsOf({ members, products }: RecommendRuntimeOptions): (run: number) => string {
  const chance = new SampleChance(97);
  const paths = Array.from({ length: 1_000 }, (_, run) => {
    const [member, product] = [`mem-${chance.below(members)}`, `sku-${chance.below(products)}`];
    const path = `/v1/members/${member}/recommendations?limit=20`;
    if (run % 4 === 1) return `${path}&context=product&productId=${product}`;
    if (run % 4 === 2) return `${path}&context=cart&productId=${product}`;
    return run % 4 === 3 ? `/v1/products/${product}/related?limit=20` : path;
  });
  return (run) => paths[run % paths.length] ?? '';
}

/** A catalogue, and what members have done in the last weeks: each looks at products of the same few topics and orders some. */
function eventsOf({ products, members }: RecommendRuntimeOptions, nowMs: number): SampleEvent[] {
  const behaviour = new SampleBehaviour(89);
  const orders = new SampleOrders(91);
  const chance = new SampleChance(93);
  const topics = Math.max(1, Math.round(products / 60));
  const told = Array.from({ length: products }, (_, item) => behaviour.upserted(sampleProduct(item, products)));
  const done = Array.from({ length: members }, (_, member) => {
    const who: Who = { memberId: `mem-${member}` };
    const topic = chance.below(topics);
    const productId = (): string => `sku-${Math.min(products - 1, topic + topics * chance.below(60))}`;
    const lastMs = nowMs - chance.below(20 * 24) * 3_600_000;
    const views = Array.from({ length: VIEWS }, (_, at) => {
      const behaviourNow = at % 6 === 5 ? 'carted' : 'viewed';
      return behaviour.meets(behaviourNow, productId(), who, lastMs - (VIEWS - at) * 60_000);
    });
    const order = orders.order(2, who, 0);
    const lines = order.lines.map((line) => ({ ...line, productId: productId() }));
    return [...views, orders.placed({ ...order, lines, placedAtMs: lastMs - DAY_MS })];
  });
  return [...told, ...done.flat()];
}

async function send(shop: ShopConnection, events: readonly SampleEvent[]): Promise<void> {
  const tally = await sendEvents({
    events: events as unknown as OutgoingEvent[],
    post: (batch) => shop.postEvents(batch),
  });
  const settled = await shop.settle();
  if (tally.accepted !== events.length || settled?.deadLetters !== 0) {
    throw new Error(`${tally.accepted} of ${events.length} events accepted, ${settled?.deadLetters} dead letters`);
  }
}

async function train(url: string): Promise<RecommendRuntime['training']> {
  const startedMs = performance.now();
  const response = await fetch(`${url}/local/train`, { method: 'POST' });
  const told = (await response.json().catch(() => undefined)) as { outcome?: string; reason?: string } | undefined;
  if (response.status !== 200 || told?.outcome === undefined) return undefined;
  return { outcome: `${told.outcome}, ${told.reason}`, seconds: (performance.now() - startedMs) / 1_000 };
}

type Cpu = { process: string; ms: number }[];

/** Processor time that a process and those below it have had. */
function cpuOf(pid: number | undefined): Cpu {
  const family = pid === undefined ? [] : familyOf(pid);
  return family.flatMap((member) => {
    // Behind the name in brackets: the state, the parent, and from the twelfth on the ticks in and for the process.
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(statOf(member)) ?? [];
    const fields = rest.split(' ');
    return rest === '' ? [] : [{ process: name, ms: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK }];
  });
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It ended in the meantime.
    return '';
  }
}

function perAnswer(before: Cpu, after: Cpu, answers: number) {
  const took = (among: (name: string) => boolean): number | undefined => {
    const sum = (all: Cpu) => all.filter((it) => among(it.process)).reduce((total, { ms }) => total + ms, 0);
    return after.length === 0 ? undefined : (sum(after) - sum(before)) / answers;
  };
  return { cpuMsPerAnswer: took(() => true), tablesCpuMsPerAnswer: took((name) => name.startsWith('dynoxide')) };
}

async function tokenOf(url: string): Promise<string> {
  const response = await fetch(`${url}/local/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scope: SCOPE }),
  });
  const { token = '' } = (await response.json()) as { token?: string };
  return token;
}

/** A request on a connection that stays open, as cheap for this machine as one can be. */
function askOver(agent: Agent, url: string, token: string, isSecond = false): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const sent = request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('end', () => {
      const status = response.statusCode ?? 0;
      resolve({ status, body: status === 200 ? (JSON.parse(text) as Page) : undefined });
    });
  });
  sent.on('error', () => {
    // The backend may close a connection that rested just when it is used again: then a client asks on another one.
    if (sent.reusedSocket && !isSecond) resolve(askOver(agent, url, token, true));
    else resolve({ status: 0, body: undefined });
  });
  sent.end();
  return promise;
}
