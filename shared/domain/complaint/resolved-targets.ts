import type { OrderLine, OrderRecord } from '../loyalty/order-facts.ts';
import type { Makers } from '../reputation/counted-order.ts';
import { type ComplaintRecord, openedComplaint, type ResolvedTargets } from './complaint.ts';

/** The order that a complaint names. */
export function orderNamed(record: ComplaintRecord): string | undefined {
  return openedComplaint(record)?.folded.opened.data.orderId;
}

/** The products that a complaint is about without saying whose they are: the one it names, or those of the order it names. */
export function productsNamed(record: ComplaintRecord, order: OrderRecord | undefined): string[] {
  const opened = openedComplaint(record)?.folded.opened.data;
  if (opened === undefined) return [];
  if (opened.productId !== undefined) return [opened.productId];
  return [...new Set(linesOf(order).map(({ productId }) => productId))];
}

/**
 * Whose a complaint is beyond whom it names. A product is its maker's; an order's line may say itself whose it was. Where the lines of
 * an order are of several brands nobody knows which of them is meant, so none is; the same with suppliers and with products.
 */
export function resolvedTargets(
  record: ComplaintRecord,
  order: OrderRecord | undefined,
  makers: Makers,
): ResolvedTargets | undefined {
  const opened = openedComplaint(record)?.folded.opened.data;
  if (opened === undefined) return undefined;
  const products = productsNamed(record, order);
  const lines = linesOf(order).filter(({ productId }) => products.includes(productId));
  const of = (field: 'brandId' | 'supplierId') =>
    only(products.map((id) => lines.find(({ productId }) => productId === id)?.[field] ?? makers.get(id)?.[field]));
  const brandId = opened.brandId === undefined ? of('brandId') : undefined;
  const supplierId = opened.supplierId === undefined ? of('supplierId') : undefined;
  const productIds = opened.productId === undefined && products.length === 1 ? products : undefined;
  if (brandId === undefined && supplierId === undefined && productIds === undefined) return undefined;
  return {
    ...(brandId !== undefined && { brandId }),
    ...(supplierId !== undefined && { supplierId }),
    ...(productIds && { productIds }),
  };
}

function linesOf(order: OrderRecord | undefined): OrderLine[] {
  return order?.facts.flatMap((it) => (it.kind === 'placed' ? it.data.lines : [])) ?? [];
}

/** The one value that all share. */
function only(values: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = new Set(values);
  return others.length === 0 ? first : undefined;
}
