import { LIMITS } from '../../events/values.ts';
import { readCsv } from './csv.ts';
import { type ExportReport, type FileImporter, type ImportPlan, ImportProblem } from './importer.ts';
import { eventsOf, type Invoice, type Product, productId, readLines } from './online-retail-events.ts';
import { type ReturnedPart, ReturnMatcher } from './online-retail-returns.ts';
import { COLUMNS, type RetailRow, readRow } from './online-retail-row.ts';

/**
 * The UCI Online Retail export (a British gift shop, December 2010 to December 2011) as events of this shop.
 *
 * Every row is in exactly one class, the first of these that fits:
 *
 * | class               | rows                                                                                     |
 * |---------------------|------------------------------------------------------------------------------------------|
 * | malformed           | unreadable, a second customer in one invoice, no pieces in a `C` invoice, over the limits |
 * | bookkeeping         | of an `A` invoice, or with a negative price                                              |
 * | returnOfNoProduct   | of a `C` invoice, with a code of shipping or of no product                               |
 * | returnWithoutMember | of a `C` invoice that has no customer                                                    |
 * | returnMatched       | of a `C` invoice: all pieces found an earlier order of the same member and stock code     |
 * | returnPartly        | of a `C` invoice: some did                                                               |
 * | returnUnmatched     | of a `C` invoice: none did                                                               |
 * | stockAdjustment     | quantity 0 or less                                                                       |
 * | noProduct           | M, D, S, B, AMAZONFEE, BANK CHARGES, CRUK, PADS, in any case                             |
 * | shipping            | POST, DOT, C2, in any case, of an invoice that has a product line                        |
 * | shippingOfNoOrder   | the same of an invoice that has none, which makes it no order                            |
 * | orderLine           | a product line of a member's order                                                       |
 * | guestOrderLine      | a product line of an order without customer                                              |
 *
 * An invoice is one order, placed and completed at the time of its earliest row. A line's id is the row's position in
 * its invoice. "Earlier" is by time, and at the same minute by position in the file. A stock code is a product from
 * its first order line on, which also gives its name and price. Every id comes from the invoice or the content, so
 * that reading the same export again makes the same events, and a longer export only adds to them.
 */
export const onlineRetail: FileImporter = {
  name: 'online-retail',
  title: 'UCI Online Retail, a CSV with InvoiceNo, StockCode, Description, Quantity, ...',
  takes: 'file',
  plan: planOnlineRetail,
};

const CLASS_LABELS = {
  orderLine: 'lines of member orders',
  guestOrderLine: 'lines of guest orders',
  shipping: 'shipping of an order',
  returnMatched: 'returns, all pieces matched to earlier orders',
  returnPartly: 'returns, some pieces matched',
  returnUnmatched: 'returns, no earlier order of the member',
  returnWithoutMember: 'returns without a member',
  returnOfNoProduct: 'refunds of shipping, fees and discounts',
  shippingOfNoOrder: 'shipping of an invoice without products',
  noProduct: 'fees, discounts, samples and manual entries',
  stockAdjustment: 'stock adjustments',
  bookkeeping: 'bookkeeping entries',
  malformed: 'malformed rows',
} as const;

type ClassId = keyof typeof CLASS_LABELS;

/** Reads the whole export, keeping per row no more than the orders and the matching of returns need. */
export async function planOnlineRetail(chunks: AsyncIterable<string>): Promise<ImportPlan> {
  const ledger = new RetailLedger();
  let headerSeen = false;
  let badHeader: string | undefined;
  for await (const records of readCsv(chunks)) {
    for (const record of records) {
      if (headerSeen) {
        if ('problem' in record) ledger.addMalformed(record.row, record.problem);
        else ledger.addRecord(record.row, record.fields);
      } else {
        headerSeen = true;
        const found = 'problem' in record ? record.problem : record.fields.map((field) => field.trim()).join(',');
        if (found !== COLUMNS.join(',')) badHeader = found;
      }
      if (badHeader !== undefined) {
        throw new ImportProblem(`Row 1 is not the header ${COLUMNS.join(',')} but: ${badHeader.slice(0, 120)}`);
      }
    }
  }
  if (!headerSeen) throw new ImportProblem(`The file is empty: not even the header ${COLUMNS.join(',')} is there.`);
  return ledger.plan();
}

