import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { ImportPlan } from '../../infra/importers/importer.ts';
import { planOlist } from '../../infra/importers/olist.ts';
import { OlistDirectories, type OlistRows, oneOrder } from './olist-export.ts';
import { classesOf, eventsOf, figuresOf } from './retail-export.ts';

const directories = new OlistDirectories();
afterEach(() => directories.clear());

const dataOf = (plan: ImportPlan, type: string): unknown[] => eventsOf(plan, type).map(({ data }) => data);

test('an order is placed with a line for each product, seller and price, and completed when it is delivered', async () => {
  const plan = await directories.plan(oneOrder);
  expect(eventsOf(plan, 'order.placed.v1')).toEqual([
    {
      specversion: '1.0',
      id: 'olist:o1:placed',
      source: '/import/olist',
      type: 'order.placed.v1',
      time: '2018-01-01T10:00:00Z',
      subject: 'o1',
      data: {
        orderId: 'o1',
        memberId: 'm1',
        channel: 'web',
        currency: 'BRL',
        lines: [
          { lineId: '1', productId: 'p1', quantity: 2, unitPrice: 5890, supplierId: 's1' },
          { lineId: '3', productId: 'p2', quantity: 1, unitPrice: 9901, supplierId: 's2' },
        ],
        shipping: 2658,
      },
    },
  ]);
  expect(eventsOf(plan, 'order.completed.v1')).toMatchObject([
    { id: 'olist:o1:completed', time: '2018-01-10T15:00:00Z', data: { orderId: 'o1', memberId: 'm1' } },
  ]);
  expect(dataOf(plan, 'order.cancelled.v1')).toEqual([]);
});

test('a product is told of before its first order, with what the export says of it', async () => {
  const plan = await directories.plan(oneOrder);
  expect([...plan.events()].map(({ type }) => type)).toEqual([
    'product.upserted.v1',
    'product.upserted.v1',
    'order.placed.v1',
    'order.completed.v1',
    'review.submitted.v1',
    'review.submitted.v1',
  ]);
  expect(dataOf(plan, 'product.upserted.v1')).toEqual([
    {
      productId: 'p1',
      name: 'health beauty p1',
      categories: ['health_beauty'],
      supplierId: 's1',
      price: 5890,
      currency: 'BRL',
      attributes: { weightGrams: '225', photos: '1' },
    },
    { productId: 'p2', name: 'product p2', categories: [], supplierId: 's2', price: 9901, currency: 'BRL' },
  ]);
});

test('a review of an order gives its stars to each product, and its words to the dearest', async () => {
  const plan = await directories.plan(oneOrder);
  expect(eventsOf(plan, 'review.submitted.v1').map(({ id, time }) => [id, time])).toEqual([
    ['olist:review:r1:o1:p1', '2018-01-12T09:30:00Z'],
    ['olist:review:r1:o1:p2', '2018-01-12T09:30:00Z'],
  ]);
  expect(dataOf(plan, 'review.submitted.v1')).toEqual([
    {
      reviewId: 'r1:p1',
      memberId: 'm1',
      productId: 'p1',
      orderId: 'o1',
      ratings: { product: 4 },
      title: 'bom',
      text: 'Muito bom, "recomendo"\r\nchegou antes',
      locale: 'pt-BR',
    },
    { reviewId: 'r1:p2', memberId: 'm1', productId: 'p2', orderId: 'o1', ratings: { product: 4 } },
  ]);
});

test('what was written before the delivery is about the delivery as well', async () => {
  const early = await directories.plan({ ...oneOrder, reviews: ['r1,o1,1,,,2018-01-09 00:00:00,2018-01-10 14:59:59'] });
  expect(dataOf(early, 'review.submitted.v1')).toMatchObject([
    { ratings: { product: 1, logistics: 1 } },
    { ratings: { product: 1, logistics: 1 } },
  ]);
  expect(classesOf(early)).toMatchObject({ 'reviews.beforeDelivery': 1 });
});

