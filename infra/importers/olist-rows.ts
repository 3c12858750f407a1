import { ID_PATTERN } from '../../events/ids.ts';
import { CONTROL, LIMITS } from '../../events/values.ts';
import { parseMinorUnits } from './minor-units.ts';
import type { OlistRow } from './olist-files.ts';

/** What a row says, or what is wrong with it in the words of its column, so that rows group by reason. */
export type OlistReading<Value> = { ok: true; value: Value } | { ok: false; reason: string };

/** Longest id in the export: events join two of them, and an id of this shop has 128 characters. */
const ID_LENGTH = 32;

const STATUSES = [
  'created',
  'approved',
  'processing',
  'invoiced',
  'shipped',
  'delivered',
  'canceled',
  'unavailable',
] as const;

export type OlistStatus = (typeof STATUSES)[number];

export type OrderRow = {
  orderId: string;
  customerId: string;
  status: OlistStatus;
  placedMs: number;
  deliveredMs: number | undefined;
  /** The latest instant that the row knows. */
  lastMs: number;
};

export type ItemRow = {
  orderId: string;
  position: number;
  productId: string;
  sellerId: string;
  /** Minor units. */
  price: number;
  freight: number;
};

export type ReviewRow = {
  reviewId: string;
  orderId: string;
  stars: number;
  title: string;
  text: string;
  atMs: number;
  /** Characters of the words that no text has. */
  controls: number;
};

export function readOrder(row: OlistRow): OlistReading<OrderRow> {
  const [orderId, customerId] = [row('order_id'), row('customer_id')];
  if (!isId(orderId)) return refuse('order_id is no id');
  if (!isId(customerId)) return refuse('customer_id is no id');
  const status = STATUSES.find((it) => it === row('order_status'));
  if (status === undefined) return refuse('order_status is none that is known');
  const placedMs = readInstant(row('order_purchase_timestamp'));
  if (placedMs === undefined) return refuse('order_purchase_timestamp is no YYYY-MM-DD HH:MM:SS');
  const later: number[] = [];
  for (const column of ['order_approved_at', 'order_delivered_carrier_date', 'order_delivered_customer_date']) {
    const text = row(column);
    const atMs = readInstant(text);
    if (text !== '' && atMs === undefined) return refuse(`${column} is no YYYY-MM-DD HH:MM:SS`);
    if (atMs !== undefined) later.push(atMs);
  }
  const deliveredMs = readInstant(row('order_delivered_customer_date'));
  if (deliveredMs !== undefined && deliveredMs < placedMs) return refuse('it was delivered before it was purchased');
  const lastMs = Math.max(placedMs, ...later);
  return { ok: true, value: { orderId, customerId, status, placedMs, deliveredMs, lastMs } };
}

export function readItem(row: OlistRow): OlistReading<ItemRow> {
  const [orderId, productId, sellerId] = [row('order_id'), row('product_id'), row('seller_id')];
  if (!isId(orderId)) return refuse('order_id is no id');
  if (!isId(productId)) return refuse('product_id is no id');
  if (!isId(sellerId)) return refuse('seller_id is no id');
  const position = /^[1-9]\d{0,4}$/.test(row('order_item_id')) ? Number(row('order_item_id')) : undefined;
  if (position === undefined) return refuse('order_item_id is no whole number from 1 on');
  const price = parseMinorUnits(row('price'));
  const freight = parseMinorUnits(row('freight_value'));
  if (price === undefined || price.negative) return refuse('price is no decimal number from 0 on');
  if (freight === undefined || freight.negative) return refuse('freight_value is no decimal number from 0 on');
  if (Math.max(price.amount, freight.amount) > LIMITS.unitPrice)
    return refuse(`price is over ${LIMITS.unitPrice / 100}`);
  return { ok: true, value: { orderId, position, productId, sellerId, price: price.amount, freight: freight.amount } };
}

export function readReview(row: OlistRow): OlistReading<ReviewRow> {
  const [reviewId, orderId] = [row('review_id'), row('order_id')];
  if (!isId(reviewId)) return refuse('review_id is no id');
  if (!isId(orderId)) return refuse('order_id is no id');
  if (!/^[1-5]$/.test(row('review_score'))) return refuse('review_score is no whole number from 1 to 5');
  const answered = row('review_answer_timestamp');
  const asked = row('review_creation_date');
  if (answered + asked === '') return refuse('it says neither when it was asked for nor when it was written');
  const atMs = readInstant(answered === '' ? asked : answered);
  if (atMs === undefined) {
    return refuse(`${answered === '' ? 'review_creation_date' : 'review_answer_timestamp'} is no YYYY-MM-DD HH:MM:SS`);
  }
  const title = cleanText(row('review_comment_title'));
  const text = cleanText(row('review_comment_message'));
  if (title.text.length > LIMITS.titleLength) return refuse(`the title has over ${LIMITS.titleLength} characters`);
  if (text.text.length > LIMITS.freeTextLength)
    return refuse(`the message has over ${LIMITS.freeTextLength} characters`);
  const controls = title.controls + text.controls;
  const stars = Number(row('review_score'));
  return { ok: true, value: { reviewId, orderId, stars, title: title.text, text: text.text, atMs, controls } };
}

/** An id of the export as it is: one that this shop cannot take, alone or joined with another, is refused. */
export const isOlistId = (text: string): boolean => text.length <= ID_LENGTH && ID_PATTERN.test(text);
const isId = isOlistId;

const CONTROLS = new RegExp(CONTROL, 'g');

/** Words without control characters, which the schema of a review refuses; tabs and line ends stay. */
function cleanText(raw: string): { text: string; controls: number } {
  const controls = raw.match(CONTROLS)?.length ?? 0;
  return { text: controls === 0 ? raw : raw.replaceAll(CONTROLS, ' ').trim(), controls };
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/;

/** The export says nothing of a time zone; its times are taken as UTC. */
function readInstant(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = ''] = match;
  const atMs = Date.parse(`${day}T${time}Z`);
  // Date.parse takes 30 February for 2 March.
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(day) ? atMs : undefined;
}

const refuse = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });
