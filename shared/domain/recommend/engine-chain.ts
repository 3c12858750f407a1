import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';

export type EngineName = RecommendationPolicy['engines'][number];

/** Why an engine has no answer. */
export type EngineCause =
  /** No model was ever trained, or it cannot be fetched yet. */
  | 'no_model'
  /** The model that should serve is refused, and there is none before it. */
  | 'refused_model'
  /** Too little is known to say anything. */
  | 'cold'
  | 'timeout'
  | 'error'
  /** It failed so often that it is left alone for a while. */
  | 'breaker_open'
  /** It would cost more than the month may. */
  | 'spend_cap'
  /** The stage has none of what the engine needs. */
  | 'no_campaign'
  /** It answered, with nothing. */
  | 'empty';

type EngineItem = { readonly productId: string };
export type EngineAnswer<Item extends EngineItem> =
  | { items: readonly Item[]; modelVersion?: string | undefined; cause?: undefined }
  /** `detail` is what it was more closely: `garbage`, `throttled`. */
  | { cause: EngineCause; detail?: string | undefined };

export type Engine<Request, Item extends EngineItem> = {
  name: EngineName;
  /**
   * The best items for a request, best first.
   * @param signal says that nobody waits for the answer any more
   * @param spent to be told of money when it is spent, in micro-dollars: what was spent on an answer that comes too late is spent too
   */
  recommend(
    request: Request,
    signal: AbortSignal,
    spent: (costMicros: number) => void,
  ): EngineAnswer<Item> | Promise<EngineAnswer<Item>>;
};

/** How one engine did: how many of the items on the page are its, or why none. */
export type Attempt = {
  engine: EngineName;
  latencyMs: number;
  items: number;
  cause?: EngineCause | undefined;
  detail?: string | undefined;
};

export type ChainAnswer<Item> = {
  /** Each product once. An item that came from another engine than the page's says from which. */
  items: (Item & { engine?: EngineName })[];
  engine: {
    /** Whose page it is: the first that had anything; where none had, the last that was asked. */
    name: EngineName;
    modelVersion?: string | undefined;
    /** Of all attempts together. */
    latencyMs: number;
    costMicros?: number | undefined;
    /** Where the first one has given nothing: which that is, and why. */
    fallback?: { from: EngineName; cause: EngineCause } | undefined;
    attempts: Attempt[];
  };
};

/** Time as the chain sees it. */
export type ChainClock = {
  /** Milliseconds since any instant; never goes back. */
  nowMs(): number;
  /** @returns what calls it off */
  after(delayMs: number, run: () => void): () => void;
};

export type ChainOptions = {
  order: readonly EngineName[];
  timeoutMs: number;
  clock: ChainClock;
};

/** How much longer the last engine is waited for while there is nothing to show: a late page is better than an empty one. */
const LAST_RESORT_FACTOR = 20;

/**
 * Asks engines in order until the page is full: the first that has something gives the page, and those after it fill it up where it is short. Whatever an
 * engine does, be it late, failing or nonsense, becomes a named cause; never throws and never rejects. In the worst case the page is empty, with the causes.
 * @param request what engines are asked; `limit` is how many items the page takes
 */
export async function answerWithFallback<Request extends { limit: number }, Item extends EngineItem>(
  request: Request,
  engines: readonly Engine<Request, Item>[],
  { order, timeoutMs, clock }: ChainOptions,
): Promise<ChainAnswer<Item>> {
  const startMs = clock.nowMs();
  const items: (Item & { engine?: EngineName })[] = [];
  const attempts: Attempt[] = [];
  const known = new Set<string>();
  let page: { name: EngineName; modelVersion?: string | undefined } | undefined;
  let costMicros: number | undefined;
  const spent = (micros: number): void => {
    costMicros = (costMicros ?? 0) + micros;
  };

  for (const [place, name] of order.entries()) {
    if (items.length >= request.limit) break;
    const engine = engines.find((it) => it.name === name);
    const isLastResort = place === order.length - 1 && items.length === 0;
    const waitMs = isLastResort ? timeoutMs * LAST_RESORT_FACTOR : timeoutMs;
    const attemptMs = clock.nowMs();
    const answer: EngineAnswer<Item> =
      engine === undefined
        ? { cause: 'error', detail: 'not_there' }
        : await inTime((signal) => engine.recommend(request, signal, spent), waitMs, clock);
    const latencyMs = clock.nowMs() - attemptMs;
    if (answer.cause !== undefined) {
      const { cause, detail } = answer;
      attempts.push({ engine: name, latencyMs, items: 0, cause, ...(detail !== undefined && { detail }) });
      continue;
    }
    if (answer.items.length > 0) page ??= { name, modelVersion: answer.modelVersion };
    const before = items.length;
    for (const item of answer.items) {
      if (items.length >= request.limit) break;
      if (known.has(item.productId)) continue;
      known.add(item.productId);
      items.push(page?.name === name ? item : { ...item, engine: name });
    }
    const added = items.length - before;
    attempts.push({ engine: name, latencyMs, items: added, ...(answer.items.length === 0 && { cause: 'empty' }) });
  }

  const first = attempts[0];
  const name = page?.name ?? attempts.at(-1)?.engine ?? 'newest';
  return {
    items,
    engine: {
      name,
      ...(page?.modelVersion !== undefined && { modelVersion: page.modelVersion }),
      latencyMs: clock.nowMs() - startMs,
      ...(costMicros !== undefined && { costMicros }),
      ...(first?.cause !== undefined && { fallback: { from: first.engine, cause: first.cause } }),
      attempts,
    },
  };
}

/** What an engine answers within its time. What comes later, answer or failure, is nobody's any more. */
function inTime<Item extends EngineItem>(
  ask: (signal: AbortSignal) => EngineAnswer<Item> | Promise<EngineAnswer<Item>>,
  waitMs: number,
  clock: ChainClock,
): Promise<EngineAnswer<Item>> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const callOff = clock.after(waitMs, () => {
      // First the answer: what the engine does when it is stopped does not count.
      resolve({ cause: 'timeout' });
      controller.abort();
    });
    const settle = (answer: EngineAnswer<Item>): void => {
      callOff();
      resolve(answer);
    };
    // In a function of its own, so that an engine that throws at once is one that rejects.
    const asked = (async () => await ask(controller.signal))();
    asked.then(
      (answer) => settle(checked(answer)),
      (error: unknown) => settle({ cause: 'error', detail: error instanceof Error ? error.name : typeof error }),
    );
  });
}

/** Types say what an engine answers; what it answers may still have come from anywhere. */
function checked<Item extends EngineItem>(answer: EngineAnswer<Item>): EngineAnswer<Item> {
  if (answer?.cause !== undefined) return answer;
  const isList = Array.isArray(answer?.items) && answer.items.every((item) => typeof item?.productId === 'string');
  return isList ? answer : { cause: 'error', detail: 'garbage' };
}
