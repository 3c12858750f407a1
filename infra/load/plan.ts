import type { OutgoingEvent } from '../importers/importer.ts';
import { randomFrom } from '../local/chaos.ts';

/** What is asked for, and how often of a thousand requests: 70 % reads, 30 % events. */
const MIX = {
  member: 200,
  ledger: 100,
  recommendations: 120,
  reputation: 120,
  reviews: 80,
  related: 80,
  'product.viewed': 110,
  'order.placed': 70,
  'order.completed': 40,
  'order.returned': 20,
  'review.submitted': 30,
  'member.checked_in': 30,
} as const;

export type RequestKind = keyof typeof MIX;
export const requestKinds = Object.keys(MIX) as readonly RequestKind[];
export type EventKind = Extract<RequestKind, `${string}.${string}`>;

/** One request: when it is due, in milliseconds from the beginning, and what it asks or tells. */
export type PlannedRequest = {
  atMs: number;
  kind: RequestKind;
  memberId: string;
  /** The path of a read. */
  path?: string;
  event?: OutgoingEvent;
};

export type PlanOptions = { seed: number; rate: number; seconds: number; startMs: number; tag: string };

/** A shop and what is asked of it: the same for the same options. */
export type LoadPlan = {
  memberIds: readonly string[];
  /** Products, members and their first orders: what the shop has before anybody asks. */
  shop: readonly OutgoingEvent[];
  requests: readonly PlannedRequest[];
};

type Line = { lineId: string; productId: string; quantity: number; unitPrice: number; brandId: string };
type Order = { orderId: string; memberId: string; lines: Line[]; completed: boolean; returned: boolean };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of a member, before the load begins. */
const ORDERS_EACH = 3;
const WORDS = [
  'Pours well and keeps the tea warm for an hour; nothing has dripped on the cloth in a month.',
  'The colour is not that of the picture, and the seam came undone after the second wash.',
  'Fine for the price. The box was dented, what was in it was whole.',
  'Exactly as described, bought again for a friend who had admired ours.',
];

/**
 * Works out who asks what, and when. Arrivals are those of a crowd that does not wait for each other: the gaps between them are exponential.
 * What is told later of an order may arrive before what was told first; a shop has to come to the same whatever the order.
 * @param options `startMs` is when the first request is due; events are dated by it. `tag` goes into every id, so that a shop that runs may be
 *   loaded again.
 */
