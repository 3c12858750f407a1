import { createHash } from 'node:crypto';
import { ID_PATTERN } from '../../events/ids.ts';
import type { OutgoingEvent } from './importer.ts';
import type { ReturnedPart } from './online-retail-returns.ts';

export const SOURCE = '/import/online-retail';

/** A stock code; name and price stand as the earliest order line had them. */
export type Product = { id: string; name: string; nameAtMs: number; price: number; priceAtMs: number };

/** An invoice with what is needed of its rows. */
export type Invoice = {
  number: string;
  kind: 'sale' | 'cancellation';
  customer: string;
  atMs: number;
  rows: number;
  /** Four numbers a row of a product, flat because there are half a million: position, product, quantity, price. */
  lines: number[];
  shipping: number;
  shippingRows: number;
};

export type InvoiceLine = { position: number; product: number; quantity: number; unitPrice: number };

/** The lines of an invoice, unpacked. */
export function* readLines(lines: readonly number[]): Generator<InvoiceLine> {
  for (let at = 0; at < lines.length; at += 4) {
    const [position = 0, product = 0, quantity = 0, unitPrice = 0] = lines.slice(at, at + 4);
    yield { position, product, quantity, unitPrice };
  }
}

/** A stock code as an id. What an id cannot hold is replaced, and a hash keeps two such codes apart. */
export function productId(stockCode: string): string {
  if (ID_PATTERN.test(stockCode)) return stockCode;
  return `${stockCode.replace(/[^A-Za-z0-9_.:-]/g, '_')}-${shortHash(stockCode)}`;
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** The events in order of time, each product before the first order that has it. */
export function* eventsOf(
  invoices: readonly Invoice[],
  returns: ReadonlyMap<string, readonly ReturnedPart[]>,
  products: readonly Product[],
): Generator<OutgoingEvent> {
  const told = new Set<number>();
  for (const invoice of invoices) {
    const time = new Date(invoice.atMs).toISOString().replace('.000Z', 'Z');
    if (invoice.kind === 'cancellation') {
      for (const part of returns.get(invoice.number) ?? []) yield returnedEvent(invoice, part, time);
      continue;
    }
    if (invoice.lines.length === 0) continue;
    const lines = [...readLines(invoice.lines)];
    for (const { product: index } of lines) {
      const product = products[index];
      if (told.has(index) || product === undefined) continue;
      told.add(index);
      yield productEvent(product, time);
    }
    yield* orderEvents(invoice, lines, products, time);
  }
}

function* orderEvents(
  invoice: Invoice,
  lines: readonly InvoiceLine[],
  products: readonly Product[],
  time: string,
): Generator<OutgoingEvent> {
  const orderId = invoice.number;
  const owner = { orderId, ...(invoice.customer === '' ? {} : { memberId: invoice.customer }) };
  const placed = {
    ...owner,
    channel: 'web',
    currency: 'GBP',
    lines: lines.map(({ position, product, quantity, unitPrice }) => ({
      lineId: String(position),
      productId: products[product]?.id,
      quantity,
      unitPrice,
    })),
    ...(invoice.shippingRows === 0 ? {} : { shipping: invoice.shipping }),
  };
  yield event({ id: `${orderId}:placed`, type: 'order.placed.v1', time, subject: orderId, data: placed });
  yield event({ id: `${orderId}:completed`, type: 'order.completed.v1', time, subject: orderId, data: owner });
}

function returnedEvent(invoice: Invoice, part: ReturnedPart, time: string): OutgoingEvent {
  const { orderId } = part;
  const returnId = `${invoice.number}:${orderId}`;
  const lines = part.lines.map(({ position, quantity }) => ({ lineId: String(position), quantity }));
  const data = { orderId, memberId: invoice.customer, returnId, lines };
  return event({ id: `${returnId}:returned`, type: 'order.returned.v1', time, subject: orderId, data });
}

function productEvent({ id, name, price, priceAtMs }: Product, time: string): OutgoingEvent {
  const data = {
    productId: id,
    name,
    categories: [],
    ...(priceAtMs === Infinity ? {} : { price, currency: 'GBP' }),
  };
  // Another export may know the product by another name; that is another fact, so it has another id.
  const content = shortHash(JSON.stringify([time, data]));
  return event({ id: `product:${id}:${content}`, type: 'product.upserted.v1', time, subject: id, data });
}

function event({ id, ...rest }: Omit<OutgoingEvent, 'specversion' | 'source'>): OutgoingEvent {
  return { specversion: '1.0', id: `online-retail:${id}`, source: SOURCE, ...rest };
}
