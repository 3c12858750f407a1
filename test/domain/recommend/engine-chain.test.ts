import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerWithFallback,
  type ChainClock,
  type Engine,
  type EngineAnswer,
  type EngineName,
} from '../../../shared/domain/recommend/engine-chain.ts';

type Item = { productId: string };
type TestEngine = Engine<{ limit: number }, Item>;
const ORDER: EngineName[] = ['in_house', 'personalize', 'popular', 'newest'];

/** A clock that stands still until it is moved, and says when nothing else is left to do. */
class TestClock implements ChainClock {
  #nowMs = 0;
  #timers: { atMs: number; run: () => void }[] = [];
  nowMs = () => this.#nowMs;
  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((it) => it !== timer);
    };
  }
  get waiting(): number {
    return this.#timers.length;
  }
  pass(ms: number): void {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { run } of due) run();
  }
}

const items = (...ids: string[]): { items: Item[] } => ({ items: ids.map((productId) => ({ productId })) });
const engine = (name: EngineName, answer: unknown, onAsk = () => {}): TestEngine => ({
  name,
  async recommend() {
    onAsk();
    return answer as EngineAnswer<Item>;
  },
});
const ask = (engines: readonly TestEngine[], { limit = 3, order = ORDER, clock = new TestClock() } = {}) =>
  answerWithFallback({ limit }, engines, { order, timeoutMs: 60, clock });
/** Lets everything run that waits for nothing outside. */
const settle = () => new Promise((done) => setImmediate(done));

describe('the first engine', () => {
  it('gives the page where it has enough, and nobody else is asked', async () => {
    let others = 0;
    const answer = await ask([
      engine('in_house', { ...items('a', 'b', 'c', 'd'), modelVersion: 'v1' }),
      engine('popular', items('x'), () => {
        others += 1;
      }),
    ]);
    expect(answer).toEqual({
      ...items('a', 'b', 'c'),
      engine: {
        name: 'in_house',
        modelVersion: 'v1',
        latencyMs: 0,
        attempts: [{ engine: 'in_house', latencyMs: 0, items: 3 }],
      },
    });
    expect(others).toBe(0);
  });

  it('is the first of the policy', async () => {
    const engines = [engine('in_house', items('a', 'b', 'c')), engine('popular', items('x', 'y', 'z'))];
    const answer = await ask(engines, { order: ['popular', 'in_house'] });
    expect(answer).toMatchObject({ ...items('x', 'y', 'z'), engine: { name: 'popular' } });
    expect(answer.engine.fallback).toBeUndefined();
  });
});

describe('an engine without an answer', () => {
  it.each<[string, unknown, object]>([
    ['no model', { cause: 'no_model' }, { cause: 'no_model' }],
    [
      'a refused model',
      { cause: 'refused_model', detail: 'newer_format' },
      { cause: 'refused_model', detail: 'newer_format' },
    ],
    ['too little to say', { cause: 'cold' }, { cause: 'cold' }],
    ['an open breaker', { cause: 'breaker_open' }, { cause: 'breaker_open' }],
    ['a spent month', { cause: 'spend_cap' }, { cause: 'spend_cap' }],
    ['no campaign', { cause: 'no_campaign' }, { cause: 'no_campaign' }],
    ['an error', { cause: 'error', detail: 'throttled' }, { cause: 'error', detail: 'throttled' }],
    ['a timeout of its own', { cause: 'timeout' }, { cause: 'timeout' }],
    ['no items', items(), { cause: 'empty' }],
    ['no list', { items: 'a' }, { cause: 'error', detail: 'garbage' }],
    ['nothing', undefined, { cause: 'error', detail: 'garbage' }],
    ['null', null, { cause: 'error', detail: 'garbage' }],
    ['items that are none', { items: [null] }, { cause: 'error', detail: 'garbage' }],
    ['items without an id', { items: [{ score: 1 }] }, { cause: 'error', detail: 'garbage' }],
  ])('because of %s says so, and the next one gives the page', async (_, answer, expected) => {
    const found = await ask([engine('in_house', answer), engine('popular', items('x', 'y', 'z'))], {
      order: ['in_house', 'popular'],
    });
    expect(found.items).toEqual(items('x', 'y', 'z').items);
    expect(found.engine.name).toBe('popular');
    expect(found.engine.fallback).toEqual({ from: 'in_house', cause: (expected as { cause: string }).cause });
    expect(found.engine.attempts).toEqual([
      { engine: 'in_house', latencyMs: 0, items: 0, ...expected },
      { engine: 'popular', latencyMs: 0, items: 3 },
    ]);
  });

  it.each<[string, TestEngine['recommend'], string]>([
    [
      'throws',
      () => {
        throw new RangeError('no');
      },
      'RangeError',
    ],
    ['rejects', () => Promise.reject(new TypeError('no')), 'TypeError'],
    ['rejects with nothing', () => Promise.reject(undefined), 'undefined'],
  ])('because it %s is one of the causes', async (_, recommend, detail) => {
    const found = await ask([{ name: 'in_house', recommend }], { order: ['in_house'] });
    expect(found).toMatchObject({ items: [], engine: { attempts: [{ cause: 'error', detail }] } });
  });

  it('because it is not there is one of the causes', async () => {
    const found = await ask([engine('popular', items('x', 'y', 'z'))], { order: ['personalize', 'popular'] });
    expect(found.engine.attempts[0]).toMatchObject({ engine: 'personalize', cause: 'error', detail: 'not_there' });
    expect(found.items).toHaveLength(3);
  });

  it('leaves an empty page with all causes where no other has any', async () => {
    const found = await ask([
      engine('in_house', { cause: 'no_model' }),
      engine('personalize', { cause: 'no_campaign' }),
      engine('popular', items()),
      engine('newest', items()),
    ]);
    expect(found.items).toEqual([]);
    expect(found.engine).toMatchObject({ name: 'newest', fallback: { from: 'in_house', cause: 'no_model' } });
    expect(found.engine.attempts.map(({ cause }) => cause)).toEqual(['no_model', 'no_campaign', 'empty', 'empty']);
  });

  it('may be all there are', async () => {
    expect(await ask([], { order: [] })).toEqual({ items: [], engine: { name: 'newest', latencyMs: 0, attempts: [] } });
  });
});