test.each([
  ['canceled', '2018-01-03 12:00:00', '', 'order.cancelled.v1', '2018-01-03T12:00:00Z', 'orders.cancelled'],
  ['unavailable', '', '', 'order.cancelled.v1', '2018-01-01T10:05:00Z', 'orders.cancelled'],
  ['shipped', '2018-01-03 12:00:00', '', undefined, '', 'orders.open'],
  ['delivered', '2018-01-03 12:00:00', '', undefined, '', 'orders.open'],
])('an order that is %s at %s', async (status, carrier, delivered, type, time, counted) => {
  const orders = [`o1,c1,${status},2018-01-01 10:00:00,2018-01-01 10:05:00,${carrier},${delivered},`];
  const plan = await directories.plan({ ...oneOrder, orders });
  const later = [...plan.events()].filter((it) => /^order\.(completed|cancelled)/.test(it.type));
  expect(later.map((it) => [it.type, it.time])).toEqual(type === undefined ? [] : [[type, time]]);
  if (type !== undefined) expect(later[0]?.data).toMatchObject({ reason: status });
  expect(classesOf(plan)).toMatchObject({ [counted]: 1 });
});

test('a time of its own is the answer, or else when the shop asked', async () => {
  const plan = await directories.plan({ ...oneOrder, reviews: ['r1,o1,5,,,2018-01-11 00:00:00,'] });
  expect(eventsOf(plan, 'review.submitted.v1').map(({ time }) => time)).toEqual(Array(2).fill('2018-01-11T00:00:00Z'));
});

test('control characters are taken out of words and counted; empty words are left out', async () => {
  const plan = await directories.plan({
    ...oneOrder,
    reviews: ['r1,o1,5,\u0007,bom\u0000 dia,2018-01-11 00:00:00,2018-01-12 09:30:00'],
  });
  const [review] = dataOf(plan, 'review.submitted.v1');
  expect(review).toMatchObject({ text: 'bom  dia' });
  expect(review).not.toHaveProperty('title');
  expect(figuresOf(plan)).toMatchObject({ reviewsWithWords: 1, controlCharacters: 1 });
});

test('a product that two sellers sold has no supplier of its own', async () => {
  const items = ['o1,1,p1,s1,,10.00,1.00', 'o1,2,p1,s2,,10.00,1.00'];
  const plan = await directories.plan({ ...oneOrder, items });
  expect(dataOf(plan, 'product.upserted.v1')).toMatchObject([{ productId: 'p1' }]);
  expect(dataOf(plan, 'product.upserted.v1')[0]).not.toHaveProperty('supplierId');
  expect(dataOf(plan, 'order.placed.v1')).toMatchObject([{ lines: [{ supplierId: 's1' }, { supplierId: 's2' }] }]);
});

const order = oneOrder.orders[0];
const item = oneOrder.items[0];
const review = 'r1,o1,5,,,2018-01-11 00:00:00,2018-01-12 09:30:00';

