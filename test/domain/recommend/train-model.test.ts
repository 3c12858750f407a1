import { describe, expect, it } from 'vitest';
import { syntheticSessions } from '../../../infra/evaluation/synthetic-sessions.ts';
import { heldOutQuestions } from '../../../shared/domain/recommend/held-out.ts';
import { decodeModel, encodeModel } from '../../../shared/domain/recommend/model-format.ts';
import type { ProductFacts } from '../../../shared/domain/recommend/product-facts.ts';
import { Recommender } from '../../../shared/domain/recommend/recommender.ts';
import { decideTraining, type TrainingDecision } from '../../../shared/domain/recommend/train-decision.ts';
import { dataBefore, type TrainingData, trainModel } from '../../../shared/domain/recommend/train-model.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');
const secondOf = (day: number) => START_MS / 1_000 + Math.round(day * 86_400);
const policy = currentPolicy.recommendations;
const notes = { shop: 's', weights: { home: {}, product: { session: 1 }, cart: {} }, figures: {} };

const factsOf = (productId: string): ProductFacts => ({
  productId,
  name: `Product ${productId}`,
  categories: ['Home'],
  asOf: '2026-01-01T00:00:00.000Z',
  eventId: `e-${productId}`,
});

/** A shop out of sessions and baskets, each with the day it ended or was bought on; the last product of a session is also what happened to it. */
function shopOf(
  ids: readonly string[],
  sessions: readonly (readonly [day: number, ...items: number[]])[],
  members: readonly (readonly (readonly [day: number, ...items: number[]])[])[] = [],
): TrainingData {
  const itemCount = ids.length;
  const starts = (lists: readonly (readonly unknown[])[]) => {
    let length = 0;
    return Uint32Array.from([0, ...lists.map((list) => (length += list.length))]);
  };
  const itemsOf = (lists: readonly (readonly [number, ...number[]])[]) => lists.map(([, ...items]) => items);
  const baskets = members.flat();
  const looks = sessions.flatMap(([day, ...items]) => items.map((item) => ({ item, second: secondOf(day) })));
  const days = [...sessions, ...baskets].map(([day]) => day);
  return {
    ids,
    products: ids.map(factsOf),
    interactions: {
      itemCount,
      items: Uint32Array.from(looks, ({ item }) => item),
      kinds: new Uint8Array(looks.length),
      at: Uint32Array.from(looks, ({ second }) => second),
    },
    sessions: {
      itemCount,
      from: starts(itemsOf(sessions)),
      items: Uint32Array.from(itemsOf(sessions).flat()),
      endedAt: Uint32Array.from(sessions, ([day]) => secondOf(day)),
    },
    purchases: {
      itemCount,
      from: starts(members),
      lines: starts(itemsOf(baskets)),
      items: Uint32Array.from(itemsOf(baskets).flat()),
      boughtAt: Uint32Array.from(baskets, ([day]) => secondOf(day)),
    },
    newestMs: Math.max(0, ...days.map((day) => secondOf(day))) * 1_000,
  };
}

/** A made-up shop whose sessions end one after the other over so many days. */
function madeUp({ days, seed = 1 }: { days: number; seed?: number }): TrainingData {
  const [interactions, items] = [8_000, 120];
  const log = syntheticSessions({ interactions, items, seed });
  const count = log.endedAt.length;
  const sessions = Array.from(log.endedAt, (_, at): [number, ...number[]] => [
    (at / count) * days,
    ...log.items.subarray(log.from[at], log.from[at + 1]),
  ]);
  return shopOf(
    Array.from({ length: items }, (_, item) => `P${item}`),
    sessions,
  );
}

describe('a model', () => {
  it('is trained on what little there is', () => {
    const data = shopOf(
      ['cup', 'pot', 'tea'],
      [
        [1, 0, 1],
        [2, 0, 1, 2],
      ],
      [[[2, 0, 1]]],
    );
    const model = trainModel(data, notes);
    expect(model.header).toMatchObject({
      shop: 's',
      trainedAtMs: data.newestMs,
      counts: { items: 3, sessions: 2, interactions: 5, purchases: 2 },
      weights: notes.weights,
    });
    const seen = { item: 0, kind: 'view', atMs: data.newestMs } as const;
    const question = { session: [seen], recent: [seen], basket: [], purchases: [], nowMs: data.newestMs };
    const found = new Recommender(model).score(
      { context: 'product', ...question },
      { weights: { session: 1, neighbours: 1 }, limit: 3 },
    );
    expect(found.map(({ item }) => model.ids[item])).toContain('pot');
  });

  it('is trained on nothing at all', () => {
    const model = trainModel(shopOf([], []), notes);
    expect(model.header.counts).toEqual({ items: 0, sessions: 0, interactions: 0, purchases: 0 });
    expect(decodeModel(encodeModel(model), { shop: 's' })).toMatchObject({ ok: true });
  });

  it('knows products by its own numbers, and only those that it has', () => {
    const data = shopOf(['cup', 'pot'], [[1, 0, 1]]);
    const { products } = trainModel({ ...data, products: [factsOf('other'), factsOf('pot')] }, notes);
    expect(products.map((facts) => facts?.productId)).toEqual([undefined, 'pot']);
  });

  it('is the same for the same data, and another for other data', () => {
    const version = (data: TrainingData) => trainModel(data, notes).header.version;
    expect(version(madeUp({ days: 3 }))).toBe(version(madeUp({ days: 3 })));
    expect(version(madeUp({ days: 3 }))).not.toBe(version(madeUp({ days: 3, seed: 2 })));
  });
});

