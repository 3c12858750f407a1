import type { PurchaseLog } from '../../shared/domain/recommend/training-log.ts';
import { readCsv } from '../importers/csv.ts';
import { ImportProblem } from '../importers/importer.ts';
import { COLUMNS as RETAIL_COLUMNS, readRow } from '../importers/online-retail-row.ts';
import { readExport } from '../importers/read-export.ts';
import { NumberColumn } from './number-column.ts';

const basketForms = ['baskets', 'online-retail'] as const;
export type BasketForm = (typeof basketForms)[number];

const BASKET_COLUMNS = ['user_id', 'order_number', 'product_id'] as const;
const ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const ORDER_NUMBER = /^\d{1,5}$/;
const SECONDS_PER_DAY = 86_400;

/** The baskets of a file, and how many of its rows are no purchase of a member. */
export type BasketsOfFile = { form: BasketForm; log: PurchaseLog; leftOut: number };

/**
 * Reads baskets from a .csv or .csv.gz whose header says which form it has: `user_id, order_number, product_id`, one product a row in any order, or an
 * Online Retail export, of which what members bought is read: no cancellations, no stock adjustments, no postage and fees, no guests.
 * Throws ImportProblem, in one line, for a file that is neither or has a row that cannot be read.
 */
export async function readBaskets(path: string): Promise<BasketsOfFile> {
  let reader: Reader | undefined;
  for await (const records of readCsv(readExport(path))) {
    for (const record of records) {
      if ('problem' in record)
        throw new ImportProblem(`${path}, row ${record.row}, cannot be read: ${record.problem}.`);
      if (reader === undefined) reader = readerFor(record.fields, path);
      else reader.take(record.fields, record.row);
    }
  }
  if (reader === undefined || reader.lines.count === 0) throw new ImportProblem(`${path} has no purchases of members.`);
  return { form: reader.form, log: reader.lines.log(), leftOut: reader.leftOut };
}

type Reader = { form: BasketForm; lines: Lines; leftOut: number; take(fields: readonly string[], row: number): void };

function readerFor(header: readonly string[], path: string): Reader {
  const names = header.map((name) => name.trim());
  if (RETAIL_COLUMNS.every((name, at) => names[at] === name)) return new RetailRows(path);
  if (BASKET_COLUMNS.every((name) => names.includes(name))) return new BasketRows(path, names);
  throw new ImportProblem(
    `${path} has neither the header of an Online Retail export nor ${BASKET_COLUMNS.join(', ')}; its header is "${header.join(',').slice(0, 100)}".`,
  );
}

class BasketRows implements Reader {
  readonly form = 'baskets';
  readonly lines = new Lines();
  readonly leftOut = 0;
  readonly #path: string;
  readonly #names: readonly string[];

  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#names = names;
  }

  take(fields: readonly string[], row: number): void {
    if (fields.length !== this.#names.length) {
      throw new ImportProblem(
        `${this.#path}, row ${row}, has ${fields.length} fields, the header ${this.#names.length}.`,
      );
    }
    const [member = '', order = '', product = ''] = BASKET_COLUMNS.map(
      (name) => fields[this.#names.indexOf(name)]?.trim() ?? '',
    );
    for (const [name, id] of [['user_id', member] as const, ['product_id', product] as const]) {
      if (!ID.test(id))
        throw new ImportProblem(`${this.#path}, row ${row}: the ${name} "${id.slice(0, 40)}" is no id.`);
    }
    if (!ORDER_NUMBER.test(order)) {
      throw new ImportProblem(
        `${this.#path}, row ${row}: the order_number "${order.slice(0, 40)}" is no whole number up to 99999.`,
      );
    }
    // Without times the number of a basket stands for its day.
    this.lines.add({ member, basket: order, product, at: Number(order) * SECONDS_PER_DAY });
  }
}

class RetailRows implements Reader {
  readonly form = 'online-retail';
  readonly lines = new Lines();
  leftOut = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  take(fields: readonly string[], row: number): void {
    const reading = readRow(fields);
    if (!reading.ok) throw new ImportProblem(`${this.#path}, row ${row}: ${reading.reason}.`);
    const { invoice, invoiceKind, codeKind, customer, quantity, negativePrice, stockCode, atMs } = reading.row;
    const isPurchase = invoiceKind === 'sale' && codeKind === 'product' && quantity > 0 && !negativePrice;
    if (!isPurchase || customer === '') this.leftOut += 1;
    else this.lines.add({ member: customer, basket: invoice, product: stockCode, at: Math.floor(atMs / 1000) });
  }
}

type Line = { member: string; basket: string; product: string; at: number };

/** Lines of baskets in the order of a file, made to a log of baskets by member in the order of time. */
class Lines {
  readonly #members = new Map<string, { number: number; baskets: Map<string, number> }>();
  readonly #items = new Map<string, number>();
  readonly #basketMember = new NumberColumn();
  readonly #basketAt = new NumberColumn();
  readonly #basketItems: Set<number>[] = [];

  get count(): number {
    return this.#basketItems.length;
  }

  add({ member, basket, product, at }: Line): void {
    let known = this.#members.get(member);
    if (known === undefined) {
      known = { number: this.#members.size, baskets: new Map() };
      this.#members.set(member, known);
    }
    let number = known.baskets.get(basket);
    if (number === undefined) {
      number = this.#basketItems.length;
      known.baskets.set(basket, number);
      this.#basketMember.push(known.number);
      this.#basketAt.push(at);
      this.#basketItems.push(new Set());
    }
    let item = this.#items.get(product);
    if (item === undefined) {
      item = this.#items.size;
      this.#items.set(product, item);
    }
    this.#basketItems[number]?.add(item);
  }

  log(): PurchaseLog {
    const member = this.#basketMember.toUint32Array();
    const at = this.#basketAt.toUint32Array();
    const order = Uint32Array.from(member, (_, basket) => basket);
    const key = (column: Uint32Array, basket: number) => column[basket] ?? 0;
    order.sort((one, other) => key(member, one) - key(member, other) || key(at, one) - key(at, other) || one - other);
    const from = new Uint32Array(this.#members.size + 1);
    const lines = new NumberColumn([0]);
    const items = new NumberColumn();
    for (const basket of order) {
      for (const item of this.#basketItems[basket] ?? []) items.push(item);
      lines.push(items.length);
      const next = key(member, basket) + 1;
      from[next] = lines.length - 1;
    }
    return {
      itemCount: this.#items.size,
      from,
      lines: lines.toUint32Array(),
      items: items.toUint32Array(),
      boughtAt: Uint32Array.from(order, (basket) => key(at, basket)),
    };
  }
}