test.each<[string, OlistRows, string]>([
  ['an order without id', { orders: [order.replace('o1', '')] }, 'order_id is no id'],
  ['an order with an e-mail address for an id', { orders: [order.replace('o1', 'a@b')] }, 'order_id is no id'],
  ['an order of nobody', { orders: [order.replace('c1', '')] }, 'customer_id is no id'],
  ['a customer of no row', { orders: [order.replace('c1', 'c9')] }, 'customer_id is in no row of the customers'],
  ['an unknown status', { orders: [order.replace('delivered', 'lost')] }, 'order_status is none that is known'],
  ['30 February', { orders: [order.replace('01-01 10:00', '02-30 10:00')] }, 'order_purchase_timestamp is no'],
  ['a broken time', { orders: [order.replace('2018-01-03', '3 Jan')] }, 'order_delivered_carrier_date is no'],
  ['a delivery into the past', { orders: [order.replace('01-10 15', '01-01 09')] }, 'it was delivered before it was'],
  ['an order twice', { orders: [order, order] }, 'order_id stands in an earlier row'],
  ['a column too few', { orders: [order, 'o2,c1'] }, 'there are 8 columns, not 2'],
  ['an item without order', { items: [item.replace('o1', '')] }, 'order_id is no id'],
  ['an item without product', { items: [item.replace('p1', '')] }, 'product_id is no id'],
  ['an item without seller', { items: [item.replace('s1', '')] }, 'seller_id is no id'],
  ['an item at no place', { items: [item.replace('o1,1', 'o1,0')] }, 'order_item_id is no whole number from 1 on'],
  ['a product of no row', { items: [item.replace('p1', 'p9')] }, 'product_id is in no row of the products'],
  ['a seller of no row', { items: [item.replace('s1', 's9')] }, 'seller_id is in no row of the sellers'],
  ['an item twice', { items: [item, item] }, 'order_item_id stands in an earlier row of its order'],
  ['a negative price', { items: [item.replace('58.90', '-1')] }, 'price is no decimal number from 0 on'],
  ['a freight in words', { items: [item.replace('13.29', 'free')] }, 'freight_value is no decimal number from 0 on'],
  ['a price over the limit', { items: [item.replace('58.90', '99999999')] }, 'price is over 10000000'],
  ['a review without id', { reviews: [review.replace('r1', '')] }, 'review_id is no id'],
  ['a review without order', { reviews: [review.replace('o1', '')] }, 'order_id is no id'],
  ['six stars', { reviews: [review.replace(',5,', ',6,')] }, 'review_score is no whole number from 1 to 5'],
  [
    'a review at no time',
    { reviews: ['r1,o1,5,,,,'] },
    'it says neither when it was asked for nor when it was written',
  ],
  ['a review at a broken time', { reviews: [review.replace('09:30:00', '')] }, 'review_answer_timestamp is no'],
  ['a title too long', { reviews: [review.replace(',,,', `,${'x'.repeat(301)},,`)] }, 'the title has over 300'],
  [
    'a message too long',
    { reviews: [review.replace(',,,', `,,${'x'.repeat(10_001)},`)] },
    'the message has over 10000',
  ],
  ['a review twice', { reviews: [review, review] }, 'review_id stands in an earlier row of its order'],
  ['a product without id', { products: [...oneOrder.products, ',,,,,,,,'] }, 'product_id is no id'],
  [
    'a product twice',
    { products: [...oneOrder.products, oneOrder.products[0]] },
    'product_id stands in an earlier row',
  ],
  ['a seller twice', { sellers: [...oneOrder.sellers, oneOrder.sellers[0]] }, 'seller_id stands in an earlier row'],
  ['a customer twice', { customers: ['c1,m1,,,', 'c1,m2,,,'] }, 'customer_id stands in an earlier row'],
  ['a customer who is nobody', { customers: ['c1,m1,,,', 'c2,,,,'] }, 'customer_unique_id is no id'],
  ['a category twice', { categories: ['a,b', 'a,c'] }, 'product_category_name stands in an earlier row'],
  ['a category without name', { categories: ['a,'] }, 'a name is empty'],
])('%s is refused', async (_, rows, reason) => {
  const plan = await directories.plan({ ...oneOrder, ...rows });
  expect(plan.report.malformed.map((it) => it.reason).join()).toContain(reason);
  expectAccounted(plan);
  expectValid(plan);
});