describe('what was known before an instant', () => {
  it('is whole sessions and baskets that ended before it', () => {
    const data = shopOf(
      ['a', 'b', 'c'],
      [
        [1, 0, 1],
        [2, 1, 2],
        [3, 2, 0],
      ],
      [
        [
          [1, 0, 1],
          [3, 1],
        ],
        [[3, 2]],
        [[2, 2]],
      ],
    );
    const before = dataBefore(data, secondOf(2.5) * 1_000);
    expect({ ...before, products: [] }).toEqual({
      ...shopOf(
        ['a', 'b', 'c'],
        [
          [1, 0, 1],
          [2, 1, 2],
        ],
        [[[1, 0, 1]], [[2, 2]]],
      ),
      products: [],
      newestMs: secondOf(2.5) * 1_000,
    });
  });

  it('is nothing before all of it', () => {
    const before = dataBefore(shopOf(['a'], [[1, 0]], [[[1, 0]]]), START_MS);
    expect(trainModel(before, notes).header.counts).toEqual({ items: 1, sessions: 0, interactions: 0, purchases: 0 });
  });
});

describe('a held-out question', () => {
  const data = shopOf(
    ['a', 'b', 'c', 'd'],
    [
      [1, 0, 1],
      [4, 2, 3],
      [5, 0],
    ],
    [
      [
        [1, 0],
        [4, 1, 2, 3],
      ],
      [[5, 3]],
    ],
  );
  const questions = heldOutQuestions(data, secondOf(3) * 1_000, 1);
  const of = (context: string) => questions.filter(({ question }) => question.context === context);

  it('asks for the product that came next in a session', () => {
    expect(of('product')).toHaveLength(1);
    expect(of('product')[0]?.question.session.map(({ item }) => item)).toEqual([2]);
    expect([...(of('product')[0]?.hits ?? [])]).toEqual([3]);
  });

  it('asks on the home page for the basket that followed what was bought before', () => {
    expect(of('home')).toHaveLength(1);
    expect(of('home')[0]?.question.purchases).toEqual([{ item: 0, kind: 'order', atMs: secondOf(1) * 1_000 }]);
    expect([...(of('home')[0]?.hits ?? [])].toSorted()).toEqual([1, 2, 3]);
  });

  it('asks in the basket for its other half', () => {
    expect(of('cart')).toHaveLength(1);
    const { question, hits } = of('cart')[0] ?? { question: { basket: [] }, hits: new Set<number>() };
    expect(question.basket).toHaveLength(2);
    expect([...question.basket, ...hits].toSorted()).toEqual([1, 2, 3]);
  });

  it('is the same for the same seed', () => {
    expect(heldOutQuestions(data, secondOf(3) * 1_000, 1)).toEqual(questions);
  });
});

describe('whether a model is published', () => {
  const decide = (data: TrainingData, serving?: TrainingDecision): TrainingDecision =>
    decideTraining(data, { shop: 's', serving: serving?.model, policy });
  const tenDays = madeUp({ days: 10 });
  const nineDays = dataBefore(tenDays, START_MS + 9 * DAY_MS);
  const first = decide(nineDays);

  it('the first one is, with what it reached on the days that were held out', () => {
    expect(first).toMatchObject({ kind: 'publish', reason: 'first', figures: { hr20: expect.any(Number) } });
    expect(first.model?.header.figures).toMatchObject({ questions: expect.any(Number) });
    expect(first.model?.header.figures.hr20).toBeGreaterThan(0.3);
  });

  it('the first one of a shop with a handful of events is too, with no figures', () => {
    const decision = decide(shopOf(['a', 'b'], [[1, 0, 1]]));
    expect(decision).toMatchObject({ kind: 'publish', reason: 'first', figures: {} });
  });

  it('one of the same data is not', () => {
    expect(decide(nineDays, first)).toEqual({ kind: 'keep', reason: 'unchanged' });
  });

  it('one that finds no less of what happened since is, and then again one of the same data is not', () => {
    const second = decide(tenDays, first);
    expect(second).toMatchObject({ kind: 'publish', reason: 'not_worse' });
    expect('figures' in second && second.figures).toMatchObject({
      comparedQuestions: expect.any(Number),
      newHr20: expect.any(Number),
      servingHr20: expect.any(Number),
    });
    expect(decide(tenDays, second)).toEqual({ kind: 'keep', reason: 'unchanged' });
  });

  it('one that has lost most of what was known is not', () => {
    const { sessions } = tenDays;
    const lastDay = sessions.from[Math.floor(0.9 * sessions.endedAt.length)] ?? 0;
    // The last day is as it was, so that there is something to judge by.
    const items = sessions.items.map((item, at) => (at < lastDay ? (item * 7) % 13 : item));
    const broken = { ...tenDays, sessions: { ...sessions, items } };
    const decision = decide(broken, first);
    expect(decision).toMatchObject({ kind: 'keep', reason: 'worse', model: { header: { shop: 's' } } });
    expect('figures' in decision && (decision.figures.newHr20 ?? 1) < (decision.figures.servingHr20 ?? 0)).toBe(true);
  });

  it('is decided on what both have seen where nothing has happened since', () => {
    const mute = trainModel(nineDays, { ...notes, weights: { home: {}, product: {}, cart: {} } });
    const decision = decideTraining(nineDays, { shop: 's', serving: mute, policy });
    expect(decision).toMatchObject({ kind: 'publish', reason: 'not_worse', figures: { servingHr20: 0 } });
  });

  it('one is where there is too little to compare by', () => {
    const small = decide(shopOf(['a', 'b'], [[1, 0, 1]]));
    const more = shopOf(
      ['a', 'b'],
      [
        [1, 0, 1],
        [2, 1, 0],
      ],
    );
    expect(decide(more, small)).toMatchObject({ kind: 'publish', reason: 'nothing_to_compare' });
  });
});
