import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingEvent } from '../importers/importer.ts';
import { sendEvents } from '../importers/send-events.ts';
import { ShopConnection } from '../importers/shop-connection.ts';
import { randomFrom } from '../local/chaos.ts';
import type { RepairBackend } from '../repair/backend.ts';
import { letterBoxesOf } from '../repair/letter-boxes.ts';
import { openLocalBackend } from '../repair/local-backend.ts';
import { depthOf } from '../repair/peek.ts';
import { BackendProcess } from './backend-process.ts';
import { isGood } from './figures.ts';
import { type Outcome, openLoop, send, type Target } from './open-loop.ts';
import { planLoad } from './plan.ts';
import { differencesFrom, missingAndDoubled, readKept } from './proof.ts';

export type LoadOptions = {
  seed: number;
  /** Requests per second, and for how many seconds. */
  rate: number;
  seconds: number;
  /** A local backend that runs; left out, one is started for the load and ended with it. */
  url?: string | undefined;
  /** Ends the backend as `kill -9` does when half of the time is over, and starts it again on the same data. */
  kill?: boolean;
  onStage?: (line: string) => void;
  signal?: AbortSignal | undefined;
};

/** When the backend was away, in milliseconds from the beginning of the load. */
export type Gap = { fromMs: number; toMs: number };
/** Bytes, and when they were counted, in milliseconds from the beginning of the load. */
export type MemoryReading = { atMs: number; bytes: number };

export type LoadReport = {
  outcomes: readonly Outcome[];
  /** How long the load took, from the first request to the last answer. */
  tookMs: number;
  gap?: Gap | undefined;
  memory: readonly MemoryReading[];
  /** Messages that waited in queues when the last answer had come, and how long it took until none did. */
  backlog: number;
  settledMs: number;
  deadLetters: number;
  events: { accepted: number; unanswered: number; sentAgain: number };
  /** Requests that failed, and not because the backend was away. */
  failed: readonly Outcome[];
  /** What is not as it has to be, one sentence each; empty where all is well. */
  wrong: readonly string[];
};

const SCOPES = 'events:write members:read reputation:read desk';
/** How many of the events that were taken are told a second time. */
const TOLD_AGAIN = 200;
const TOKENS_AT_ONCE = 16;
const AGAIN_ATTEMPTS = 20;
const AGAIN_MS = 250;

/**
 * Seeds a shop, puts it under load, and proves what came of it.
 * @throws where no backend can be had, or the shop cannot be seeded
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { seed, rate, seconds, onStage = () => undefined, signal } = options;
  const own = options.url === undefined ? await BackendProcess.start() : undefined;
  const url = own?.url ?? options.url ?? '';
  let backend: RepairBackend | undefined;
  try {
    backend = await openLocalBackend(url);
    const shop = await ShopConnection.open({ url, scope: SCOPES });
    const startedMs = await backend.nowMs();
    const tag = `${seed}-${startedMs.toString(36)}`;
    const plan = planLoad({ seed, rate, seconds, startMs: startedMs, tag });
    onStage(`${plan.memberIds.length} members with their orders, ${plan.shop.length} events`);
    const seeded = await sendEvents({ events: plan.shop, post: (batch) => shop.postEvents(batch) });
    if (seeded.refused > 0) throw new Error(`The shop was not seeded: ${seeded.refused} events were refused`);
    await shop.settle();
    const target = await targetOf(url, plan.memberIds, shop);
    signal?.throwIfAborted();

    onStage(`${rate} requests a second for ${seconds} s`);
    const watch = new Watch(own, seconds * 1_000);
    const [outcomes, gap] = await Promise.all([
      openLoop(plan.requests, target, { signal }),
      options.kill === true ? watch.killAndRestart(seconds * 500, onStage, signal) : undefined,
      watch.readMemory(signal),
    ]);
    const tookMs = Math.max(...outcomes.map(({ doneMs }) => doneMs));
    // The services of AWS are elsewhere after another start.
    backend.close();
    backend = await openLocalBackend(url);
    const backlog = await backlogOf(backend);
    const beforeMs = performance.now();
    await shop.settle();
    const settledMs = performance.now() - beforeMs;
    await watch.readOnce();

    onStage('It is looked for what was taken');
    const told = outcomes.flatMap(({ planned: { event }, accepted }) => (event ? [{ event, accepted }] : []));
    const accepted = told.flatMap((it) => (it.accepted ? [it.event] : []));
    const unanswered = told.flatMap((it) => (it.accepted ? [] : [it.event]));
    const wrong = wrongOf('before anything was sent again', {
      ...missingAndDoubled([...plan.shop.filter(leavesFact), ...accepted], await readKept(backend)),
    });
    // What got no answer may be there or not: sent again, it is; and what is there does not change by it.
    const again = [...unanswered, ...unanswered, ...someOf(accepted, seed)];
    await sendAgain(again, target, signal);
    const { deadLetters = 0 } = (await shop.settle()) ?? {};
    const all = [...plan.shop, ...accepted, ...unanswered];
    wrong.push(...wrongOf('in the end', missingAndDoubled(all.filter(leavesFact), await readKept(backend))));
    wrong.push(...(await differencesFrom(all, plan.memberIds, { backend, shop })));
    if (deadLetters > 0) wrong.push(`${deadLetters} dead letters`);
    const failed = outcomes.filter((outcome) => !isGood(outcome) && !isWithin(outcome, gap));
    if (failed.length > 0) wrong.push(`${failed.length} requests failed while the backend was there`);
    return {
      outcomes,
      tookMs,
      gap,
      memory: watch.memory,
      backlog,
      settledMs,
      deadLetters,
      events: { accepted: accepted.length, unanswered: unanswered.length, sentAgain: again.length },
      failed,
      wrong,
    };
  } finally {
    backend?.close();
    await own?.end();
  }
}

/** Looks after the backend while it is under load: how much memory it takes, and that it is killed where that is wished for. */
class Watch {
  readonly memory: MemoryReading[] = [];
  readonly #own: BackendProcess | undefined;
  readonly #lengthMs: number;
  readonly #beganMs = performance.now();
  #away = false;