test.each<[string, OlistRows, string]>([
  ['a review older than its order', { reviews: ['r1,o1,5,,,,2017-12-31 09:30:00'] }, 'reviews.tooEarly'],
  ['a review of an order without items', { items: [] }, 'reviews.noItems'],
  ['an order without items', { items: [] }, 'orders.empty'],
  ['a review of an order that was refused', { orders: [] }, 'reviews.noOrder'],
  ['an item of an order that was refused', { orders: [] }, 'items.noOrder'],
  ['a product never sold', { products: [...oneOrder.products, 'p3,,,,,,,,'] }, 'products.unsold'],
  ['a seller who sold nothing', { sellers: [...oneOrder.sellers, 's3,,,'] }, 'sellers.idle'],
  ['a customer without order', { customers: [...oneOrder.customers, 'c2,m2,,,'] }, 'customers.idle'],
  ['a category of nothing', { categories: [...oneOrder.categories, 'a,b'] }, 'categories.unused'],
  ['a payment', { payments: ['o1,1,boleto,1,99.33'] }, 'payments.unused'],
  ['a place', { places: ['01000'] }, 'places.unused'],
])('%s is counted and makes no event', async (_, rows, counted) => {
  const plan = await directories.plan({ ...oneOrder, ...rows });
  expect(classesOf(plan)).toHaveProperty([counted]);
  expect(plan.report.malformed).toEqual([]);
  expectAccounted(plan);
  expectValid(plan);
});

test('the first orders by time alone, with what belongs to them', async () => {
  const rows = {
    ...oneOrder,
    customers: [...oneOrder.customers, 'c2,m2,,,'],
    orders: ['o2,c2,created,2018-02-01 10:00:00,,,,', ...oneOrder.orders],
    items: ['o2,1,p1,s2,,10.00,1.00', ...oneOrder.items],
    reviews: ['r2,o2,1,,,,2018-02-02 00:00:00', ...oneOrder.reviews],
  };
  const plan = await directories.plan(rows, { orders: 1 });
  expect([...plan.events()]).toEqual([...(await directories.plan(oneOrder)).events()]);
  expect(classesOf(plan)).toMatchObject({ 'orders.leftOut': 1, 'items.leftOut': 1, 'reviews.leftOut': 1 });
  expectAccounted(plan);
});

test('the order of the rows changes nothing, nor does a second reading', async () => {
  const reversed = Object.fromEntries(Object.entries(oneOrder).map(([file, rows]) => [file, [...rows].reverse()]));
  const [once, again] = [await directories.plan(oneOrder), await directories.plan(reversed)];
  expect([...again.events()]).toEqual([...once.events()]);
  expect([...once.events()]).toEqual([...once.events()]);
});

test('files that are missing, columns and all else that is no such export are one line', async () => {
  const nowhere = join(directories.make(oneOrder), 'nowhere');
  await expect(planOlist(nowhere)).rejects.toThrow(`${nowhere}: there is no such directory.`);
  const lacking = directories.make(oneOrder);
  rmSync(join(lacking, 'olist_sellers_dataset.csv'));
  rmSync(join(lacking, 'olist_orders_dataset.csv'));
  await expect(planOlist(lacking)).rejects.toThrow(
    `${lacking} lacks olist_orders_dataset.csv.gz, olist_sellers_dataset.csv.gz.`,
  );
  await expect(planOlist(join(lacking, 'olist_customers_dataset.csv'))).rejects.toThrow('is no directory.');
  const swapped = directories.make({ ...oneOrder, places: [] }, []);
  rmSync(join(swapped, 'olist_orders_dataset.csv'));
  renameSync(join(swapped, 'olist_geolocation_dataset.csv'), join(swapped, 'olist_orders_dataset.csv'));
  await expect(planOlist(swapped)).rejects.toThrow('olist_orders_dataset.csv has no column order_id, customer_id,');
});

/** Every row of every file is in one class. */
function expectAccounted({ report }: ImportPlan): void {
  for (const { rows, classes } of report.files ?? []) {
    expect(classes.reduce((sum, it) => sum + it.rows, 0)).toBe(rows);
  }
  expect(report.classes.reduce((sum, { rows }) => sum + rows, 0)).toBe(report.rows);
}

function expectValid(plan: ImportPlan): void {
  const events = [...plan.events()];
  expect(events.filter((event) => findEvent(event.type)?.parse(event).ok !== true)).toEqual([]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(events).toHaveLength(plan.eventCount);
}
