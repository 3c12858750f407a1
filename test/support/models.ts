import type { Model, ModelHeader } from '../../shared/domain/recommend/model.ts';
import { versionOf } from '../../shared/domain/recommend/model-format.ts';

export const SHOP = 'shop-test';

const header: ModelHeader = {
  version: '',
  shop: SHOP,
  trainedAtMs: Date.parse('2026-01-05T10:00:00Z'),
  catalogueUpToMs: Date.parse('2026-01-05T09:00:00Z'),
  counts: { items: 3, sessions: 2, interactions: 5, purchases: 1 },
  weights: { home: { session: 1 }, product: { neighbours: 1, content: 0.5 }, cart: {} },
  figures: { hr20: 0.5 },
};

/** Columns such as a section has, of no meaning: enough for a file, and nothing to recommend with. */
const columns = {
  sessions: { items: Uint32Array.of(0, 1, 2, 1, 0), endedAt: Uint32Array.of(1_700_000_000, 1_700_000_060) },
  neighbours: { weights: Float32Array.of(0.5, 0.25) },
  repeat: { share: Float64Array.of(0.1) },
  together: { at: Uint16Array.of(1, 2, 3), kinds: Uint8Array.of(4) },
  members: { shift: Int32Array.of(-1) },
  popularity: { counts: Uint32Array.of(1, 2, 3) },
};

const asOf = '2026-01-05T08:00:00Z';

/** A small model of the version that it has; parts of it are what the test says. */
export function modelOf(parts: Partial<Omit<Model, 'header'>> = {}, said: Partial<ModelHeader> = {}): Model {
  const model: Model = {
    header: { ...header, ...said },
    ids: ['P1', 'P2', 'P3'],
    products: [
      {
        productId: 'P1',
        name: 'Tea',
        brandId: 'b1',
        categories: ['Food/Tea'],
        price: 1_299,
        currency: 'CNY',
        asOf,
        eventId: 'e1',
      },
      { productId: 'P2', name: '面膜', categories: [], availability: 'in_stock', asOf, eventId: 'e2' },
      undefined,
    ],
    ...(columns as unknown as Omit<Model, 'header' | 'ids' | 'products'>),
    ...parts,
  };
  return { ...model, header: { ...model.header, version: said.version ?? versionOf(model) } };
}