class RetailLedger {
  readonly #classes = Object.fromEntries(Object.keys(CLASS_LABELS).map((id) => [id, 0])) as Record<ClassId, number>;
  readonly #malformed = new Map<string, { rows: number; firstRow: number }>();
  readonly #invoices = new Map<string, Invoice>();
  readonly #invoiceNumbers = new Set<string>();
  readonly #customers = new Set<string>();
  readonly #products: Product[] = [];
  readonly #productIndexes = new Map<string, number>();
  #rows = 0;

  addMalformed(row: number, reason: string): void {
    this.#rows += 1;
    this.#classes.malformed += 1;
    const known = this.#malformed.get(reason);
    if (known === undefined) this.#malformed.set(reason, { rows: 1, firstRow: row });
    else known.rows += 1;
  }

  addRecord(rowNumber: number, fields: readonly string[]): void {
    const reading = readRow(fields);
    const reason = reading.ok ? this.#addRow(reading.row) : reading.reason;
    if (reason !== undefined) this.addMalformed(rowNumber, reason);
  }

  /** Adds a row that could be read, or says why it makes no sense where it stands. */
  #addRow(row: RetailRow): string | undefined {
    if (row.invoiceKind === 'adjustment') {
      this.#invoiceNumbers.add(row.invoice);
      return this.#count('bookkeeping', row);
    }
    const invoice = this.#invoices.get(row.invoice) ?? newInvoice(row.invoice, row.invoiceKind, row);
    if (invoice.customer !== row.customer) return 'CustomerID is not that of the other rows of its invoice';
    if (invoice.rows >= LIMITS.linesPerOrder) return `an invoice has over ${LIMITS.linesPerOrder} rows`;
    const classified = classify(row);
    if (classified === 'malformed') return 'Quantity of a C invoice is not below 0';
    this.#invoices.set(row.invoice, invoice);
    this.#invoiceNumbers.add(row.invoice);
    invoice.rows += 1;
    invoice.atMs = Math.min(invoice.atMs, row.atMs);
    if (classified === 'shipping') {
      invoice.shipping += row.quantity * row.unitPrice;
      invoice.shippingRows += 1;
    } else if (classified === 'product') {
      const product = this.#productIndex(row);
      invoice.lines.push(invoice.rows, product, Math.abs(row.quantity), row.unitPrice);
    } else return this.#count(classified, row);
    this.#count(undefined, row);
    return undefined;
  }

  #count(id: ClassId | undefined, row: RetailRow): undefined {
    this.#rows += 1;
    if (id !== undefined) this.#classes[id] += 1;
    if (row.customer !== '') this.#customers.add(row.customer);
  }

  /** The place of the stock code in the list of products; a line of an order also tells name and price. */
  #productIndex(row: RetailRow): number {
    let index = this.#productIndexes.get(row.stockCode);
    if (index === undefined) {
      index = this.#products.length;
      this.#productIndexes.set(row.stockCode, index);
      const id = productId(row.stockCode);
      this.#products.push({ id, name: id, nameAtMs: Infinity, price: 0, priceAtMs: Infinity });
    }
    const product = this.#products[index];
    if (product !== undefined && row.invoiceKind === 'sale') {
      if (row.description !== '' && row.atMs < product.nameAtMs) {
        product.name = row.description.slice(0, LIMITS.nameLength);
        product.nameAtMs = row.atMs;
      }
      if (row.unitPrice > 0 && row.atMs < product.priceAtMs) {
        product.price = row.unitPrice;
        product.priceAtMs = row.atMs;
      }
    }
    return index;
  }

  /** Puts the invoices in order of time, matches the returns, and closes the books. */
  plan(): ImportPlan {
    // Sorting is stable, so invoices of one minute stay in the order of the file.
    const invoices = [...this.#invoices.values()].sort((a, b) => a.atMs - b.atMs);
    const returnable = new Set<string>();
    for (const { kind, customer, lines } of invoices) {
      if (kind === 'cancellation') for (const { product } of readLines(lines)) returnable.add(`${customer}/${product}`);
    }
    const matcher = new ReturnMatcher();
    const returns = new Map<string, ReturnedPart[]>();
    const sold = new Set<number>();
    const members = new Set<string>();
    const count = { orders: 0, guestOrders: 0, returns: 0, returned: 0, unmatched: 0, unmatchedNoMember: 0 };
    for (const invoice of invoices) {
      if (invoice.kind === 'cancellation') {
        const parts = this.#matchReturn(invoice, matcher, count);
        if (parts.length > 0) returns.set(invoice.number, parts);
        count.returns += parts.length;
        continue;
      }
      const { customer, number: orderId } = invoice;
      this.#classes[invoice.lines.length === 0 ? 'shippingOfNoOrder' : 'shipping'] += invoice.shippingRows;
      if (invoice.lines.length === 0) continue;
      count.orders += 1;
      if (customer === '') count.guestOrders += 1;
      else members.add(customer);
      for (const { position, product, quantity } of readLines(invoice.lines)) {
        this.#classes[customer === '' ? 'guestOrderLine' : 'orderLine'] += 1;
        sold.add(product);
        if (customer !== '' && returnable.has(`${customer}/${product}`)) {
          matcher.addLine({ customer, product, orderId, position, quantity });
        }
      }
    }
    const products = this.#products;
    const figures = [
      { id: 'invoices', label: 'invoices', value: this.#invoiceNumbers.size },
      { id: 'customers', label: 'customers named', value: this.#customers.size },
      { id: 'orders', label: 'orders', value: count.orders },
      { id: 'guestOrders', label: 'of them by guests', value: count.guestOrders },
      { id: 'members', label: 'members with an order', value: members.size },
      { id: 'products', label: 'products sold', value: sold.size },
      { id: 'returns', label: 'returns (one per C invoice and order)', value: count.returns },
      { id: 'unitsReturned', label: 'units returned', value: count.returned },
      { id: 'unitsUnmatched', label: 'units returned that match no order', value: count.unmatched },
      { id: 'unitsUnmatchedNoMember', label: 'of them without a member', value: count.unmatchedNoMember },
    ];
    return {
      report: this.#report(figures),
      eventCount: sold.size + 2 * count.orders + count.returns,
      events: () => eventsOf(invoices, returns, products),
    };
  }

  #matchReturn(
    invoice: Invoice,
    matcher: ReturnMatcher,
    count: { returned: number; unmatched: number; unmatchedNoMember: number },
  ): ReturnedPart[] {
    const { customer } = invoice;
    const parts = new Map<string, ReturnedPart>();
    for (const { product, quantity: units } of readLines(invoice.lines)) {
      const matched = customer === '' ? 0 : matcher.take({ customer, product, units }, parts);
      count.returned += matched;
      count.unmatched += units - matched;
      if (customer === '') count.unmatchedNoMember += units;
      this.#classes[returnClass(customer, units, matched)] += 1;
    }
    return [...parts.values()];
  }

  #report(figures: ExportReport['figures']): ExportReport {
    const classes = Object.entries(CLASS_LABELS).map(([id, label]) => ({
      id,
      label,
      rows: this.#classes[id as ClassId],
    }));
    const malformed = [...this.#malformed].map(([reason, { rows, firstRow }]) => ({ reason, rows, firstRow }));
    const [first] = malformed;
    if (first !== undefined && this.#classes.malformed === this.#rows) {
      throw new ImportProblem(`No row could be read; row ${first.firstRow}: ${first.reason}.`);
    }
    return { rows: this.#rows, classes, figures, malformed };
  }
}

/** What a row of a sale or a cancellation is as far as the row alone can tell. */
function classify(row: RetailRow): 'product' | 'shipping' | Extract<ClassId, string> {
  if (row.negativePrice) return 'bookkeeping';
  if (row.invoiceKind === 'cancellation') {
    if (row.codeKind !== 'product') return 'returnOfNoProduct';
    return row.quantity < 0 ? 'product' : 'malformed';
  }
  if (row.quantity <= 0) return 'stockAdjustment';
  return row.codeKind === 'no_product' ? 'noProduct' : row.codeKind;
}

function returnClass(customer: string, units: number, matched: number): ClassId {
  if (customer === '') return 'returnWithoutMember';
  if (matched === units) return 'returnMatched';
  return matched === 0 ? 'returnUnmatched' : 'returnPartly';
}

function newInvoice(number: string, kind: Invoice['kind'], { customer, atMs }: RetailRow): Invoice {
  return { number, kind, customer, atMs, rows: 0, lines: [], shipping: 0, shippingRows: 0 };
}
