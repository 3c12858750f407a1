import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pageOf } from '../../../functions/recommend/page.ts';
import type { PageRequest } from '../../../functions/recommend/page-request.ts';
import type { RecommendStores } from '../../../functions/recommend/stores.ts';
import type { KnownOfSomebody } from '../../../shared/adapters/dynamo/recommend-reader.ts';
import { personalizeClient } from '../../../shared/adapters/personalize/client.ts';
import { managedRecommender } from '../../../shared/adapters/personalize/managed-recommender.ts';
import { personalizeEngine } from '../../../shared/adapters/personalize/personalize-engine.ts';
import type { EngineName } from '../../../shared/domain/recommend/engine-chain.ts';
import { emptyHistory } from '../../../shared/domain/recommend/history-fold.ts';
import type { Model } from '../../../shared/domain/recommend/model.ts';
import type { MetricCounts } from '../../../shared/runtime/metrics.ts';
import type { ModelRefusal } from '../../../shared/runtime/model-source.ts';
import { recommenderSource } from '../../../shared/runtime/recommender-source.ts';
import {
  type PersonalizeStandIn,
  type StandInMode,
  startPersonalizeStandIn,
} from '../../support/personalize-stand-in.ts';
import { policyOf } from '../../support/policies.ts';
import { factsOf, IDS, memoryFeed, smallModel, TRAINED_MS } from '../../support/recommend-shop.ts';

const nowMs = TRAINED_MS + 3_600_000;
const catalogue = IDS.map((id) => ({ at: '2026-01-10T00:00:00.000Z', product: factsOf(id) }));

let counted: MetricCounts[] = [];
let standIn: PersonalizeStandIn;
beforeAll(async () => {
  standIn = await startPersonalizeStandIn();
});
afterAll(() => standIn.stop());
beforeEach(() => {
  standIn.mode = 'ok';
  standIn.calls.length = 0;
  counted = [];
  standIn.items = ['rake', 'spade', 'not-of-this-shop'];
});

type Shop = { model?: Model; refusal?: ModelRefusal; cap?: 'reserved' | 'cap_reached'; campaign?: boolean };

function storesOf({ model, refusal, cap = 'reserved', campaign = true }: Shop): RecommendStores {
  const spend = { reserve: async () => cap };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = personalizeClient({ endpoint: standIn.url, region: 'eu-west-1', credentials });
  const campaigns = { personal: 'arn:aws:personalize:eu-west-1:000000000000:campaign/shop' };
  const models = { current: async () => model, refusal: () => refusal };
  return {
    recommenders: recommenderSource({ models, feed: memoryFeed(catalogue) }),
    managed: campaign ? personalizeEngine({ client, campaigns, spend }) : managedRecommender('', spend),
    pseudonyms: async () => (kind: string, id: string) => `${kind} ${[...id].reverse().join('')}`,
    tally: (counts: MetricCounts) => counted.push(counts),
    newId: () => 'rec-1',
  } as unknown as RecommendStores;
}

const viewed = (...productIds: string[]): KnownOfSomebody => {
  const interactions = productIds.map((productId, at) => ({
    eventId: `e${at}`,
    kind: 'view' as const,
    productId,
    atMs: nowMs - 60_000 * (productIds.length - at),
  }));
  return { history: { ...emptyHistory, interactions }, serving: undefined, recent: [] };
};

async function ask(
  shop: Shop,
  known: KnownOfSomebody,
  more: Partial<PageRequest> = {},
  values: Record<string, unknown> = {},
) {
  const owner = { kind: 'member', id: 'mem-1' } as const;
  const request: PageRequest = {
    owner,
    context: 'home',
    filters: {},
    limit: 4,
    personal: true,
    nowMs,
    count: () => undefined,
    ...more,
  };
  // Long enough for a busy machine; the stand-in that is slow answers only when it is let go.
  const policy = policyOf({ 'recommendations.timeoutMs': 2_000, ...values });
  return (await pageOf(request, known, policy, storesOf(shop))).body;
}
const causes = (page: Awaited<ReturnType<typeof ask>>): [EngineName, string | undefined][] =>
  page.engine.attempts.map(({ engine, cause }) => [engine, cause]);

describe('what is counted of a page', () => {
  const rows: [what: string, shop: Shop, counts: MetricCounts][] = [
    ['a list of the model', { model: smallModel() }, { Recommended: 1, FellBack: 0, SpendCapReached: 0 }],
    ['one of an engine that stands in', {}, { Recommended: 1, FellBack: 1, SpendCapReached: 0 }],
    ['one that would have cost too much', { cap: 'cap_reached' }, { Recommended: 1, FellBack: 1, SpendCapReached: 1 }],
  ];
  it.each(rows)('is %s', async (_what, shop, counts) => {
    await ask(shop, viewed('teapot'));
    expect(counted).toEqual([counts]);
  });

  it('is no failure where nothing is known of anybody', async () => {
    const page = await ask({ model: smallModel() }, viewed());
    expect(page.engine.fallback?.cause).toBe('cold');
    expect(counted).toMatchObject([{ Recommended: 1, FellBack: 0 }]);
  });
});

