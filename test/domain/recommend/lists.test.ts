import { describe, expect, it } from 'vitest';
import { defaultWeights } from '../../../shared/domain/recommend/default-weights.ts';
import { emptyHistory } from '../../../shared/domain/recommend/history-fold.ts';
import {
  foreignList,
  inHouseList,
  type ListRequest,
  type MadeList,
  newestList,
  popularList,
} from '../../../shared/domain/recommend/lists.ts';
import { questionOf } from '../../../shared/domain/recommend/question.ts';
import { Recommender } from '../../../shared/domain/recommend/recommender.ts';
import { policyOf } from '../../support/policies.ts';
import { factsOf, smallModel, TRAINED_MS } from '../../support/recommend-shop.ts';

const nowMs = TRAINED_MS + 3_600_000;
const policy = policyOf().recommendations;

function requestOf(recommender: Recommender, viewed: string[], more: Partial<ListRequest> = {}): ListRequest {
  const interactions = viewed.map((productId, at) => ({
    eventId: `e${at}`,
    kind: 'view' as const,
    productId,
    atMs: nowMs - 60_000 * (viewed.length - at),
  }));
  const asked = { context: 'home', personal: true, nowMs } as const;
  const question = questionOf({ ...emptyHistory, interactions }, recommender.catalogue, asked, policy);
  return { question, filters: {}, limit: 10, shown: [], timeZone: 'UTC', seed: 1, ...more };
}

function listed(list: ReturnType<typeof inHouseList>): MadeList {
  if (!('items' in list)) throw new Error(list.cause);
  return list;
}
const idsOf = (list: MadeList): string[] => list.items.map(({ productId }) => productId);

describe('lists', () => {
  it('are of the model where there is one and something to go by', () => {
    const recommender = new Recommender(smallModel());
    const list = listed(inHouseList(recommender, requestOf(recommender, ['teapot']), policy, defaultWeights));
    expect(idsOf(list).slice(0, 3).toSorted()).toEqual(['cup', 'saucer', 'teapot']);
    for (const { score, reasons } of list.items) {
      expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(score);
    }
  });

  it('are refused by name where there is no model, or nothing to go by', () => {
    const without = new Recommender();
    expect(inHouseList(without, requestOf(without, []), policy, defaultWeights)).toEqual({ cause: 'no_model' });
    const recommender = new Recommender(smallModel());
    expect(inHouseList(recommender, requestOf(recommender, []), policy, defaultWeights)).toEqual({ cause: 'cold' });
  });

  it('go by the policy’s weights where it has some, and else by those that were learnt', () => {
    const recommender = new Recommender(smallModel());
    const own = policyOf({
      'recommendations.weights.home': { session: 0, neighbours: 0, trending: 0 },
    }).recommendations;
    const codes = listed(inHouseList(recommender, requestOf(recommender, ['teapot']), own, defaultWeights))
      .items.flatMap(({ reasons }) => reasons)
      .map(({ code }) => code);
    expect(codes).toContain('content');
    expect(codes).not.toContain('session');
    expect(codes).not.toContain('trending');
  });

  it('keep content a say that nothing learnt can take, so that a new product is found', () => {
    const model = smallModel();
    const learnt = { home: { session: 1 }, product: { session: 1 }, cart: { session: 1 } };
    const recommender = new Recommender({ ...model, header: { ...model.header, weights: learnt } });
    recommender.applyProduct(
      factsOf('teapot-new', { name: 'teapot', categories: ['Home/Kitchen'], brandId: 'hearth' }),
    );
    const list = listed(inHouseList(recommender, requestOf(recommender, ['teapot']), policy, defaultWeights));
    const found = list.items.find(({ productId }) => productId === 'teapot-new');
    expect(found?.reasons.map(({ code }) => code)).toContain('content');
  });

  it('count what the filters have left out, also where nothing is left', () => {
    const recommender = new Recommender(smallModel());
    const request = requestOf(recommender, ['teapot'], { filters: { categories: ['Moon'] } });
    const list = listed(inHouseList(recommender, request, policy, defaultWeights));
    expect(list.items).toEqual([]);
    expect(list.leftOut.other_category).toBeGreaterThan(0);
  });

  it('say of a page’s own product that others go with it, and of a visit that there was one', () => {
    const recommender = new Recommender(smallModel());
    const page = { context: 'product', productId: 'teapot', personal: true, nowMs } as const;
    const question = questionOf(emptyHistory, recommender.catalogue, page, policy);
    const request = { ...requestOf(recommender, []), question, pageItem: 0 };
    const beside = JSON.stringify(listed(inHouseList(recommender, request, policy, defaultWeights)));
    expect(beside).toContain('Goes with teapot');
    expect(beside).not.toContain('viewed');
    const visited = listed(inHouseList(recommender, requestOf(recommender, ['teapot']), policy, defaultWeights));
    expect(JSON.stringify(visited)).toContain('Because you viewed teapot today');
  });

  it('are popular by the model and by what has happened since', () => {
    const recommender = new Recommender(smallModel());
    recommender.setLive(
      Array.from({ length: 9 }, (_, at) => ({ productId: 'spade', kind: 'order', atMs: TRAINED_MS + at })),
    );
    expect(idsOf(popularList(recommender, requestOf(recommender, []), policy))[0]).toBe('spade');
    recommender.setLive([]);
    expect(idsOf(popularList(recommender, requestOf(recommender, []), policy)).toSorted()).toEqual([
      'cup',
      'hose',
      'rake',
      'saucer',
      'spade',
      'teapot',
    ]);
  });

  it('are newest first, without what cannot be sold', () => {
    const recommender = new Recommender();
    recommender.applyProduct(
      factsOf('cup', { asOf: '2026-01-02T00:00:00.000Z', categories: ['A'], brandId: undefined }),
    );
    recommender.applyProduct(
      factsOf('hose', { asOf: '2026-01-03T00:00:00.000Z', categories: ['B'], brandId: undefined }),
    );
    recommender.applyProduct(factsOf('rake', { asOf: '2026-01-04T00:00:00.000Z', availability: 'out_of_stock' }));
    const list = newestList(recommender, requestOf(recommender, []), policy);
    expect(idsOf(list)).toEqual(['hose', 'cup']);
    expect(list.items[0]?.reasons[0]).toMatchObject({ code: 'newest', text: 'New in the shop' });
  });

  it('of another engine obey the same rules, and hold nothing that the shop does not know', () => {
    const recommender = new Recommender(smallModel());
    recommender.applyProduct(factsOf('rake', { asOf: '2026-01-14T00:00:00.000Z', availability: 'discontinued' }));
    const found = ['rake', 'nobody-knows', 'spade', 'cup'].map((productId) => ({ productId }));
    const list = foreignList(found, recommender, requestOf(recommender, []), policy);
    expect(idsOf(list)).toEqual(['spade', 'cup']);
    expect(list.leftOut).toMatchObject({ discontinued: 1 });
  });
});
