import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { planOlist } from '../../infra/importers/olist.ts';
import { sendEvents } from '../../infra/importers/send-events.ts';
import { ShopConnection } from '../../infra/importers/shop-connection.ts';
import { createRuntime } from '../../infra/local/runtime.ts';
import { OlistDirectories, type OlistRows } from './olist-export.ts';
import { classesOf, figuresOf } from './retail-export.ts';

const directories = new OlistDirectories();
afterAll(() => directories.clear());

const real = join(process.env.RAPPORT_DATA ?? join(import.meta.dirname, '../../../shared/data'), 'olist');
const isThere = existsSync(real);
if (!isThere) console.warn(`The Olist export is not at ${real}: its accounting is not tested.`);

/** Forty delivered orders of two sellers; of the second, every other buyer is disappointed. */
function smallShop(): OlistRows {
  const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
  const day = (number: number): string => `2018-01-${String(1 + (number % 20)).padStart(2, '0')}`;
  const sellerOf = (number: number): number => 1 + (number % 2);
  return {
    customers: numbers.map((it) => `c${it},m${it},,,`),
    categories: ['beleza,beauty'],
    orders: numbers.map((it) => `o${it},c${it},delivered,${day(it)} 10:00:00,,,${day(it)} 18:00:00,`),
    products: ['p1,beleza,,,,,,,', 'p2,beleza,,,,,,,'],
    sellers: ['s1,,,', 's2,,,'],
    items: numbers.map((it) => `o${it},1,p${sellerOf(it)},s${sellerOf(it)},,10.00,1.00`),
    reviews: numbers.map((it) => {
      const stars = sellerOf(it) === 1 ? 5 : 1 + (it % 4);
      return `r${it},o${it},${stars},,Pedido ${it} chegou ${it % 3} dias antes,,2018-01-2${it % 8} 12:00:00`;
    }),
  };
}

type Rating = { rating: { count: number; mean: number } };
type Score = { score: number; window: { orders: number }; components: { contribution: number }[] };

test('an export goes through the whole backend, and a second time it changes nothing', {
  timeout: 120_000,
}, async () => {
  const plan = await directories.plan(smallShop());
  const runtime = await createRuntime({ port: 0, virtualClock: true });
  try {
    const shop = await ShopConnection.open({ url: runtime.url, scope: 'events:write reputation:read' });
    const known = async () => ({
      ratings: await Promise.all([1, 2].map((it) => shop.get<Rating>(`/v1/products/p${it}/reputation`))),
      scores: await Promise.all([1, 2].map((it) => shop.get<Score>(`/v1/suppliers/s${it}/reputation`))),
    });
    const send = async () => {
      const tally = await sendEvents({ events: plan.events(), post: (batch) => shop.postEvents(batch) });
      return { accepted: tally.accepted, refused: tally.refused, ...(await shop.settle()) };
    };
    expect(await send()).toEqual({ accepted: 122, refused: 0, deadLetters: 0 });
    const once = await known();
    expect(once.ratings).toMatchObject([{ rating: { count: 20, mean: 5 } }, { rating: { count: 20, mean: 3 } }]);
    const [good, bad] = once.scores;
    expect(good?.window.orders).toBe(20);
    expect(good?.score).toBeGreaterThan(bad?.score ?? 100);
    expect(await send()).toEqual({ accepted: 122, refused: 0, deadLetters: 0 });
    expect(await known()).toEqual(once);
  } finally {
    await runtime.stop();
  }
});

// The expected figures were counted a second time by a script in another language that shares no code with this one.
test.runIf(isThere)('every row of the real export is accounted for once', { timeout: 120_000 }, async () => {
  const plan = await planOlist(real);
  const { files = [] } = plan.report;
  expect(Object.fromEntries(files.map(({ name, rows }) => [name, rows]))).toEqual({
    olist_orders_dataset: 99_441,
    olist_order_items_dataset: 112_650,
    olist_order_reviews_dataset: 99_224,
    olist_products_dataset: 32_951,
    olist_sellers_dataset: 3_095,
    olist_customers_dataset: 99_441,
    product_category_name_translation: 71,
    olist_order_payments_dataset: 103_886,
  });
  for (const { rows, classes } of files) expect(classes.reduce((sum, it) => sum + it.rows, 0)).toBe(rows);
  expect(classesOf(plan)).toEqual({
    'orders.completed': 96_470,
    'orders.cancelled': 467,
    'orders.open': 1_729,
    'orders.empty': 775,
    'items.line': 102_425,
    'items.folded': 10_225,
    'reviews.sent': 91_547,
    'reviews.beforeDelivery': 6_900,
    'reviews.noItems': 759,
    'reviews.tooEarly': 8,
    'reviews.malformed': 10,
    'products.sent': 32_341,
    'products.uncategorised': 610,
    'sellers.sold': 3_095,
    'customers.ordered': 99_441,
    'categories.used': 71,
    'payments.unused': 103_886,
  });
  expect(figuresOf(plan)).toMatchObject({ orders: 98_666, members: 95_420, suppliers: 3_095, reviews: 102_211 });
});

test.runIf(isThere)(
  'every event of a slice of the real export is valid, and comes in order',
  { timeout: 120_000 },
  async () => {
    const plan = await planOlist(real, { orders: 5_000 });
    const ids = new Set<string>();
    let last = '';
    for (const event of plan.events()) {
      const parsed = findEvent(event.type)?.parse(event);
      if (parsed?.ok !== true || event.time < last || ids.has(event.id)) expect.fail(JSON.stringify([event, parsed]));
      ids.add(event.id);
      last = event.time;
    }
    expect(ids.size).toBe(plan.eventCount);
  },
);