  constructor(own: BackendProcess | undefined, lengthMs: number) {
    this.#own = own;
    this.#lengthMs = lengthMs;
  }

  async readOnce(): Promise<void> {
    const bytes = await this.#own?.memoryBytes();
    if (bytes !== undefined && !this.#away) this.memory.push({ atMs: this.#elapsedMs(), bytes });
  }

  /** At the beginning, at each quarter, and at the end. */
  async readMemory(signal: AbortSignal | undefined): Promise<void> {
    for (const quarter of [0, 1, 2, 3, 4]) {
      const waitMs = (quarter * this.#lengthMs) / 4 - this.#elapsedMs();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      await this.readOnce();
    }
  }

  async killAndRestart(
    atMs: number,
    onStage: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<Gap | undefined> {
    const own = this.#own;
    if (own === undefined) throw new Error('Only a backend that was started for the load can be killed');
    await sleep(atMs, undefined, { signal });
    this.#away = true;
    const fromMs = this.#elapsedMs();
    await own.kill();
    onStage('The backend was killed, and is started again');
    await own.restart();
    this.#away = false;
    return { fromMs, toMs: this.#elapsedMs() };
  }

  #elapsedMs(): number {
    return performance.now() - this.#beganMs;
  }
}

/** A request that was due before the backend was back, and had no answer when it went. */
function isWithin({ planned, doneMs }: Outcome, gap: Gap | undefined): boolean {
  return gap !== undefined && planned.atMs <= gap.toMs && doneMs >= gap.fromMs;
}

async function targetOf(url: string, memberIds: readonly string[], shop: ShopConnection): Promise<Target> {
  const tokens = new Map<string, string>();
  const waiting = [...memberIds];
  const fetchTokens = async (): Promise<void> => {
    for (let member = waiting.pop(); member !== undefined; member = waiting.pop()) {
      tokens.set(member, tokenIn(await shop.post('/local/token', { member })));
    }
  };
  await Promise.all(Array.from({ length: TOKENS_AT_ONCE }, fetchTokens));
  const serviceToken = tokenIn(await shop.post('/local/token', { scope: SCOPES }));
  return { url, serviceToken, memberToken: (memberId) => tokens.get(memberId) ?? serviceToken };
}

function tokenIn(answer: unknown): string {
  return String((answer as { token: unknown }).token);
}

/** How many messages wait in the queues of reactions. */
async function backlogOf(backend: RepairBackend): Promise<number> {
  const queues = new Set(
    letterBoxesOf(backend.stage).flatMap(({ addressee }) => (addressee.kind === 'queue' ? [addressee.queue] : [])),
  );
  const depths = await Promise.all(
    [...queues].map(async (queue) => {
      const url = await backend.queueUrl(queue);
      return url === undefined ? 0 : depthOf(backend.sqs, url);
    }),
  );
  return depths.reduce((sum, depth) => sum + depth, 0);
}

/** Events that leave a fact by which they can be told apart. */
function leavesFact({ type }: OutgoingEvent): boolean {
  return type !== 'product.upserted.v1' && type !== 'member.registered.v1';
}

function wrongOf(
  when: string,
  { missing, doubled }: { missing: readonly OutgoingEvent[]; doubled: readonly OutgoingEvent[] },
): string[] {
  return [
    ...missing.map(({ id, type }) => `${type} ${id} was taken and is not there, ${when}`),
    ...doubled.map(({ id, type }) => `${type} ${id} is there more than once, ${when}`),
  ];
}

function someOf(events: readonly OutgoingEvent[], seed: number): OutgoingEvent[] {
  const random = randomFrom(seed + 1);
  return events.filter(() => random() * events.length < TOLD_AGAIN);
}

/** Sends events one by one until each is taken. */
async function sendAgain(
  events: readonly OutgoingEvent[],
  target: Target,
  signal: AbortSignal | undefined,
): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  try {
    for (const event of events) {
      const planned = { atMs: 0, kind: 'order.placed', memberId: '', event } as const;
      for (let attempt = 1; ; attempt += 1) {
        const { accepted, answer } = await send(planned, target, agent);
        if (accepted) break;
        if (attempt === AGAIN_ATTEMPTS) throw new Error(`${event.id} is not taken when it is sent again: ${answer}`);
        await sleep(AGAIN_MS, undefined, { signal });
      }
    }
  } finally {
    agent.destroy();
  }
}
