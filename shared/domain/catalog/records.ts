import type { brandUpserted } from '../../../events/catalog/brand-upserted.v1.ts';
import type { productUpserted } from '../../../events/catalog/product-upserted.v1.ts';
import type { DataOf, EventOf } from '../../../events/define-event.ts';

/** Which fact a record shows: the instant in UTC with milliseconds, so that texts sort as times, and the event. */
export type FactStamp = { asOf: string; eventId: string };

export type ProductRecord = DataOf<typeof productUpserted> & FactStamp;
export type BrandRecord = DataOf<typeof brandUpserted> & FactStamp;

export type ProductDecision =
  | { kind: 'store'; product: ProductRecord }
  | { kind: 'refused'; code: 'unknown_currency'; reason: string };

/** An upsert carries all there is to know, so the record is the fact; a price in an unknown currency cannot be shown. */
export function decideProduct(
  event: EventOf<typeof productUpserted>,
  knowsCurrency: (code: string) => boolean,
): ProductDecision {
  const { currency } = event.data;
  if (currency !== undefined && !knowsCurrency(currency)) {
    return { kind: 'refused', code: 'unknown_currency', reason: `The policy has no rate for ${currency}.` };
  }
  return { kind: 'store', product: { ...event.data, ...stampOf(event) } };
}

export function brandRecord(event: EventOf<typeof brandUpserted>): BrandRecord {
  return { ...event.data, ...stampOf(event) };
}

function stampOf(event: { id: string; time: string }): FactStamp {
  return { asOf: new Date(event.time).toISOString(), eventId: event.id };
}
