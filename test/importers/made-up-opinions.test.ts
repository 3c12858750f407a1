import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { madeUpOpinions, madeUpSupplier, withSuppliers } from '../../infra/importers/made-up-opinions.ts';
import { planOnlineRetail } from '../../infra/importers/online-retail.ts';
import { readExport } from '../../infra/importers/read-export.ts';

const sample = join(import.meta.dirname, '../../infra/importers/sample/online-retail-sample.csv.gz');
const plan = await planOnlineRetail(readExport(sample));
const options = { seed: 7, suppliers: 24, reviews: 240 };

test('what is made up is valid, in order of time, and the same with the same seed', () => {
  const { events, counts, supplierIds } = madeUpOpinions(plan.events(), options);
  expect(events.filter((event) => findEvent(event.type)?.parse(event).ok !== true)).toEqual([]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort());
  expect(supplierIds).toHaveLength(24);
  expect(counts).toMatchObject({ reviews: 240, bought: 24, inspections: 48 });
  expect(madeUpOpinions(plan.events(), options).events).toEqual(events);
  expect(madeUpOpinions(plan.events(), { ...options, seed: 8 }).events).not.toEqual(events);
});

test('products and lines of orders get the supplier that their product has; all else stays', () => {
  const before = [...plan.events()].slice(0, 200);
  const after = [...withSuppliers(before, 24)];
  const product = after.find(({ type }) => type === 'product.upserted.v1');
  expect(product?.data.supplierId).toBe(madeUpSupplier(String(product?.data.productId), 24));
  const placed = after.find(({ type }) => type === 'order.placed.v1');
  const lines = placed?.data.lines as { productId: string; supplierId: string }[];
  expect(lines.map((it) => it.supplierId)).toEqual(lines.map((it) => madeUpSupplier(it.productId, 24)));
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(after.filter((event) => findEvent(event.type)?.parse(event).ok !== true)).toEqual([]);
});
