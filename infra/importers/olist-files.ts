import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from './csv.ts';
import { ImportProblem } from './importer.ts';
import { readExport } from './read-export.ts';

/** The files of the export with the columns that are read of each. The last two are counted where they are there. */
export const OLIST_FILES = {
  orders: {
    name: 'olist_orders_dataset',
    columns: [
      'order_id',
      'customer_id',
      'order_status',
      'order_purchase_timestamp',
      'order_approved_at',
      'order_delivered_carrier_date',
      'order_delivered_customer_date',
    ],
  },
  items: {
    name: 'olist_order_items_dataset',
    columns: ['order_id', 'order_item_id', 'product_id', 'seller_id', 'price', 'freight_value'],
  },
  reviews: {
    name: 'olist_order_reviews_dataset',
    columns: [
      'review_id',
      'order_id',
      'review_score',
      'review_comment_title',
      'review_comment_message',
      'review_creation_date',
      'review_answer_timestamp',
    ],
  },
  products: {
    name: 'olist_products_dataset',
    columns: ['product_id', 'product_category_name', 'product_photos_qty', 'product_weight_g'],
  },
  sellers: { name: 'olist_sellers_dataset', columns: ['seller_id'] },
  customers: { name: 'olist_customers_dataset', columns: ['customer_id', 'customer_unique_id'] },
  categories: {
    name: 'product_category_name_translation',
    columns: ['product_category_name', 'product_category_name_english'],
  },
  payments: { name: 'olist_order_payments_dataset', columns: [], optional: true },
  places: { name: 'olist_geolocation_dataset', columns: [], optional: true },
} as const satisfies Record<string, { name: string; columns: readonly string[]; optional?: boolean }>;

export type OlistFile = keyof typeof OLIST_FILES;

/** The value of a column in the row at hand; empty where the row has none. */
export type OlistRow = (column: string) => string;

/**
 * Finds the files in a directory, as .csv.gz or .csv.
 * @throws ImportProblem that names every one that is missing
 */
export function findOlistFiles(directory: string): Partial<Record<OlistFile, string>> {
  if (!existsSync(directory)) throw new ImportProblem(`${directory}: there is no such directory.`);
  if (!statSync(directory).isDirectory()) throw new ImportProblem(`${directory} is no directory.`);
  const found: Partial<Record<OlistFile, string>> = {};
  const missing: string[] = [];
  for (const [file, { name, ...rest }] of Object.entries(OLIST_FILES)) {
    const paths = ['.csv.gz', '.csv'].map((ending) => join(directory, `${name}${ending}`));
    const path = paths.find((it) => existsSync(it));
    if (path !== undefined) found[file as OlistFile] = path;
    else if (!('optional' in rest)) missing.push(`${name}.csv.gz`);
  }
  if (missing.length > 0) throw new ImportProblem(`${directory} lacks ${missing.join(', ')}.`);
  return found;
}

/**
 * Reads the rows of a file; a row that is broken is told to `refuse`. Columns that are not ours may come and go.
 * @throws ImportProblem where a column that is read is not there
 */
export async function eachOlistRow(
  { file, path }: { file: OlistFile; path: string },
  { take, refuse }: { take: (row: OlistRow, number: number) => void; refuse: (reason: string, number: number) => void },
): Promise<void> {
  let places: ReadonlyMap<string, number> | undefined;
  for await (const records of readCsv(readExport(path))) {
    for (const record of records) {
      if (places === undefined) {
        places = placesOf(file, path, 'problem' in record ? [] : record.fields);
        continue;
      }
      const known = places;
      if ('problem' in record) refuse(record.problem, record.row);
      else if (record.fields.length !== known.size) refuse(columnsWrong(known.size, record.fields.length), record.row);
      else take((column) => record.fields[known.get(column) ?? -1]?.trim() ?? '', record.row);
    }
  }
  if (places === undefined) throw new ImportProblem(`${path} is empty: not even its header is there.`);
}

const columnsWrong = (wanted: number, found: number): string => `there are ${wanted} columns, not ${found}`;

function placesOf(file: OlistFile, path: string, header: readonly string[]): Map<string, number> {
  const places = new Map(header.map((name, index) => [name.trim(), index]));
  const absent = OLIST_FILES[file].columns.filter((column) => !places.has(column));
  if (absent.length > 0) throw new ImportProblem(`${path} has no column ${absent.join(', ')}.`);
  return places;
}
