/** What a product and a brand with many reviews take to be asked for, in the local runtime. */
import type { OutgoingEvent } from '../../infra/importers/importer.ts';
import { sendEvents } from '../../infra/importers/send-events.ts';
import { ShopConnection } from '../../infra/importers/shop-connection.ts';
import { type LatencyRow, latency, startBackend, stopBackend } from './local-runtime.ts';
import { type SampleEvent, SampleOrders } from './sample-orders.ts';
import { SampleReviews } from './sample-reviews.ts';

export type ReputationRuntime = {
  reviews: number;
  /** Of one product, from the first request until everything was worked off. */
  reviewsPerSecond: number;
  published: number;
  latencies: LatencyRow[];
};

export type ReputationRuntimeOptions = { reviews: number; requests: number };

const [PRODUCT, BRAND, SUPPLIER] = ['sku-often-reviewed', 'brand-often-reviewed', 'sup-often-reviewed'];
/** From the first review to the last. */
const DAYS = 300;

/** A fresh backend with one product that has many reviews, all by members who have bought it. */
export async function measureReputationRuntime({
  reviews,
  requests,
}: ReputationRuntimeOptions): Promise<ReputationRuntime> {
  const backend = await startBackend();
  try {
    const shop = await ShopConnection.open({ url: backend.url, scope: 'events:write members:read' });
    const { before, reviewed } = eventsOf(reviews);
    await send(shop, before);
    const startedMs = performance.now();
    await send(shop, reviewed);
    const seconds = (performance.now() - startedMs) / 1_000;
    const path = `/v1/products/${PRODUCT}/reputation`;
    const answer = await shop.get<{ rating: { count: number } }>(path);
    const ask = (route: string, asked: string) => latency(shop, route, requests, () => asked);
    return {
      reviews,
      reviewsPerSecond: reviews / seconds,
      published: answer?.rating.count ?? 0,
      latencies: [
        await ask('GET /v1/products/{id}/reputation', path),
        await ask('GET /v1/brands/{id}/reputation', `/v1/brands/${BRAND}/reputation`),
        await ask('GET /v1/suppliers/{id}/reputation', `/v1/suppliers/${SUPPLIER}/reputation`),
        await ask('GET /v1/products/{id}/reviews', `/v1/products/${PRODUCT}/reviews`),
      ],
    };
  } finally {
    await stopBackend(backend.process);
  }
}

async function send(shop: ShopConnection, events: readonly SampleEvent[]): Promise<void> {
  const tally = await sendEvents({
    events: events as unknown as OutgoingEvent[],
    post: (batch) => shop.postEvents(batch),
  });
  const settled = await shop.settle();
  if (tally.accepted !== events.length || settled?.deadLetters !== 0) {
    throw new Error(`${tally.accepted} of ${events.length} events accepted, ${settled?.deadLetters} dead letters`);
  }
}

function eventsOf(count: number): { before: SampleEvent[]; reviewed: SampleEvent[] } {
  const [orders, reviews] = [new SampleOrders(47), new SampleReviews(67)];
  const makers = { brandId: BRAND, supplierId: SUPPLIER };
  const lives = Array.from({ length: count }, (_, index) => {
    const memberId = `mem-reviewer-${index}`;
    const day = 1 + (index / count) * DAYS;
    const order = orders.order(1, { memberId }, day);
    const lines = order.lines.map((line) => ({ ...line, productId: PRODUCT, brandId: BRAND }));
    const bought = { ...order, lines };
    return {
      bought: [orders.placed(bought), orders.completed(bought)],
      review: reviews.review({ memberId, productId: PRODUCT, orderId: order.orderId, day: day + 5 }),
    };
  });
  return {
    before: [reviews.product(PRODUCT, makers, 0), ...lives.flatMap(({ bought }) => bought)],
    reviewed: lives.map(({ review }) => review),
  };
}
