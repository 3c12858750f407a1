import { effectiveFacts } from '../loyalty/order-effect.ts';
import type { OrderRecord } from '../loyalty/order-facts.ts';
import type { Counts } from './counts.ts';
import { orderCounts } from './review-counts.ts';

/** Whose a product is, by the catalogue. */
export type Makers = ReadonlyMap<string, { brandId?: string | undefined; supplierId?: string | undefined }>;

/** The products of an order of which its lines do not say whose they are. */
export function productsWithoutMaker({ facts }: OrderRecord): string[] {
  const lines = facts.flatMap((it) => (it.kind === 'placed' ? it.data.lines : []));
  const silent = lines.filter(({ brandId, supplierId }) => brandId === undefined || supplierId === undefined);
  return [...new Set(silent.map(({ productId }) => productId))];
}

/** What the facts of an order call for in the counters; a line's own word on whose it is goes before the catalogue's. */
export function countsOfOrder(order: OrderRecord, makers: Makers): Counts {
  const facts = effectiveFacts(order);
  const placed = facts.find((it) => it.kind === 'placed');
  if (placed === undefined) return {};
  const completed = facts.find((it) => it.kind === 'completed');
  const returned = new Map<string, number>();
  for (const fact of facts) {
    if (fact.kind !== 'returned') continue;
    for (const { lineId, quantity } of fact.data.lines) returned.set(lineId, (returned.get(lineId) ?? 0) + quantity);
  }
  return orderCounts({
    completedAtMs: completed?.atMs,
    cancelled: facts.some((it) => it.kind === 'cancelled'),
    lines: placed.data.lines.map(({ lineId, productId, brandId, supplierId, quantity }) => ({
      productId,
      brandId: brandId ?? makers.get(productId)?.brandId,
      supplierId: supplierId ?? makers.get(productId)?.supplierId,
      quantity,
      returned: returned.get(lineId) ?? 0,
    })),
  });
}