describe('a page that is short', () => {
  it('is filled up by the next ones, and each item says by which', async () => {
    const found = await ask(
      [
        engine('in_house', { ...items('a', 'b'), modelVersion: 'v1' }),
        engine('personalize', { cause: 'spend_cap' }),
        engine('popular', items('b', 'c')),
        engine('newest', items('a', 'd', 'e')),
      ],
      { limit: 4 },
    );
    expect(found.items).toEqual([
      { productId: 'a' },
      { productId: 'b' },
      { productId: 'c', engine: 'popular' },
      { productId: 'd', engine: 'newest' },
    ]);
    expect(found.engine.name).toBe('in_house');
    expect(found.engine.modelVersion).toBe('v1');
    expect(found.engine.fallback).toBeUndefined();
    expect(found.engine.attempts).toEqual([
      { engine: 'in_house', latencyMs: 0, items: 2 },
      { engine: 'personalize', latencyMs: 0, items: 0, cause: 'spend_cap' },
      { engine: 'popular', latencyMs: 0, items: 1 },
      { engine: 'newest', latencyMs: 0, items: 1 },
    ]);
  });

  it('stays short where there is no more', async () => {
    const found = await ask([engine('in_house', items('a', 'a')), engine('popular', items('a'))], {
      order: ['in_house', 'popular'],
    });
    expect(found.items).toEqual(items('a').items);
    expect(found.engine.attempts).toEqual([
      { engine: 'in_house', latencyMs: 0, items: 1 },
      { engine: 'popular', latencyMs: 0, items: 0 },
    ]);
  });
});

describe('what is spent', () => {
  it('is told of all who were asked, however it went', async () => {
    const spends = (name: EngineName, micros: number, answer: EngineAnswer<Item>): TestEngine => ({
      name,
      recommend(_request, _signal, spent) {
        spent(micros);
        return answer;
      },
    });
    const found = await ask([
      spends('in_house', 0, { cause: 'cold' }),
      spends('personalize', 56, { cause: 'error' }),
      spends('popular', 4, items('a', 'b', 'c')),
    ]);
    expect(found.engine.costMicros).toBe(60);
    expect((await ask([engine('in_house', items('a', 'b', 'c'))])).engine.costMicros).toBeUndefined();
  });
});

