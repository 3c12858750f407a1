import { expect, it } from 'vitest';
import { brandUpserted } from '../../../events/catalog/brand-upserted.v1.ts';
import { productUpserted } from '../../../events/catalog/product-upserted.v1.ts';
import type { EventOf } from '../../../events/define-event.ts';
import { brandRecord, decideProduct } from '../../../shared/domain/catalog/records.ts';

const product = productUpserted.sample as EventOf<typeof productUpserted>;

it('stores a product as the fact says it, stamped with the instant in UTC and the event', () => {
  expect(decideProduct({ ...product, time: '2026-01-05T10:00:00+01:00' }, () => true)).toEqual({
    kind: 'store',
    product: { ...product.data, asOf: '2026-01-05T09:00:00.000Z', eventId: product.id },
  });
});

it('refuses a price in a currency that the policy does not know', () => {
  expect(decideProduct(product, (code) => code !== 'EUR')).toMatchObject({ kind: 'refused', code: 'unknown_currency' });
});

it('needs no currency where there is no price', () => {
  const { price: _, currency: __, ...data } = product.data;
  expect(decideProduct({ ...product, data }, () => false).kind).toBe('store');
});

it('stores a brand', () => {
  const brand = brandUpserted.sample as EventOf<typeof brandUpserted>;
  expect(brandRecord(brand)).toEqual({ ...brand.data, asOf: '2026-01-05T10:00:00.000Z', eventId: brand.id });
});