describe('a page', () => {
  it('is the model’s where there is one, and no service is asked or paid', async () => {
    const page = await ask({ model: smallModel() }, viewed('teapot'));
    expect(page.engine).toMatchObject({ name: 'in_house', modelVersion: expect.any(String) });
    expect(page.items).toHaveLength(4);
    expect(standIn.calls).toEqual([]);
  });

  it('is Personalize’s where there is no model: its order, our rules, our reasons, its cost', async () => {
    const page = await ask({}, viewed('teapot'));
    expect(page.engine).toMatchObject({
      name: 'personalize',
      costMicros: 56,
      fallback: { from: 'in_house', cause: 'no_model' },
    });
    expect(page.items.slice(0, 2).map(({ productId }) => productId)).toEqual(['rake', 'spade']);
    expect(page.items[0]?.reasons[0]).toMatchObject({ code: 'personalize' });
    // What it gives is short by a product that the shop does not know, so the page is filled up.
    expect(page.items.slice(2).every(({ engine }) => engine === 'newest')).toBe(true);
    expect(page.items).toHaveLength(4);
  });

  it('tells the service neither who somebody is nor anything without consent', async () => {
    await ask({}, viewed('teapot'));
    expect(JSON.stringify(standIn.calls)).not.toContain('mem-1');
    standIn.calls.length = 0;
    const page = await ask({}, viewed('teapot'), { personal: false });
    expect(standIn.calls).toEqual([]);
    expect(causes(page)).toContainEqual(['personalize', 'cold']);
  });

  it.each<[StandInMode, string]>([
    ['failing', 'error'],
    ['failing_html', 'error'],
    ['throttled', 'error'],
    ['garbage', 'error'],
    ['wrong_shape', 'error'],
    ['closing', 'error'],
    ['empty', 'empty'],
    ['not_found', 'no_campaign'],
  ])('is full though the service is %s, and says so', async (mode, cause) => {
    standIn.mode = mode;
    const page = await ask({}, viewed('teapot'));
    expect(page.items).toHaveLength(4);
    expect(causes(page)).toContainEqual(['personalize', cause]);
  });

  it('does not wait for a service that is slow', async () => {
    standIn.mode = 'slow';
    const page = await ask({}, viewed('teapot'), {}, { 'recommendations.timeoutMs': 20 });
    standIn.release();
    expect(page.items).toHaveLength(4);
    expect(causes(page)).toContainEqual(['personalize', 'timeout']);
  });

  it('asks for no money that the month does not have', async () => {
    const page = await ask({ cap: 'cap_reached' }, viewed('teapot'));
    expect(causes(page)).toContainEqual(['personalize', 'spend_cap']);
    expect(standIn.calls).toEqual([]);
  });

  it('is full without model and without campaign, and says both', async () => {
    const page = await ask({ campaign: false }, viewed('teapot'));
    expect(page.items).toHaveLength(4);
    expect(causes(page).slice(0, 2)).toEqual([
      ['in_house', 'no_model'],
      ['personalize', 'no_campaign'],
    ]);
  });

  it.each(['corrupt', 'truncated', 'newer_format', 'other_shop'] as const)(
    'names a model that is refused: %s',
    async (code) => {
      const page = await ask({ refusal: { version: 'v', code, reason: 'why' }, campaign: false }, viewed('teapot'));
      expect(page.engine.fallback).toEqual({ from: 'in_house', cause: 'refused_model' });
      expect(page.items).toHaveLength(4);
    },
  );

  it('goes on with the model it has while another is refused', async () => {
    const refusal = { version: 'next', code: 'corrupt', reason: 'why' } as const;
    const page = await ask({ model: smallModel(), refusal }, viewed('teapot'));
    expect(page.engine.name).toBe('in_house');
  });

  it('is of one product where the shop has one', async () => {
    const feed = memoryFeed(catalogue.slice(0, 1));
    const stores = {
      ...storesOf({ campaign: false }),
      recommenders: recommenderSource({ models: { current: async () => undefined, refusal: () => undefined }, feed }),
    };
    const asked = { owner: undefined, context: 'home', filters: {}, limit: 20, personal: false } as const;
    const request: PageRequest = { ...asked, nowMs, count: () => undefined };
    const { body } = await pageOf(request, viewed(), policyOf(), stores);
    expect(body.items.map(({ productId }) => productId)).toEqual(['teapot']);
  });

  it('has reasons that add up and figures that people can read', async () => {
    const page = await ask({ model: smallModel() }, viewed('teapot', 'hose'), { limit: 20 });
    for (const { score, reasons } of page.items) {
      expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score, 9);
      expect(String(score).length).toBeLessThanOrEqual(15);
    }
  });
});
