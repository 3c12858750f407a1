import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { batchGet } from '../../shared/adapters/dynamo/batch-get.ts';
import { type HistoryStore, historyIn, historyKeys, historyStore } from '../../shared/adapters/dynamo/history-store.ts';
import { recommendKeys } from '../../shared/adapters/dynamo/keys.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { recentIn, recentStore } from '../../shared/adapters/dynamo/recent-store.ts';
import { happenedKinds } from '../../shared/domain/recommend/features.ts';
import { interactionFacts, purchaseFacts, shownFacts } from '../../shared/domain/recommend/history-facts.ts';
import { type HistoryFacts, mergeFacts, noFacts } from '../../shared/domain/recommend/history-fold.ts';
import { RECENT_LIMIT, shareTaken } from '../../shared/domain/recommend/recent-sample.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { meteredClient } from '../support/metered-client.ts';
import { recommendTables } from '../support/recommend-tables.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const ANN = { kind: 'member', id: 'ann' } as const;
const keyOfAnn = { pk: { S: 'MEMBER#ann' }, sk: { S: 'INTERACTIONS' } };

let dynoxide: Dynoxide;
let table: string;
let histories: HistoryStore;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await recommendTables(dynoxide)).recommend;
  histories = historyStore(dynoxide.client, table);
});

const limits = { ...currentPolicy.recommendations.history, nowMs: NOW_MS };
const told = <Data>(id: string, atMs: number, data: Data) =>
  ({ id, time: new Date(atMs).toISOString(), data }) as never;
const factsOf = (...parts: Partial<HistoryFacts>[]) =>
  parts.reduce<HistoryFacts>((all, more) => mergeFacts(all, more, limits), noFacts);

/** As much as the policy keeps of a member who is at it every evening, of five thousand products. */
function full() {
  let state = 7;
  const draw = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const product = () => `P${10_000 + draw(5_000)}`;
  const candidate = () => `P${10_000 + draw(300)}`;
  const views = Array.from({ length: 200 }, (_, n) => {
    const kind = (['view', 'view', 'view', 'cart', 'click'] as const)[draw(5)] ?? 'view';
    const atMs = NOW_MS - Math.floor(n / 12) * DAY_MS - draw(3_600_000);
    return interactionFacts(kind, told(`0198f3a2-1c9d-7c3e-9a51-${n}`, atMs, { productId: product() }));
  });
  const orders = Array.from({ length: 60 }, (_, n) =>
    purchaseFacts(
      told(`ord-${n}`, NOW_MS - n * 6 * DAY_MS - draw(DAY_MS), {
        orderId: `ord-${n}`,
        lines: Array.from({ length: 4 }, (_, l) => ({
          lineId: String(l),
          productId: product(),
          quantity: 1 + draw(2),
        })),
      }),
    ),
  );
  const shown = Array.from({ length: 30 }, (_, n) =>
    shownFacts(
      told(`shown-${n}`, NOW_MS - n * 3_600_000 - draw(60_000), { productIds: Array.from({ length: 20 }, candidate) }),
    ),
  );
  return factsOf(...views, ...orders, ...shown);
}

describe('a history', () => {
  it('is read as it was written, part by part and as a whole', async () => {
    const facts = full();
    const link = { memberId: 'ann', atMs: 5, eventId: 'e', former: ['bob'] };
    const visitor = { kind: 'visitor', id: 'anon-7' } as const;
    const parts = {
      interactions: { ...noFacts, interactions: facts.interactions },
      purchases: { ...noFacts, purchases: facts.purchases, withdrawals: [{ eventId: 'w', target: 'o', atMs: 3 }] },
      shown: { ...noFacts, shown: facts.shown },
    };
    for (const part of ['interactions', 'purchases', 'shown'] as const) {
      const record = { owner: visitor, part, version: 1, facts: parts[part], link };
      await histories.save(record, NOW_MS + DAY_MS);
      expect(await histories.load(visitor, part, NOW_MS)).toEqual(record);
    }
    const { interactions, purchases, shown } = facts;
    expect(await histories.read(visitor, NOW_MS)).toEqual({ interactions, purchases, shown });
    expect(await histories.read(ANN, NOW_MS)).toEqual({ interactions: [], purchases: [], shown: [] });
    const keys = [...historyKeys(visitor), recommendKeys.recent, recommendKeys.serving];
    const items = await batchGet(dynoxide.client, table, keys);
    expect(historyIn(items, visitor, NOW_MS).purchases).toEqual(purchases);
  });

  it('is not overwritten by who has not read it', async () => {
    const record = { owner: ANN, part: 'interactions', version: 1, facts: noFacts } as const;
    await histories.save(record, NOW_MS);
    await expect(histories.save(record, NOW_MS)).rejects.toThrow(WriteConflict);
    await expect(histories.save({ ...record, version: 3 }, NOW_MS)).rejects.toThrow(WriteConflict);
    await histories.save({ ...record, version: 2 }, NOW_MS);
  });

  it('says when it may be removed, and is forgotten from then on though it is still there', async () => {
    const facts = factsOf(interactionFacts('view', told('e1', NOW_MS, { productId: 'pot' })));
    await histories.save({ owner: ANN, part: 'interactions', version: 1, facts }, NOW_MS + 1);
    const { Item } = await dynoxide.client.send(new GetItemCommand({ TableName: table, Key: keyOfAnn }));
    expect(Item?.ttl).toEqual({ N: String(Math.ceil((NOW_MS + 1) / 1_000)) });
    const at = Math.ceil((NOW_MS + 1) / 1_000) * 1_000;
    expect((await histories.read(ANN, at - 1)).interactions).toHaveLength(1);
    expect((await histories.read(ANN, at)).interactions).toEqual([]);
    expect(await histories.load(ANN, 'interactions', at)).toEqual({
      owner: ANN,
      part: 'interactions',
      version: 1,
      facts: noFacts,
    });
  });

  it('of somebody who is at it every evening takes two write units for a view, a list or an order', async () => {
    const { client, writeUnits } = meteredClient(dynoxide);
    const metered = historyStore(client, table);
    const facts = full();
    const units: Record<string, number> = {};
    for (const part of ['interactions', 'purchases', 'shown'] as const) {
      const before = writeUnits();
      await metered.save({ owner: ANN, part, version: 1, facts: { ...noFacts, [part]: facts[part] } }, NOW_MS);
      units[part] = writeUnits() - before;
    }
    expect(facts.interactions).toHaveLength(100);
    expect(facts.purchases).toHaveLength(200);
    expect(units).toEqual({ interactions: 2, purchases: 2, shown: 2 });
  });
});

