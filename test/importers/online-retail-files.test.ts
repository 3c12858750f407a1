import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { ID_PATTERN } from '../../events/ids.ts';
import type { ImportPlan, OutgoingEvent } from '../../infra/importers/importer.ts';
import { planOnlineRetail } from '../../infra/importers/online-retail.ts';
import { readExport } from '../../infra/importers/read-export.ts';
import { classesOf, figuresOf } from './retail-export.ts';

const root = join(import.meta.dirname, '../..');
const sample = join(root, 'infra/importers/sample/online-retail-sample.csv.gz');
const data = process.env.RAPPORT_DATA ?? join(root, '../shared/data');
const full = join(data, 'online-retail/online-retail.csv.gz');

const EVENT_BYTES_LIMIT = 240 * 1024;

/** Every event goes through the schemas of the contract, and the facts of each order come in their order. */
function expectFit(plan: ImportPlan): void {
  const wrong: unknown[] = [];
  const ids = new Set<string>();
  let lastTime = '';
  for (const event of plan.events()) {
    const parsed = findEvent(event.type)?.parse(event);
    if (parsed === undefined || !parsed.ok) wrong.push([event.id, parsed?.errors]);
    if (!ID_PATTERN.test(event.id) || ids.has(event.id)) wrong.push([event.id, 'id']);
    if (event.time < lastTime) wrong.push([event.id, 'time']);
    if (Buffer.byteLength(JSON.stringify(event)) > EVENT_BYTES_LIMIT) wrong.push([event.id, 'size']);
    ids.add(event.id);
    lastTime = event.time;
  }
  expect(wrong).toEqual([]);
  expect(ids.size).toBe(plan.eventCount);
}

/** What the return events of a plan may not do: give back more than a line has. */
function overReturned(events: Iterable<OutgoingEvent>): string[] {
  type Lines = { orderId: string; lines: { lineId: string; quantity: number }[] };
  const left = new Map<string, number>();
  const over: string[] = [];
  for (const { type, id, data: content } of events) {
    if (type !== 'order.placed.v1' && type !== 'order.returned.v1') continue;
    const { orderId, lines } = content as unknown as Lines;
    for (const { lineId, quantity } of lines) {
      const key = `${orderId}/${lineId}`;
      const rest = type === 'order.placed.v1' ? quantity : (left.get(key) ?? 0) - quantity;
      if (rest < 0) over.push(`${id} line ${lineId}`);
      left.set(key, rest);
    }
  }
  return over;
}

test('the bundled sample is two weeks with members, guests and returns, and every event of it is valid', async () => {
  const plan = await planOnlineRetail(readExport(sample));
  expect(plan.report.rows).toBe(41_062);
  expect(plan.report.classes.reduce((sum, { rows }) => sum + rows, 0)).toBe(41_062);
  expect(figuresOf(plan)).toMatchObject({ orders: 1_375, guestOrders: 116, members: 963, returns: 59 });
  expectFit(plan);
  expect(overReturned(plan.events())).toEqual([]);
});

if (!existsSync(full)) console.warn(`The full Online Retail export is not at ${full}: its accounting is not tested.`);

// The expected figures were counted a second time by a script in another language that shares no code with this one.
test.runIf(existsSync(full))('every row of the full export is accounted for once', { timeout: 120_000 }, async () => {
  const plan = await planOnlineRetail(readExport(full));
  expect(plan.report.rows).toBe(541_909);
  expect(classesOf(plan)).toEqual({
    orderLine: 396_370,
    guestOrderLine: 132_583,
    shipping: 1_896,
    returnMatched: 7_432,
    returnPartly: 51,
    returnUnmatched: 1_056,
    returnWithoutMember: 165,
    returnOfNoProduct: 584,
    shippingOfNoOrder: 85,
    noProduct: 348,
    stockAdjustment: 1_336,
    bookkeeping: 3,
  });
  expect(plan.report.classes.reduce((sum, { rows }) => sum + rows, 0)).toBe(541_909);
  expect(figuresOf(plan)).toEqual({
    invoices: 25_900,
    customers: 4_372,
    orders: 20_541,
    guestOrders: 2_136,
    members: 4_335,
    products: 3_931,
    returns: 3_775,
    unitsReturned: 250_677,
    unitsUnmatched: 21_353,
    unitsUnmatchedNoMember: 2_546,
  });
  expectFit(plan);
  expect(overReturned(plan.events())).toEqual([]);
});