describe('an engine that is late', () => {
  /** Answers when it is told to, and notes whether it was told to stop. */
  function late(name: EngineName) {
    const answer = Promise.withResolvers<EngineAnswer<Item>>();
    let stopped = false;
    const recommend: TestEngine['recommend'] = (_request, signal, spent) => {
      spent(7);
      signal.addEventListener('abort', () => {
        stopped = true;
      });
      return answer.promise;
    };
    return { engine: { name, recommend }, answer, stopped: () => stopped };
  }

  it('is told to stop, and the next one gives the page', async () => {
    const clock = new TestClock();
    const first = late('in_house');
    const found = ask([first.engine, engine('popular', items('x', 'y', 'z'))], {
      clock,
      order: ['in_house', 'popular'],
    });
    await settle();
    clock.pass(59);
    expect(first.stopped()).toBe(false);
    clock.pass(1);
    expect(first.stopped()).toBe(true);
    expect(await found).toEqual({
      ...items('x', 'y', 'z'),
      engine: {
        name: 'popular',
        latencyMs: 60,
        costMicros: 7,
        fallback: { from: 'in_house', cause: 'timeout' },
        attempts: [
          { engine: 'in_house', latencyMs: 60, items: 0, cause: 'timeout' },
          { engine: 'popular', latencyMs: 0, items: 3 },
        ],
      },
    });
    expect(clock.waiting).toBe(0);
  });

  it.each<[string, (late: PromiseWithResolvers<EngineAnswer<Item>>) => void]>([
    ['answers', (it) => it.resolve(items('late', 'later', 'latest'))],
    ['fails', (it) => it.reject(new Error('too late'))],
  ])('%s for nobody, and nothing is left unhandled', async (_, finish) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    const clock = new TestClock();
    const first = late('in_house');
    const found = ask([first.engine, engine('popular', items('x', 'y', 'z'))], {
      clock,
      order: ['in_house', 'popular'],
    });
    await settle();
    clock.pass(60);
    const answer = await found;
    finish(first.answer);
    await settle();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(answer.items).toEqual(items('x', 'y', 'z').items);
  });

  it('that fails because it is told to stop was late all the same', async () => {
    const clock = new TestClock();
    const stubborn: TestEngine = {
      name: 'in_house',
      recommend: (_request, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    };
    const found = ask([stubborn], { clock, order: ['in_house', 'popular'] });
    await settle();
    clock.pass(60);
    expect((await found).engine.attempts[0]).toMatchObject({ cause: 'timeout' });
  });

  it('is waited for longer where it is the last and there is nothing to show', async () => {
    const clock = new TestClock();
    const last = late('newest');
    const found = ask([engine('in_house', { cause: 'no_model' }), last.engine], {
      clock,
      order: ['in_house', 'newest'],
    });
    await settle();
    clock.pass(1_199);
    expect(last.stopped()).toBe(false);
    last.answer.resolve(items('n'));
    expect((await found).items).toEqual(items('n').items);
  });

  it('is not, where there is something to show, and never for good', async () => {
    const clock = new TestClock();
    const short = ask([engine('in_house', items('a')), late('newest').engine], {
      clock,
      order: ['in_house', 'newest'],
    });
    await settle();
    clock.pass(60);
    expect((await short).items).toEqual(items('a').items);
    const empty = ask([late('newest').engine], { clock, order: ['newest'] });
    await settle();
    clock.pass(1_200);
    expect((await empty).engine.attempts).toMatchObject([{ cause: 'timeout', latencyMs: 1_200 }]);
  });

  it('leaves no timer behind where it is in time', async () => {
    const clock = new TestClock();
    await ask([engine('in_house', items('a', 'b', 'c'))], { clock });
    expect(clock.waiting).toBe(0);
  });
});

describe('whatever engines do', () => {
  it('the page has each product once, no more than it takes, and says where each is from', async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const answer = fc.oneof(
      fc.array(id, { maxLength: 6 }).map((ids) => items(...ids)),
      fc.constantFrom({ cause: 'cold' }, { cause: 'error', detail: 'x' }),
      fc.anything(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 4, maxLength: 4 }), fc.nat({ max: 6 }), async (answers, limit) => {
        const engines = ORDER.map((name, at) => engine(name, answers[at]));
        const found = await ask(engines, { limit });
        const ids = found.items.map(({ productId }) => productId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBeLessThanOrEqual(limit);
        for (const { engine: name, items: count } of found.engine.attempts) {
          expect(found.items.filter((it) => (it.engine ?? found.engine.name) === name)).toHaveLength(count);
        }
        const [first] = found.engine.attempts;
        if (first !== undefined && found.engine.name !== first.engine) expect(found.engine.fallback).toBeDefined();
      }),
    );
  });
});
