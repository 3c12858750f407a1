import { ID_PATTERN } from '../../events/ids.ts';
import { LIMITS } from '../../events/values.ts';
import { parseMinorUnits } from './minor-units.ts';

/** The columns of the export, in their order. */
export const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** A row of the export with its values read; prices in pence. */
export type RetailRow = {
  invoice: string;
  invoiceKind: 'sale' | 'cancellation' | 'adjustment';
  stockCode: string;
  codeKind: 'product' | 'shipping' | 'no_product';
  description: string;
  quantity: number;
  atMs: number;
  unitPrice: number;
  negativePrice: boolean;
  /** Empty for a guest. */
  customer: string;
};

export type RowReading = { ok: true; row: RetailRow } | { ok: false; reason: string };

const SHIPPING_CODES = new Set(['POST', 'DOT', 'C2']);
const NO_PRODUCT_CODES = new Set(['M', 'D', 'S', 'B', 'AMAZONFEE', 'BANK CHARGES', 'CRUK', 'PADS']);
const STOCK_CODE_LENGTH = 40;
const CUSTOMER_LENGTH = 64;

const INVOICE = /^[AC]?\d{1,20}$/i;
const WHOLE_NUMBER = /^-?\d{1,9}$/;
const DATE = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?$/;

/** Reads one row. What is wrong with it is said in the words of its column, so that rows group by reason. */
export function readRow(fields: readonly string[]): RowReading {
  if (fields.length !== COLUMNS.length) return refuse(`there are ${COLUMNS.length} columns, not ${fields.length}`);
  const [invoice = '', stockCode = '', description = '', quantityText = '', date = '', price = '', customer = ''] =
    fields.map((field) => field.trim());
  if (!INVOICE.test(invoice)) return refuse('InvoiceNo is no number with C, A or nothing before it');
  if (stockCode === '' || stockCode.length > STOCK_CODE_LENGTH) {
    return refuse(`StockCode has 1-${STOCK_CODE_LENGTH} characters`);
  }
  const quantity = WHOLE_NUMBER.test(quantityText) ? Number(quantityText) : undefined;
  if (quantity === undefined) return refuse('Quantity is no whole number');
  if (Math.abs(quantity) > LIMITS.quantity) return refuse(`Quantity is over ${LIMITS.quantity}`);
  const atMs = readInstant(date);
  if (atMs === undefined) return refuse('InvoiceDate is no YYYY-MM-DD HH:MM:SS');
  const unitPrice = parseMinorUnits(price);
  if (unitPrice === undefined) return refuse('UnitPrice is no decimal number');
  if (unitPrice.amount > LIMITS.unitPrice) return refuse(`UnitPrice is over ${LIMITS.unitPrice / 100}`);
  if (customer !== '' && (!ID_PATTERN.test(customer) || customer.length > CUSTOMER_LENGTH)) {
    return refuse('CustomerID is no id');
  }
  return {
    ok: true,
    row: {
      invoice,
      invoiceKind: invoiceKind(invoice),
      stockCode,
      codeKind: codeKind(stockCode.toUpperCase()),
      description,
      quantity,
      atMs,
      unitPrice: unitPrice.amount,
      negativePrice: unitPrice.negative,
      customer,
    },
  };
}

function invoiceKind(invoice: string): RetailRow['invoiceKind'] {
  const letter = invoice.charAt(0).toUpperCase();
  if (letter === 'C') return 'cancellation';
  return letter === 'A' ? 'adjustment' : 'sale';
}

function codeKind(code: string): RetailRow['codeKind'] {
  if (SHIPPING_CODES.has(code)) return 'shipping';
  return NO_PRODUCT_CODES.has(code) ? 'no_product' : 'product';
}

/** The export says nothing of a time zone; its times are taken as UTC. */
function readInstant(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, day = '', minute = '', second = ':00'] = match;
  const atMs = Date.parse(`${day}T${minute}${second}Z`);
  // Date.parse takes 30 February for 2 March.
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(day) ? atMs : undefined;
}

const refuse = (reason: string): RowReading => ({ ok: false, reason });
