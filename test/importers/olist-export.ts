import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportPlan, PlanOptions } from '../../infra/importers/importer.ts';
import { planOlist } from '../../infra/importers/olist.ts';
import { OLIST_FILES, type OlistFile } from '../../infra/importers/olist-files.ts';

/** Rows of each file, without header; what is left out has none. */
export type OlistRows = Partial<Record<OlistFile, readonly string[]>>;

const HEADERS: Record<OlistFile, string> = {
  orders:
    '"order_id","customer_id","order_status","order_purchase_timestamp","order_approved_at","order_delivered_carrier_date","order_delivered_customer_date","order_estimated_delivery_date"',
  items: '"order_id","order_item_id","product_id","seller_id","shipping_limit_date","price","freight_value"',
  reviews:
    '"review_id","order_id","review_score","review_comment_title","review_comment_message","review_creation_date","review_answer_timestamp"',
  products:
    '"product_id","product_category_name","product_name_lenght","product_description_lenght","product_photos_qty","product_weight_g","product_length_cm","product_height_cm","product_width_cm"',
  sellers: '"seller_id","seller_zip_code_prefix","seller_city","seller_state"',
  customers: '"customer_id","customer_unique_id","customer_zip_code_prefix","customer_city","customer_state"',
  categories: '\uFEFFproduct_category_name,product_category_name_english',
  payments: '"order_id","payment_sequential","payment_type","payment_installments","payment_value"',
  places: '"geolocation_zip_code_prefix"',
};

/** An order of two products of two sellers, delivered on the tenth day, with a review on the twelfth. */
export const oneOrder = {
  customers: ['c1,m1,01000,sao paulo,SP'],
  categories: ['beleza_saude,health_beauty'],
  orders: [
    'o1,c1,delivered,2018-01-01 10:00:00,2018-01-01 10:05:00,2018-01-03 12:00:00,2018-01-10 15:00:00,2018-01-20',
  ],
  products: ['p1,beleza_saude,40,287,1,225,16,10,14', 'p2,,,,,,,,'],
  sellers: ['s1,01001,sao paulo,SP', 's2,01002,campinas,SP'],
  items: [
    'o1,1,p1,s1,2018-01-05 10:00:00,58.90,13.29',
    'o1,2,p1,s1,2018-01-05 10:00:00,58.90,13.29',
    'o1,3,p2,s2,2018-01-05 10:00:00,99.005,0.00',
  ],
  reviews: ['r1,o1,4,bom,"Muito bom, ""recomendo""\r\nchegou antes",2018-01-11 00:00:00,2018-01-12 09:30:00'],
} as const satisfies OlistRows;

/** Directories of a test, removed at its end by `clear`. */
export class OlistDirectories {
  readonly #made: string[] = [];

  /** Writes an export with these rows; `leave` are files that it lacks. */
  make(rows: OlistRows, leave: readonly OlistFile[] = ['payments', 'places']): string {
    const directory = join(mkdtempSync(join(tmpdir(), 'rapport-olist-')), 'olist');
    mkdirSync(directory);
    this.#made.push(directory);
    for (const [file, { name }] of Object.entries(OLIST_FILES) as [OlistFile, { name: string }][]) {
      if (leave.includes(file) && rows[file] === undefined) continue;
      writeFileSync(join(directory, `${name}.csv`), `${[HEADERS[file], ...(rows[file] ?? [])].join('\n')}\n`);
    }
    return directory;
  }

  plan(rows: OlistRows, options?: PlanOptions): Promise<ImportPlan> {
    return planOlist(this.make(rows), options);
  }

  clear(): void {
    for (const directory of this.#made.splice(0)) rmSync(join(directory, '..'), { recursive: true });
  }
}
