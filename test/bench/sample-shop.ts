/** A shop that is made up, of any size and the same in every run: its products, what was looked at and what was bought. */
import { type Chance, chanceOf } from '../../infra/attacks/chance.ts';
import { NumberColumn } from '../../infra/evaluation/number-column.ts';
import { syntheticSessions } from '../../infra/evaluation/synthetic-sessions.ts';
import { happenedKinds } from '../../shared/domain/recommend/features.ts';
import type { ProductFacts } from '../../shared/domain/recommend/product-facts.ts';
import type { TrainingData } from '../../shared/domain/recommend/train-model.ts';
import type { InteractionLog, PurchaseLog, SessionLog } from '../../shared/domain/recommend/training-log.ts';

export type SampleShop = { products: number; interactions: number; seed: number };

/** When the newest thing happened, and over how many days all of it did. */
const END_SECONDS = Date.parse('2026-10-01T00:00:00Z') / 1_000;
const DAYS = 60;
const DAY_SECONDS = 86_400;

/** Lines of baskets for each look at a product, baskets of one member, and how often one of them has a product of the last again. */
const LINES_PER_INTERACTION = 0.1;
const MOST_BASKETS = 8;
const BOUGHT_AGAIN = 0.4;
const MOST_DAYS_BETWEEN = 30;

/** As many as products that are taken one for the other in the made-up sessions. */
const PRODUCTS_PER_TOPIC = 60;
const TOPICS_PER_SHELF = 12;
const PRODUCTS_PER_BRAND = 100;
const SYLLABLES = [
  'ba',
  'cor',
  'del',
  'fi',
  'gran',
  'hol',
  'ju',
  'kem',
  'lis',
  'mor',
  'nat',
  'pel',
  'quo',
  'ri',
  'sun',
];

/** All that a model of the shop would be trained on. */
export function sampleShop({ products, interactions, seed }: SampleShop): TrainingData {
  const sessions = spread(syntheticSessions({ interactions, items: products, seed }));
  const facts = Array.from({ length: products }, (_, item) => sampleProduct(item, products));
  return {
    ids: facts.map(({ productId }) => productId),
    products: facts,
    interactions: interactionsOf(sessions),
    sessions,
    purchases: purchasesOf({ products, interactions: Math.ceil(interactions * LINES_PER_INTERACTION), seed: seed + 1 }),
    newestMs: END_SECONDS * 1_000,
  };
}

/** What the catalogue of a shop of so many products says of one of them. */
export function sampleProduct(item: number, products: number): ProductFacts {
  const topics = Math.max(1, Math.round(products / PRODUCTS_PER_TOPIC));
  const topic = item % topics;
  const place = Math.floor(item / topics);
  const chance = chanceOf(item + 1);
  const ofTopic = chanceOf(1_000_003 + topic);
  return {
    productId: `sku-${item}`,
    name: [word(chance), word(ofTopic), word(ofTopic), word(chance)].join(' '),
    brandId: `brand-${(3 * topic + (place % 6)) % Math.max(1, Math.round(products / PRODUCTS_PER_BRAND))}`,
    supplierId: `sup-${topic % 50}`,
    categories: [`Shelf ${Math.floor(topic / TOPICS_PER_SHELF)}/Topic ${topic}`],
    // Dear things are few; what a topic sells differs less than what the shop does.
    price: Math.round(200 * 2 ** (4 * ofTopic.next()) * 2 ** (2 * chance.next() - 1)),
    currency: 'EUR',
    availability: chance.happens(0.95) ? 'in_stock' : 'out_of_stock',
    asOf: '2026-01-01T00:00:00.000Z',
    eventId: `evt-${item}`,
  };
}

function word(chance: Chance): string {
  return [chance.one(SYLLABLES), chance.one(SYLLABLES), chance.one(SYLLABLES)].join('');
}

/** Sessions end one after the other over the days. */
function spread(log: SessionLog): SessionLog {
  const count = log.endedAt.length;
  const first = END_SECONDS - DAYS * DAY_SECONDS;
  return { ...log, endedAt: log.endedAt.map((session) => first + Math.floor((session / count) * DAYS * DAY_SECONDS)) };
}

/** Of forty looks three end in the basket, and one of them in an order. */
function interactionsOf({ itemCount, from, items, endedAt }: SessionLog): InteractionLog {
  const [view, cart, order] = (['view', 'cart', 'order'] as const).map((kind) => happenedKinds.indexOf(kind));
  const kinds = new Uint8Array(items.length);
  const at = new Uint32Array(items.length);
  for (let session = 0; session < endedAt.length; session += 1) {
    for (let row = from[session] as number; row < (from[session + 1] as number); row += 1) {
      kinds[row] = (row % 40 === 0 ? order : row % 20 === 1 ? cart : view) ?? 0;
      at[row] = endedAt[session] as number;
    }
  }
  return { itemCount, items, kinds, at };
}

/** Members with some baskets each, weeks apart; many have something that the one before had. */
function purchasesOf({ products, interactions, seed }: SampleShop): PurchaseLog {
  const { from: starts, items: drawn } = syntheticSessions({ interactions, items: products, seed });
  const chance = chanceOf(seed);
  const [from, lines, items] = [new NumberColumn([0]), new NumberColumn([0]), new NumberColumn()];
  const boughtAt = new NumberColumn();
  for (let session = 0; session + 1 < starts.length; ) {
    const baskets = Math.min(chance.whole(1, MOST_BASKETS), starts.length - 1 - session);
    let at = END_SECONDS - baskets * MOST_DAYS_BETWEEN * DAY_SECONDS;
    let before: number[] = [];
    for (const end = session + baskets; session < end; session += 1) {
      const basket = new Set(drawn.subarray(starts[session], starts[session + 1]));
      if (before.length > 0 && chance.happens(BOUGHT_AGAIN)) basket.add(chance.one(before));
      for (const item of basket) items.push(item);
      lines.push(items.length);
      at += chance.whole(1, MOST_DAYS_BETWEEN) * DAY_SECONDS;
      boughtAt.push(at);
      before = [...basket];
    }
    from.push(boughtAt.length);
  }
  return {
    itemCount: products,
    from: from.toUint32Array(),
    lines: lines.toUint32Array(),
    items: items.toUint32Array(),
    boughtAt: boughtAt.toUint32Array(),
  };
}
