import type { OrderRecord } from '../loyalty/order-facts.ts';
import type { ReviewerRecord } from './reviewer-record.ts';

/** The member an order is known to be of. */
export function buyerOf({ facts, bookedTo }: OrderRecord): string | undefined {
  if (bookedTo?.kind === 'member') return bookedTo.memberId;
  return facts.find((it) => it.kind === 'placed')?.data.memberId;
}

/** The reviews that may stand elsewhere now that an order has changed: its buyer's, of what was bought. */
export function reviewsAwaiting(
  orders: readonly OrderRecord[],
  reviewers: ReadonlyMap<string, ReviewerRecord>,
): { reviewId: string; orderId: string }[] {
  return orders.flatMap((order) => {
    const rows = reviewers.get(buyerOf(order) ?? '')?.rows ?? [];
    const bought = new Set<string>(
      order.facts.flatMap((it) => (it.kind === 'placed' ? it.data.lines : [])).map((it) => it.productId),
    );
    return rows
      .filter(({ productId }) => bought.has(productId))
      .map(({ reviewId }) => ({ reviewId, orderId: order.orderId }));
  });
}