describe('what happens in the shop', () => {
  const happened = (n: number, atMs = NOW_MS - n * 60_000) => {
    return { id: `e${n}`, productId: `P${10_000 + ((n * 7_919) % 5_000)}`, kind: happenedKinds[n % 5] ?? 'view', atMs };
  };
  const many = Array.from({ length: 1_000 }, (_, n) => happened(n));

  it('is known, once, the latest of it', async () => {
    const recent = recentStore(dynoxide.client, table);
    expect(await recent.read()).toEqual([]);
    expect(await recent.add([happened(2), happened(1)], NOW_MS)).toBe('added');
    expect(await recent.add([happened(1)], NOW_MS)).toBe('unchanged');
    expect(await recentStore(dynoxide.client, table).add([happened(2)], NOW_MS)).toBe('unchanged');
    const { id: _, ...first } = happened(1);
    expect((await recent.read())[0]).toEqual(first);
    const [item] = await batchGet(dynoxide.client, table, [recommendKeys.recent]);
    expect(recentIn(item)).toHaveLength(2);
  });

  it('is bounded, and says nothing of who it was', async () => {
    const { client, writeUnits } = meteredClient(dynoxide);
    const recent = recentStore(client, table);
    await recent.add(many.slice(0, RECENT_LIMIT), NOW_MS);
    expect(writeUnits()).toBe(2);
    await recent.add(many, NOW_MS);
    const sample = await recent.read();
    expect(sample).toHaveLength(RECENT_LIMIT);
    expect(new Set(sample.flatMap(Object.keys))).toEqual(new Set(['productId', 'kind', 'atMs']));
  });

  it('in the future is none of it', async () => {
    const recent = recentStore(dynoxide.client, table);
    expect(await recent.add([happened(1, NOW_MS + DAY_MS)], NOW_MS)).toBe('unchanged');
  });

  it('is written by several at once, each of whom tries twice', async () => {
    const [one, other] = [recentStore(dynoxide.client, table), recentStore(dynoxide.client, table)];
    await one.add([happened(1)], NOW_MS);
    await other.add([happened(2)], NOW_MS);
    // What this one remembers is not so any more.
    expect(await one.add([happened(3)], NOW_MS)).toBe('added');
    expect(await one.read()).toHaveLength(3);
    const crowd = Array.from({ length: 8 }, (_, n) =>
      recentStore(dynoxide.client, table).add([happened(10 + n)], NOW_MS),
    );
    const outcomes = await Promise.all(crowd);
    expect(outcomes).toContain('added');
    expect((await one.read()).length).toBe(3 + outcomes.filter((it) => it === 'added').length);
  });

  it('in a busy shop is a share of it, that reaches further back', async () => {
    const recent = recentStore(dynoxide.client, table);
    const busy = Array.from({ length: 20_000 }, (_, n) => happened(n, NOW_MS + n * 100));
    for (let from = 0; from < busy.length; from += 500) {
      const part = busy.slice(from, from + 500);
      await recent.add(part, part.at(-1)?.atMs ?? 0);
    }
    const sample = await recent.read();
    const spanMs = (sample[0]?.atMs ?? 0) - (sample.at(-1)?.atMs ?? 0);
    // Three hundred clicks in a row are half a minute.
    expect(spanMs).toBeGreaterThan(300_000);
    expect(shareTaken(sample, sample[0]?.atMs ?? 0)).toBeLessThan(0.2);
  });
});
