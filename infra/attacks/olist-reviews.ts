import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from '../importers/csv.ts';
import { readExport } from '../importers/read-export.ts';
import type { SimulatedReview } from './simulated-review.ts';
import { DAY_MS } from './simulated-review.ts';

/** From the project's root. */
export const OLIST_FOLDER = '../shared/data/olist';

const FILES = {
  orders: 'olist_orders_dataset.csv.gz',
  items: 'olist_order_items_dataset.csv.gz',
  reviews: 'olist_order_reviews_dataset.csv.gz',
  customers: 'olist_customers_dataset.csv.gz',
} as const;

export function hasOlist(folder: string): boolean {
  return Object.values(FILES).every((file) => existsSync(join(folder, file)));
}

export type OlistReviews = {
  /** By time, then id. */
  reviews: SimulatedReview[];
  /** Rows that are no review here: broken, of an order without a line, or of a review that was read before. */
  leftOut: number;
};

/**
 * Every review of the Olist export: one of the product of its order's first line, by the person who ordered, at the time it was
 * written (or, where that cannot be read, asked for). It is verified where the order had been delivered by then; the account
 * counts from the person's first order; the seller stands for the brand.
 */
export async function olistReviews(folder: string): Promise<OlistReviews> {
  const persons = new Map<string, string>();
  await eachRow(join(folder, FILES.customers), (row) => persons.set(row('customer_id'), row('customer_unique_id')));
  const orders = new Map<string, { person: string; deliveredMs: number }>();
  const firstOrderMs = new Map<string, number>();
  await eachRow(join(folder, FILES.orders), (row) => {
    const person = persons.get(row('customer_id')) ?? row('customer_id');
    const orderedMs = instantOf(row('order_purchase_timestamp'));
    orders.set(row('order_id'), { person, deliveredMs: instantOf(row('order_delivered_customer_date')) });
    firstOrderMs.set(person, Math.min(orderedMs, firstOrderMs.get(person) ?? orderedMs));
  });
  const lines = new Map<string, { productId: string; sellerId: string }>();
  await eachRow(join(folder, FILES.items), (row) => {
    const orderId = row('order_id');
    if (!lines.has(orderId)) lines.set(orderId, { productId: row('product_id'), sellerId: row('seller_id') });
  });
  const found = new Map<string, SimulatedReview>();
  let rows = 0;
  await eachRow(join(folder, FILES.reviews), (row) => {
    rows += 1;
    const order = orders.get(row('order_id'));
    const line = lines.get(row('order_id'));
    const stars = Number(row('review_score'));
    const writtenMs = instantOf(row('review_answer_timestamp'));
    const atMs = Number.isNaN(writtenMs) ? instantOf(row('review_creation_date')) : writtenMs;
    const reviewId = row('review_id');
    if (order === undefined || line === undefined || found.has(reviewId)) return;
    if (Number.isNaN(atMs) || !(stars >= 1 && stars <= 5)) return;
    const since = firstOrderMs.get(order.person) ?? atMs;
    found.set(reviewId, {
      reviewId,
      memberId: order.person,
      productId: line.productId,
      brandId: line.sellerId,
      atMs,
      stars,
      verified: order.deliveredMs <= atMs,
      text: `${row('review_comment_title')} ${row('review_comment_message')}`.trim(),
      accountAgeDays: Math.max(0, Math.floor((atMs - since) / DAY_MS)),
    });
  });
  const reviews = [...found.values()].sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1));
  return { reviews, leftOut: rows - reviews.length };
}

type Row = (name: string) => string;

async function eachRow(path: string, take: (row: Row) => void): Promise<void> {
  let columns: Map<string, number> | undefined;
  for await (const records of readCsv(readExport(path))) {
    for (const record of records) {
      if ('problem' in record) continue;
      const { fields } = record;
      if (columns === undefined) {
        columns = new Map(fields.map((name, index) => [name, index]));
        continue;
      }
      const places = columns;
      take((name) => fields[places.get(name) ?? -1] ?? '');
    }
  }
}

/** The shop's clock is taken for UTC; NaN where there is no time. */
function instantOf(text: string): number {
  return /^\d{4}-\d{2}-\d{2}/.test(text)
    ? Date.parse(`${text.replace(' ', 'T')}${text.includes(':') ? 'Z' : ''}`)
    : Number.NaN;
}
