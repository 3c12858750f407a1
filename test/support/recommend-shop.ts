import type { CatalogueFeedStore } from '../../shared/adapters/dynamo/catalogue-feed-store.ts';
import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import type { Model } from '../../shared/domain/recommend/model.ts';
import type { ProductFacts, Standing } from '../../shared/domain/recommend/product-facts.ts';
import { type TrainingData, trainModel } from '../../shared/domain/recommend/train-model.ts';

/** When the shop below was last looked at. */
export const TRAINED_MS = Date.parse('2026-01-15T10:00:00Z');

/** Two trails of products, of which the shop's visitors look at one after the other. */
export const IDS = ['teapot', 'cup', 'saucer', 'hose', 'rake', 'spade'];

export const factsOf = (productId: string, more: Partial<ProductFacts> = {}): ProductFacts => ({
  productId,
  name: productId,
  categories: [IDS.indexOf(productId) < 3 ? 'Home/Kitchen' : 'Garden'],
  brandId: IDS.indexOf(productId) < 3 ? 'hearth' : 'dig',
  asOf: '2026-01-01T00:00:00.000Z',
  eventId: 'e1',
  ...more,
});

/** What happened in a small shop: twenty walks along each trail. */
export function smallShop(): TrainingData {
  const walks = Array.from({ length: 40 }, (_, walk) => (walk % 2 === 0 ? [0, 1, 2] : [3, 4, 5]));
  const endedAt = Uint32Array.from(walks, (_, walk) => TRAINED_MS / 1_000 - (walks.length - 1 - walk) * 600);
  const items = Uint32Array.from(walks.flat());
  return {
    newestMs: TRAINED_MS,
    ids: IDS,
    products: IDS.map((id) => factsOf(id)),
    interactions: {
      itemCount: IDS.length,
      items,
      kinds: new Uint8Array(items.length),
      at: Uint32Array.from(items, (_, row) => endedAt[Math.floor(row / 3)] as number),
    },
    sessions: {
      itemCount: IDS.length,
      from: Uint32Array.from({ length: walks.length + 1 }, (_, walk) => 3 * walk),
      items,
      endedAt,
    },
    purchases: {
      itemCount: IDS.length,
      from: Uint32Array.of(0, 2),
      lines: Uint32Array.of(0, 2, 4),
      items: Uint32Array.of(0, 1, 0, 1),
      boughtAt: Uint32Array.of(TRAINED_MS / 1_000 - 40 * 86_400, TRAINED_MS / 1_000 - 10 * 86_400),
    },
  };
}

/** The model of that shop. */
export function smallModel(shop = 'dev', data = smallShop()): Model {
  return trainModel(data, { shop, weights: defaultWeights, figures: {} });
}

/** A feed of changes in memory: each with the instant at which it came. */
export function memoryFeed(
  changes: { at: string; product: ProductFacts }[],
  standings: Standing[] = [],
): CatalogueFeedStore & { asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    async changedSince(from, limit) {
      asked.push(from);
      const found = changes
        .filter(({ at }) => from === undefined || at >= from)
        .toSorted((a, b) => (a.at < b.at ? -1 : 1));
      const given = from === undefined ? found.slice(-limit) : found.slice(0, limit);
      return {
        products: given.map(({ product }) => product),
        standings: [],
        upTo: given.at(-1)?.at ?? from,
        complete: given.length === found.length,
      };
    },
    standings: async () => standings,
  };
}
