import { createHash } from 'node:crypto';
import type { OutgoingEvent } from './importer.ts';

export const SOURCE = '/import/olist';

/** What the shop is told of a product. */
export type OlistProduct = {
  id: string;
  /** In English, where the export has a translation; empty where it has none for the product at all. */
  category: string;
  /** Where one seller sold all of it. */
  supplierId: string | undefined;
  attributes: Readonly<Record<string, string>>;
};

/** Pieces of one product by one seller at one price; the id is the position of the first of them. */
export type OlistLine = {
  position: number;
  productId: string;
  supplierId: string;
  unitPrice: number;
  quantity: number;
};

export type OlistOrder = {
  id: string;
  memberId: string;
  placedMs: number;
  completedMs: number | undefined;
  cancelled: { atMs: number; reason: string } | undefined;
  lines: OlistLine[];
  shipping: number;
  reviews: OlistReview[];
};

export type OlistReview = {
  id: string;
  atMs: number;
  stars: number;
  title: string;
  text: string;
  /** Nobody had the product in hand yet: the stars are about the delivery as well. */
  beforeDelivery: boolean;
};

/** A fact of an order that becomes an event. */
type Moment = { atMs: number; rank: number; order: OlistOrder; review?: OlistReview };

/** Facts of the same instant come in this order. */
const RANKS = { placed: 0, completed: 1, cancelled: 2, review: 3 } as const;

/** The products of an order, each with the line of it that cost most, the dearest first. */
export function reviewedProducts({ lines }: Pick<OlistOrder, 'lines'>): string[] {
  const worth = new Map<string, number>();
  for (const { productId, unitPrice, quantity } of lines) {
    worth.set(productId, (worth.get(productId) ?? 0) + unitPrice * quantity);
  }
  return [...worth].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).map(([productId]) => productId);
}

/** The events in order of time over all orders, each product before the first order that has it. */
export function* olistEvents(
  orders: readonly OlistOrder[],
  products: ReadonlyMap<string, OlistProduct>,
): Generator<OutgoingEvent> {
  const told = new Set<string>();
  for (const { order, review, rank, atMs } of momentsOf(orders)) {
    const time = new Date(atMs).toISOString().replace('.000Z', 'Z');
    if (rank === RANKS.placed) {
      for (const { productId, unitPrice } of order.lines) {
        const product = products.get(productId);
        if (told.has(productId) || product === undefined) continue;
        told.add(productId);
        yield productEvent(product, unitPrice, time);
      }
    }
    if (review !== undefined) yield* reviewEvents(order, review, time);
    else yield orderEvent(order, rank, time);
  }
}

function momentsOf(orders: readonly OlistOrder[]): Moment[] {
  const moments: Moment[] = [];
  for (const order of orders) {
    const { placedMs, completedMs, cancelled, reviews } = order;
    moments.push({ atMs: placedMs, rank: RANKS.placed, order });
    if (completedMs !== undefined) moments.push({ atMs: completedMs, rank: RANKS.completed, order });
    if (cancelled !== undefined) moments.push({ atMs: cancelled.atMs, rank: RANKS.cancelled, order });
    for (const review of reviews) moments.push({ atMs: review.atMs, rank: RANKS.review, order, review });
  }
  return moments.sort(
    (a, b) =>
      a.atMs - b.atMs ||
      a.rank - b.rank ||
      compare(a.order.id, b.order.id) ||
      compare(a.review?.id ?? '', b.review?.id ?? ''),
  );
}

function orderEvent(order: OlistOrder, rank: number, time: string): OutgoingEvent {
  const { id: orderId, memberId, lines, shipping, cancelled } = order;
  const owner = { orderId, memberId };
  if (rank === RANKS.completed) {
    return event({ id: `${orderId}:completed`, type: 'order.completed.v1', time, subject: orderId, data: owner });
  }
  if (rank === RANKS.cancelled) {
    const data = { ...owner, reason: cancelled?.reason };
    return event({ id: `${orderId}:cancelled`, type: 'order.cancelled.v1', time, subject: orderId, data });
  }
  const data = {
    ...owner,
    channel: 'web',
    currency: 'BRL',
    lines: lines.map(({ position, productId, quantity, unitPrice, supplierId }) => ({
      lineId: String(position),
      productId,
      quantity,
      unitPrice,
      supplierId,
    })),
    shipping,
  };
  return event({ id: `${orderId}:placed`, type: 'order.placed.v1', time, subject: orderId, data });
}

/**
 * A review of this export is of a whole order, so each of its products gets the stars. The words go with the dearest one alone:
 * the same words under several products would be taken for copies.
 */
function* reviewEvents(order: OlistOrder, review: OlistReview, time: string): Generator<OutgoingEvent> {
  const { stars, title, text, beforeDelivery } = review;
  for (const [index, productId] of reviewedProducts(order).entries()) {
    const reviewId = `${review.id}:${productId}`;
    const words = index === 0 && title + text !== '';
    const data = {
      reviewId,
      memberId: order.memberId,
      productId,
      orderId: order.id,
      ratings: { product: stars, ...(beforeDelivery && { logistics: stars }) },
      ...(words && title !== '' && { title }),
      ...(words && text !== '' && { text }),
      ...(words && { locale: 'pt-BR' }),
    };
    const id = `review:${review.id}:${order.id}:${productId}`;
    yield event({ id, type: 'review.submitted.v1', time, subject: reviewId, data });
  }
}

function productEvent(product: OlistProduct, price: number, time: string): OutgoingEvent {
  const { id, category, supplierId, attributes } = product;
  const data = {
    productId: id,
    // The export names no product; its category and the beginning of its id tell it from others.
    name: `${category === '' ? 'product' : category.replaceAll('_', ' ')} ${id.slice(0, 8)}`,
    categories: category === '' ? [] : [category],
    ...(supplierId !== undefined && { supplierId }),
    price,
    currency: 'BRL',
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
  // Another export may know the product otherwise; that is another fact, so it has another id.
  const content = createHash('sha256')
    .update(JSON.stringify([time, data]))
    .digest('hex')
    .slice(0, 8);
  return event({ id: `product:${id}:${content}`, type: 'product.upserted.v1', time, subject: id, data });
}

function event({ id, ...rest }: Omit<OutgoingEvent, 'specversion' | 'source'>): OutgoingEvent {
  return { specversion: '1.0', id: `olist:${id}`, source: SOURCE, ...rest };
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
