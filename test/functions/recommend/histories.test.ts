import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HistoryStore, historyStore } from '../../../shared/adapters/dynamo/history-store.ts';
import { WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import { recentStore } from '../../../shared/adapters/dynamo/recent-store.ts';
import type { HistoryOwner } from '../../../shared/domain/recommend/history-facts.ts';
import { interactionFacts } from '../../../shared/domain/recommend/history-facts.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import type { LambdaHandler } from '../../../shared/runtime/lambda.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';
import { scanTable } from '../../support/profile-table.ts';
import { recommendTables } from '../../support/recommend-tables.ts';

let environment: FunctionEnvironment;
let table: string;
let histories: HistoryStore;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  await environment.renew();
  table = (await recommendTables(environment.dynoxide)).recommend;
  vi.stubEnv('RECOMMEND_TABLE', table);
  histories = historyStore(environment.dynoxide.client, table);
});
afterAll(() => environment.stop());

type Entry = { handler: LambdaHandler<SQSEvent, SQSBatchResponse> };
const ENTRIES: Record<string, () => Promise<Entry>> = {
  'product.viewed.v1': () => import('../../../functions/recommend/on-product-viewed.ts'),
  'product.carted.v1': () => import('../../../functions/recommend/on-product-carted.ts'),
  'product.favourited.v1': () => import('../../../functions/recommend/on-product-favourited.ts'),
  'recommendation.shown.v1': () => import('../../../functions/recommend/on-recommendation-shown.ts'),
  'recommendation.clicked.v1': () => import('../../../functions/recommend/on-recommendation-clicked.ts'),
  'order.placed.v1': () => import('../../../functions/recommend/on-order-placed.ts'),
  'order.cancelled.v1': () => import('../../../functions/recommend/on-order-cancelled.ts'),
  'order.returned.v1': () => import('../../../functions/recommend/on-order-returned.ts'),
  'member.identified.v1': () => import('../../../functions/recommend/on-member-identified.ts'),
};

type Told = { type: string; id: string; time: string; data: Record<string, unknown> };

async function deliver(...events: Told[]) {
  for (const type of new Set(events.map((it) => it.type))) {
    const { handler } = await ENTRIES[type]!();
    const bodies = events
      .filter((it) => it.type === type)
      .map((it) => ({ specversion: '1.0', source: '/test', ...it }));
    const batch = sqsBatch(...bodies.map((body) => ({ body })));
    expect(await handler(batch, lambdaContext())).toEqual({ batchItemFailures: [] });
  }
}

/** An event of today, so many minutes ago. */
const FROM_MS = Date.now() - 60 * 60_000;
const minute = (n: number) => new Date(FROM_MS + n * 60_000).toISOString();
const tell = (type: string, n: number, data: Record<string, unknown>): Told => {
  return { type, id: `${type}:${n}`, time: minute(n), data };
};
const viewed = (n: number, productId: string, who: object = { anonymousId: 'anon-7' }) =>
  tell('product.viewed.v1', n, { productId, ...who });
const identified = (n: number, memberId = 'ann', anonymousId = 'anon-7') =>
  tell('member.identified.v1', n, { memberId, anonymousId });
const placed = (n: number, who: object, orderId = 'ord-1') =>
  tell('order.placed.v1', n, {
    orderId,
    ...who,
    currency: 'EUR',
    lines: [
      { lineId: '1', productId: 'pot', quantity: 1, unitPrice: 100 },
      { lineId: '2', productId: 'cup', quantity: 2, unitPrice: 100 },
    ],
  });

const ann: HistoryOwner = { kind: 'member', id: 'ann' };
const bob: HistoryOwner = { kind: 'member', id: 'bob' };
const visitor: HistoryOwner = { kind: 'visitor', id: 'anon-7' };
const read = (owner: HistoryOwner) => histories.read(owner, Date.now());
const seenBy = async (owner: HistoryOwner) => (await read(owner)).interactions.map(({ productId }) => productId);
const boughtBy = async (owner: HistoryOwner) => (await read(owner)).purchases.map(({ productId }) => productId);
const items = () => scanTable(environment.dynoxide.endpoint, table);
const versions = async () =>
  Object.fromEntries((await items()).map(({ pk, sk, v }) => [`${pk?.S} ${sk?.S}`, Number(v?.N)]));

describe('what somebody does', () => {
  it('is kept by its kind, newest first', async () => {
    const who = { memberId: 'ann', anonymousId: 'anon-7' };
    await deliver(
      viewed(1, 'pot', who),
      tell('product.carted.v1', 2, { productId: 'cup', ...who }),
      tell('product.favourited.v1', 3, { productId: 'pan', ...who }),
      tell('recommendation.clicked.v1', 4, { recommendationId: 'rec-1', productId: 'jug', ...who }),
      tell('recommendation.shown.v1', 5, { recommendationId: 'rec-1', productIds: ['jug', 'lid'], ...who }),
    );
    const { interactions, shown } = await read(ann);
    expect(interactions.map(({ kind, productId }) => `${kind} ${productId}`)).toEqual([
      'click jug',
      'favourite pan',
      'cart cup',
      'view pot',
    ]);
    expect(interactions[0]?.atMs).toBe(Date.parse(minute(4)));
    expect(shown).toMatchObject([{ productIds: ['jug', 'lid'], atMs: Date.parse(minute(5)) }]);
    expect(await seenBy(visitor)).toEqual([]);
  });

  it('is written once, however often it is delivered', async () => {
    const batch = Array.from({ length: 10 }, (_, n) => viewed(n, `p${n}`));
    await deliver(...batch);
    const once = await versions();
    expect(Object.keys(once).toSorted()).toEqual(['SHOP RECENT', 'VISITOR#anon-7 INTERACTIONS']);
    await deliver(...batch, ...batch);
    await deliver(batch[3]!);
    expect(await versions()).toEqual(once);
    expect(await seenBy(visitor)).toHaveLength(10);
  });

  it('is the same whatever the order of arrival', async () => {
    const story = [
      ...Array.from({ length: 6 }, (_, n) => viewed(n, `p${n}`)),
      placed(7, { anonymousId: 'anon-7' }),
      identified(8),
      viewed(9, 'p9'),
      placed(10, { memberId: 'ann' }, 'ord-2'),
      tell('order.cancelled.v1', 11, { orderId: 'ord-1', anonymousId: 'anon-7' }),
    ];
    const outcomes: unknown[] = [];
    for (const told of [story, story.toReversed(), [...story.slice(5), ...story.slice(0, 7)]]) {
      table = (await recommendTables(environment.dynoxide)).recommend;
      vi.stubEnv('RECOMMEND_TABLE', table);
      vi.resetModules();
      histories = historyStore(environment.dynoxide.client, table);
      for (const event of told) await deliver(event);
      outcomes.push([await read(ann), await read(visitor)]);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
    expect(await seenBy(ann)).toEqual(['p9', 'p5', 'p4', 'p3', 'p2', 'p1', 'p0']);
    expect((await boughtBy(ann)).toSorted()).toEqual(['cup', 'pot']);
  });

  it('is bounded', async () => {
    const { history } = currentPolicy.recommendations;
    const all = Array.from({ length: 10_000 }, (_, n) => {
      const time = new Date(FROM_MS - n * 1_000).toISOString();
      return interactionFacts('view', { id: `old-${n}`, time, data: { productId: `p${n}` } } as never);
    });
    const { remember } = await import('../../../functions/recommend/remember.ts');
    await remember(ann, 'interactions', all, { histories, policy: history, nowMs: Date.now() });
    await deliver(viewed(1, 'new', { memberId: 'ann' }));
    const seen = await seenBy(ann);
    expect(seen).toHaveLength(history.interactions);
    expect(seen.slice(0, 2)).toEqual(['new', 'p0']);
  });

  it('is kept for as long as the policy says: of members longer than of visitors', async () => {
    await deliver(viewed(1, 'pot'), viewed(2, 'cup', { memberId: 'bob' }), identified(3, 'ann', 'anon-8'));
    const { visitorDays, memberDays } = currentPolicy.recommendations.history;
    const days = Object.fromEntries(
      (await items()).map(({ pk, ttl }) => [
        pk?.S,
        ttl && Math.round((Number(ttl.N) * 1_000 - Date.now()) / 86_400_000),
      ]),
    );
    expect(days).toEqual({
      'VISITOR#anon-7': visitorDays,
      'MEMBER#bob': memberDays,
      'VISITOR#anon-8': memberDays,
      SHOP: undefined,
    });
  });

  it('dated years ahead counts for nothing', async () => {
    await deliver({ ...viewed(1, 'pot'), id: 'far', time: '2099-01-01T00:00:00Z' }, viewed(2, 'cup'));
    expect(await seenBy(visitor)).toEqual(['cup']);
    const recent = await recentStore(environment.dynoxide.client, table).read();
    expect(recent.map(({ productId }) => productId)).toEqual(['cup']);
  });
});

describe('what was bought', () => {
  const member = { memberId: 'ann' };

  it('is every line, until the order is cancelled', async () => {
    await deliver(placed(1, member), placed(2, member, 'ord-2'));
    expect(await boughtBy(ann)).toHaveLength(4);
    await deliver(tell('order.cancelled.v1', 3, { orderId: 'ord-1', ...member }));
    expect(await boughtBy(ann)).toHaveLength(2);
  });

  it('is taken back with the last piece of a line, also where the return comes first', async () => {
    const back = (n: number, lineId: string) =>
      tell('order.returned.v1', n, {
        orderId: 'ord-1',
        ...member,
        returnId: `ret-${n}`,
        lines: [{ lineId, quantity: 1 }],
      });
    await deliver(back(2, '2'));
    await deliver(placed(1, member));
    expect((await boughtBy(ann)).toSorted()).toEqual(['cup', 'pot']);
    await deliver(back(3, '2'), back(3, '2'));
    expect(await boughtBy(ann)).toEqual(['pot']);
  });

  it('by a guest is nobody’s, and happened in the shop all the same', async () => {
    await deliver(placed(1, {}), tell('order.cancelled.v1', 2, { orderId: 'ord-9' }));
    expect(await versions()).toEqual({ 'SHOP RECENT': 1 });
  });
});

describe('a visitor who turns out to be a member', () => {
  it('brings along what came before, and what comes after', async () => {
    await deliver(viewed(1, 'pot'), placed(2, { anonymousId: 'anon-7' }), viewed(3, 'cup', { memberId: 'ann' }));
    await deliver(identified(4));
    expect(await seenBy(ann)).toEqual(['cup', 'pot']);
    expect(await boughtBy(ann)).toHaveLength(2);
    await deliver(viewed(5, 'pan'));
    expect(await seenBy(ann)).toEqual(['pan', 'cup', 'pot']);
    // Nothing of what the member did elsewhere is told to whoever has the visitor's id.
    expect(await seenBy(visitor)).toEqual(['pan', 'pot']);
  });

  it('twice does so once', async () => {
    await deliver(viewed(1, 'pot'));
    await deliver(identified(2));
    const once = await versions();
    await deliver(identified(2), identified(3));
    await deliver(viewed(1, 'pot'));
    expect(await versions()).toEqual(once);
  });

  it('and later as another stays the first one’s', async () => {
    await deliver(viewed(1, 'pot'));
    await deliver(identified(2, 'ann'));
    await deliver(identified(3, 'bob'));
    await deliver(viewed(4, 'cup'));
    expect(await seenBy(ann)).toEqual(['cup', 'pot']);
    expect(await seenBy(bob)).toEqual([]);
  });

  it('goes to the first one though that becomes known last, and leaves the other what is theirs', async () => {
    await deliver(viewed(1, 'pot'), viewed(2, 'pan', { memberId: 'bob' }));
    await deliver(identified(4, 'bob'));
    await deliver(viewed(5, 'cup'));
    expect(await seenBy(bob)).toEqual(['cup', 'pan', 'pot']);
    await deliver(identified(3, 'ann'));
    expect(await seenBy(bob)).toEqual(['pan']);
    expect(await seenBy(ann)).toEqual(['cup', 'pot']);
    await deliver(identified(4, 'bob'), viewed(5, 'cup'));
    expect(await seenBy(bob)).toEqual(['pan']);
  });

  it('in between two steps of another event has that event moved on', async () => {
    const { remember } = await import('../../../functions/recommend/remember.ts');
    await deliver(viewed(1, 'pot'));
    await deliver(identified(4, 'bob'));
    let interrupted = false;
    const slow: HistoryStore = {
      ...histories,
      async save(record, forgetAtMs) {
        await histories.save(record, forgetAtMs);
        if (interrupted || record.owner.kind !== 'visitor') return;
        interrupted = true;
        // The earlier login becomes known while this event is on its way to the member.
        await deliver(identified(3, 'ann'));
      },
    };
    const facts = interactionFacts('view', viewed(5, 'cup') as never);
    const policy = currentPolicy.recommendations.history;
    await remember(visitor, 'interactions', [facts], { histories: slow, policy, nowMs: Date.now() });
    expect(await seenBy(ann)).toEqual(['cup', 'pot']);
    expect(await seenBy(bob)).toEqual([]);
  });
});

describe('two who write at the same time', () => {
  it('both find their place', async () => {
    const views = Array.from({ length: 6 }, (_, n) => viewed(n, `p${n}`, { memberId: 'ann' }));
    const carts = Array.from({ length: 6 }, (_, n) =>
      tell('product.carted.v1', n, { productId: `c${n}`, memberId: 'ann' }),
    );
    await Promise.all([...views, ...carts].map((it) => deliver(it)));
    expect(await seenBy(ann)).toHaveLength(12);
  });

  it('again and again leave it to the queue', async () => {
    const { remember } = await import('../../../functions/recommend/remember.ts');
    const busy: HistoryStore = {
      ...histories,
      save: async () => {
        throw new WriteConflict(undefined);
      },
    };
    const facts = interactionFacts('view', viewed(5, 'cup') as never);
    const policy = currentPolicy.recommendations.history;
    const attempt = remember(ann, 'interactions', [facts], { histories: busy, policy, nowMs: Date.now() });
    await expect(attempt).rejects.toThrow(WriteConflict);
  });
});

it('the sample of the shop may fail without harm to a history', async () => {
  const { gatherRecent } = await import('../../../functions/recommend/gathered-writes.ts');
  const failing = gatherRecent({
    read: async () => [],
    add: async () => {
      throw new Error('not now');
    },
  });
  const facts = interactionFacts('view', viewed(1, 'pot') as never);
  await expect(failing(facts, 0)).rejects.toThrow('not now');
  await expect(failing({}, 0)).resolves.toBeUndefined();
});