export function planLoad({ seed, rate, seconds, startMs, tag }: PlanOptions): LoadPlan {
  const random = randomFrom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const anyOf = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new RangeError('There is nothing to choose from');
    return item;
  };
  const count = Math.ceil(rate * seconds);
  const memberIds = Array.from({ length: Math.max(20, Math.ceil(count / 18)) }, (_, at) => `member-${tag}-${at}`);
  const products = Array.from({ length: Math.max(20, Math.ceil(count / 40)) }, (_, at) => ({
    productId: `product-${tag}-${at}`,
    brandId: `brand-${tag}-${at % 12}`,
    supplierId: `supplier-${tag}-${at % 8}`,
    unitPrice: 100 + below(9_900),
    category: ['Home/Kitchen', 'Garden', 'Clothes', 'Food/Tea'][at % 4] ?? 'Home',
  }));
  const orders: Order[] = [];
  let numbered = 0;
  const event = (kind: string, atMs: number, subject: string, data: Record<string, unknown>): OutgoingEvent => {
    numbered += 1;
    const time = new Date(Math.round(atMs)).toISOString();
    const type = `${kind}.v1`;
    return { specversion: '1.0', id: `load-${tag}-${numbered}`, source: '/load', type, time, subject, data };
  };

  const place = (memberId: string, atMs: number): OutgoingEvent => {
    const orderId = `order-${tag}-${orders.length}`;
    const lines = Array.from({ length: 1 + below(4) }, (_, at): Line => {
      const { productId, brandId, unitPrice } = anyOf(products);
      return { lineId: String(at + 1), productId, quantity: 1 + below(3), unitPrice, brandId };
    });
    orders.push({ orderId, memberId, lines, completed: false, returned: false });
    return event('order.placed', atMs, orderId, { orderId, memberId, channel: 'web', currency: 'EUR', lines });
  };
  const complete = (order: Order, atMs: number): OutgoingEvent => {
    order.completed = true;
    const { orderId, memberId } = order;
    return event('order.completed', atMs, orderId, { orderId, memberId });
  };

  const shop = [
    ...products.map(({ productId, brandId, supplierId, unitPrice, category }, at) =>
      event('product.upserted', startMs - 40 * DAY_MS + at, productId, {
        productId,
        name: `Product ${at}`,
        brandId,
        supplierId,
        categories: [category],
        price: unitPrice,
        currency: 'EUR',
      }),
    ),
    ...memberIds.map((memberId, at) =>
      event('member.registered', startMs - 39 * DAY_MS + at, memberId, {
        memberId,
        channel: 'web',
        displayName: `Shopper ${at}`,
        consents: { personalisation: at % 10 !== 0, marketing: at % 2 === 0 },
      }),
    ),
    ...memberIds.flatMap((memberId) =>
      Array.from({ length: ORDERS_EACH }, () => place(memberId, startMs - 30 * DAY_MS + below(29 * DAY_MS))),
    ),
  ];
  // Some have arrived; of the others it is told, and of some that they go back, while the shop is under load.
  for (const order of orders) if (below(3) === 0) shop.push(complete(order, startMs - HOUR_MS));

  const waitingForCheckIn = [...memberIds];
  const open = [...orders.filter(({ completed }) => !completed)];
  const returnable = orders.filter(({ completed }) => completed);
  let reviews = 0;
  const eventOf: Record<EventKind, (atMs: number) => { memberId: string; event: OutgoingEvent }> = {
    'product.viewed': (atMs) => {
      const [memberId, { productId }] = [anyOf(memberIds), anyOf(products)];
      return { memberId, event: event('product.viewed', atMs, productId, { productId, memberId, channel: 'web' }) };
    },
    'order.placed': (atMs) => {
      const memberId = anyOf(memberIds);
      const placed = place(memberId, atMs);
      open.push(...orders.slice(-1));
      return { memberId, event: placed };
    },
    'order.completed': (atMs) => {
      const [order] = open.splice(below(open.length), 1);
      if (order === undefined) return eventOf['order.placed'](atMs);
      returnable.push(order);
      return { memberId: order.memberId, event: complete(order, atMs) };
    },
    'order.returned': (atMs) => {
      const [order] = returnable.splice(below(returnable.length), 1);
      const [line] = order?.lines ?? [];
      if (order === undefined || line === undefined) return eventOf['order.placed'](atMs);
      const { orderId, memberId } = order;
      const lines = [{ lineId: line.lineId, quantity: 1 + below(line.quantity) }];
      const data = { orderId, memberId, returnId: `return-${orderId}`, lines };
      return { memberId, event: event('order.returned', atMs, orderId, data) };
    },
    'review.submitted': (atMs) => {
      const { orderId, memberId, lines } = anyOf(orders);
      reviews += 1;
      const reviewId = `review-${tag}-${reviews}`;
      const about = { reviewId, memberId, productId: lines[0]?.productId ?? '', orderId };
      const data = { ...about, ratings: { product: 1 + below(5), service: 1 + below(5) }, text: anyOf(WORDS) };
      return { memberId, event: event('review.submitted', atMs, reviewId, data) };
    },
    'member.checked_in': (atMs) => {
      // Once a day each: a second one of the same day would earn nothing, and show nothing.
      const [memberId] = waitingForCheckIn.splice(below(waitingForCheckIn.length), 1);
      if (memberId === undefined) return eventOf['product.viewed'](atMs);
      return { memberId, event: event('member.checked_in', atMs, memberId, { memberId }) };
    },
  };
  const pathOf: Record<Exclude<RequestKind, EventKind>, (memberId: string, productId: string) => string> = {
    member: (memberId) => `/v1/members/${memberId}`,
    ledger: (memberId) => `/v1/members/${memberId}/ledger`,
    recommendations: (memberId) => `/v1/members/${memberId}/recommendations`,
    reputation: (_, productId) => `/v1/products/${productId}/reputation`,
    reviews: (_, productId) => `/v1/products/${productId}/reviews`,
    related: (_, productId) => `/v1/products/${productId}/related`,
  };

  const requests: PlannedRequest[] = [];
  for (let atMs = gapMs(random, rate); requests.length < count; atMs += gapMs(random, rate)) {
    const kind = drawKind(random);
    if (isEvent(kind)) {
      const told = eventOf[kind](startMs + atMs);
      // Where there was nothing left of a kind, another stands in for it.
      requests.push({ atMs, kind: told.event.type.slice(0, -'.v1'.length) as EventKind, ...told });
      continue;
    }
    const memberId = anyOf(memberIds);
    requests.push({ atMs, kind, memberId, path: pathOf[kind](memberId, anyOf(products).productId) });
  }
  return { memberIds, shop, requests };
}

export function isEvent(kind: RequestKind): kind is EventKind {
  return kind.includes('.');
}

function gapMs(random: () => number, rate: number): number {
  return (-Math.log(1 - random()) * 1_000) / rate;
}

function drawKind(random: () => number): RequestKind {
  let left = random() * 1_000;
  for (const kind of requestKinds) {
    left -= MIX[kind];
    if (left < 0) return kind;
  }
  return 'member';
}
