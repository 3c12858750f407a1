import { LIMITS } from '../../events/values.ts';
import type { DirectoryImporter, ExportReport, ImportPlan, PlanOptions } from './importer.ts';
import { type OlistOrder, type OlistProduct, olistEvents, reviewedProducts } from './olist-events.ts';
import { eachOlistRow, findOlistFiles, OLIST_FILES, type OlistFile, type OlistRow } from './olist-files.ts';
import { isOlistId, type OrderRow, readItem, readOrder, readReview } from './olist-rows.ts';

/**
 * The Olist export (a Brazilian marketplace, September 2016 to October 2018) as events of this shop: its sellers are suppliers.
 *
 * Every row of every file is in exactly one class, by the list in CLASSES.
 *
 * - An order is placed at its purchase; completed where it is `delivered` and says when; cancelled where it is `canceled` or
 *   `unavailable`, at the latest time that the order knows, as the export has no time of its own for that. An order without items
 *   is none that could be placed.
 * - Items of an order with the same product, seller and price are one line with a quantity; freight is the order's shipping.
 * - A product is told of at its first order, with the price it had there; it has a supplier where one seller sold all of it.
 * - A review is of a whole order, so each of its products gets its stars, under an id of the review and the product: the same
 *   review comes up under several orders of a member. The words go with the dearest product alone, because the same words under
 *   several products would be taken for copies. The time is that of the answer, or of the question where that is missing.
 * - What was written before the delivery is about the delivery: its stars are those of the product, which no review can be
 *   without, and of the logistics as well; without a delivery the purchase is not verified, and weighs accordingly.
 * - A review that is older than its order is refused: nobody could have written it.
 *
 * Every id comes from the ids of the export or the content, so that reading the same export again makes the same events.
 */
export const olist: DirectoryImporter = {
  name: 'olist',
  title: 'Olist, a directory with olist_orders_dataset.csv.gz, olist_order_items_dataset.csv.gz, ...',
  takes: 'directory',
  plan: planOlist,
};

const CLASSES = {
  orders: {
    completed: 'delivered: placed and completed',
    cancelled: 'canceled or unavailable: placed and cancelled',
    open: 'on the way, or delivered at a time unknown: placed',
    empty: 'orders without items: not placed',
  },
  items: {
    line: 'lines of orders',
    folded: 'further pieces, in the quantity of a line',
    noOrder: 'of an order that was refused or left out',
  },
  reviews: {
    sent: 'written after the delivery: reviews of the products',
    beforeDelivery: 'written before a delivery: reviews of products and logistics, not verified',
    noItems: 'of an order without items: no product to review',
    tooEarly: 'older than their order: refused',
    noOrder: 'of an order that was refused or left out',
  },
  products: {
    sent: 'sold: told of with a category',
    uncategorised: 'sold: told of without a category',
    unsold: 'never sold: not told of',
  },
  sellers: { sold: 'suppliers named by order lines', idle: 'sold nothing: not used' },
  customers: { ordered: 'in the orders they placed: the member is the unique id', idle: 'placed no order: not used' },
  categories: { used: 'names of categories, in the products', unused: 'no product sold has it: not used' },
  payments: { unused: 'payments: not used, what an order comes to is in its items' },
  places: { unused: 'places: not used' },
} as const satisfies Record<OlistFile, Record<string, string>>;

const MALFORMED = 'malformed rows';
const LEFT_OUT = 'after the orders asked for: left out';

/** Reads the whole export, keeping of each row no more than its events need. */
export async function planOlist(directory: string, { orders }: PlanOptions = {}): Promise<ImportPlan> {
  const paths = findOlistFiles(directory);
  const ledger = new OlistLedger(orders);
  // Each file builds on those before it.
  for (const file of FILE_ORDER) {
    const path = paths[file];
    if (path === undefined) continue;
    const refuse = (reason: string, number: number): void => ledger.refuse(file, reason, number);
    await eachOlistRow({ file, path }, { take: (row, number) => ledger.take(file, row, number), refuse });
    ledger.endOf(file);
  }
  return ledger.plan();
}

const FILE_ORDER = [
  'customers',
  'categories',
  'orders',
  'products',
  'sellers',
  'items',
  'reviews',
  'payments',
  'places',
] as const satisfies OlistFile[];

type KnownOrder = OlistOrder & { row: Pick<OrderRow, 'status' | 'lastMs'>; positions: Set<number> };
type KnownProduct = { category: string; attributes: Record<string, string>; suppliers: Set<string> };

/** What became of a row: its class, a reason to refuse it, or that only the other rows will tell. */
type Outcome = { kind: 'counted'; id: string } | { kind: 'refused'; reason: string } | { kind: 'later' };

const counted = (id: string): Outcome => ({ kind: 'counted', id });
const refused = (reason: string): Outcome => ({ kind: 'refused', reason });
const LATER: Outcome = { kind: 'later' };

class OlistLedger {
  readonly #limit: number | undefined;
  readonly #rows = new Map<OlistFile, number>();
  readonly #counts = new Map<string, number>();
  readonly #malformed = new Map<string, { rows: number; firstRow: number }>();
  /** The member of each customer, and whether an order is theirs. */
  readonly #customers = new Map<string, { memberId: string; ordered: boolean }>();
  readonly #categories = new Map<string, { english: string; used: boolean }>();
  readonly #orders = new Map<string, KnownOrder>();
  readonly #products = new Map<string, KnownProduct>();
  /** Sellers, and whether they have sold anything. */
  readonly #sellers = new Map<string, boolean>();
  readonly #leftOut = new Set<string>();
  readonly #reviews = new Set<string>();
  #controls = 0;
  #wordy = 0;

  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  take(file: OlistFile, row: OlistRow, number: number): void {
    const outcome = this.#takers[file](row);
    if (outcome.kind === 'refused') this.refuse(file, outcome.reason, number);
    else {
      this.#rows.set(file, (this.#rows.get(file) ?? 0) + 1);
      if (outcome.kind === 'counted') this.#count(file, outcome.id);
    }
  }

  refuse(file: OlistFile, reason: string, number: number): void {
    this.#rows.set(file, (this.#rows.get(file) ?? 0) + 1);
    this.#count(file, 'malformed');
    const named = `${OLIST_FILES[file].name}: ${reason}`;
    const known = this.#malformed.get(named);
    if (known === undefined) this.#malformed.set(named, { rows: 1, firstRow: number });
    else known.rows += 1;
  }

  /** Leaves out the orders after those asked for, once all are read. */
  endOf(file: OlistFile): void {
    if (file !== 'orders' || this.#limit === undefined) return;
    const byTime = [...this.#orders.values()].sort((a, b) => a.placedMs - b.placedMs || (a.id < b.id ? -1 : 1));
    for (const { id } of byTime.slice(this.#limit)) {
      this.#orders.delete(id);
      this.#leftOut.add(id);
    }
  }

  readonly #takers: Record<OlistFile, (row: OlistRow) => Outcome> = {
    customers: (row) => {
      const [customerId, memberId] = [row('customer_id'), row('customer_unique_id')];
      if (!isOlistId(customerId)) return refused('customer_id is no id');
      if (!isOlistId(memberId)) return refused('customer_unique_id is no id');
      if (this.#customers.has(customerId)) return refused('customer_id stands in an earlier row');
      this.#customers.set(customerId, { memberId, ordered: false });
      return LATER;
    },
    categories: (row) => {
      const [category, english] = [row('product_category_name'), row('product_category_name_english')];
      if (category === '' || english === '') return refused('a name is empty');
      if (Math.max(category.length, english.length) > CATEGORY_LENGTH) {
        return refused(`a name has over ${CATEGORY_LENGTH} characters`);
      }
      if (this.#categories.has(category)) return refused('product_category_name stands in an earlier row');
      this.#categories.set(category, { english, used: false });
      return LATER;
    },
    orders: (row) => this.#takeOrder(row),
    products: (row) => {
      const productId = row('product_id');
      if (!isOlistId(productId)) return refused('product_id is no id');
      if (this.#products.has(productId)) return refused('product_id stands in an earlier row');
      const category = row('product_category_name');
      if (category.length > CATEGORY_LENGTH) return refused('product_category_name is too long');
      this.#products.set(productId, { category, attributes: attributesOf(row), suppliers: new Set() });
      return LATER;
    },
    sellers: (row) => {
      const sellerId = row('seller_id');
      if (!isOlistId(sellerId)) return refused('seller_id is no id');
      if (this.#sellers.has(sellerId)) return refused('seller_id stands in an earlier row');
      this.#sellers.set(sellerId, false);
      return LATER;
    },
    items: (row) => this.#takeItem(row),
    reviews: (row) => this.#takeReview(row),
    payments: () => counted('unused'),
    places: () => counted('unused'),
  };

  #takeOrder(row: OlistRow): Outcome {
    const reading = readOrder(row);
    if (!reading.ok) return refused(reading.reason);
    const { orderId, customerId, status, placedMs, deliveredMs, lastMs } = reading.value;
    if (this.#orders.has(orderId)) return refused('order_id stands in an earlier row');
    const customer = this.#customers.get(customerId);
    if (customer === undefined) return refused('customer_id is in no row of the customers');
    const isCancelled = status === 'canceled' || status === 'unavailable';
    this.#orders.set(orderId, {
      id: orderId,
      memberId: customer.memberId,
      placedMs,
      completedMs: status === 'delivered' ? deliveredMs : undefined,
      cancelled: isCancelled ? { atMs: lastMs, reason: status } : undefined,
      lines: [],
      shipping: 0,
      reviews: [],
      row: { status, lastMs },
      positions: new Set(),
    });
    customer.ordered = true;
    return LATER;
  }

  #takeItem(row: OlistRow): Outcome {
    const reading = readItem(row);
    if (!reading.ok) return refused(reading.reason);
    const { orderId, position, productId, sellerId, price, freight } = reading.value;
    const order = this.#orders.get(orderId);
    if (order === undefined) return counted(this.#leftOut.has(orderId) ? 'leftOut' : 'noOrder');
    const product = this.#products.get(productId);
    if (product === undefined) return refused('product_id is in no row of the products');
    if (!this.#sellers.has(sellerId)) return refused('seller_id is in no row of the sellers');
    if (order.positions.has(position)) return refused('order_item_id stands in an earlier row of its order');
    if (order.positions.size >= LIMITS.linesPerOrder) return refused('an order has too many items');
    order.positions.add(position);
    this.#sellers.set(sellerId, true);
    product.suppliers.add(sellerId);
    order.shipping += freight;
    const line = order.lines.find(
      (it) => it.productId === productId && it.supplierId === sellerId && it.unitPrice === price,
    );
    if (line === undefined) {
      order.lines.push({ position, productId, supplierId: sellerId, unitPrice: price, quantity: 1 });
      return counted('line');
    }
    line.position = Math.min(line.position, position);
    line.quantity += 1;
    return counted('folded');
  }

  #takeReview(row: OlistRow): Outcome {
    const reading = readReview(row);
    if (!reading.ok) return refused(reading.reason);
    const { reviewId, orderId, stars, title, text, atMs, controls } = reading.value;
    const order = this.#orders.get(orderId);
    if (order === undefined) return counted(this.#leftOut.has(orderId) ? 'leftOut' : 'noOrder');
    const key = `${reviewId} ${orderId}`;
    if (this.#reviews.has(key)) return refused('review_id stands in an earlier row of its order');
    this.#reviews.add(key);
    if (order.lines.length === 0) return counted('noItems');
    if (atMs < order.placedMs) return counted('tooEarly');
    const beforeDelivery = order.completedMs === undefined || order.completedMs > atMs;
    order.reviews.push({ id: reviewId, atMs, stars, title, text, beforeDelivery });
    if (controls > 0) this.#controls += 1;
    if (title + text !== '') this.#wordy += 1;
    return counted(beforeDelivery ? 'beforeDelivery' : 'sent');
  }

  plan(): ImportPlan {
    const orders = [...this.#orders.values()].filter(({ lines }) => lines.length > 0);
    for (const { lines } of orders) lines.sort((a, b) => a.position - b.position);
    const products = this.#soldProducts();
    this.#countWhatWasUsed();
    const members = new Set(orders.map(({ memberId }) => memberId));
    const reviewEvents = orders.reduce((sum, it) => sum + it.reviews.length * reviewedProducts(it).length, 0);
    const completed = orders.filter(({ completedMs }) => completedMs !== undefined).length;
    const cancelled = orders.filter((it) => it.cancelled !== undefined).length;
    const figures = [
      { id: 'orders', label: 'orders', value: orders.length },
      { id: 'completed', label: 'of them completed', value: completed },
      { id: 'cancelled', label: 'of them cancelled', value: cancelled },
      { id: 'members', label: 'members with an order', value: members.size },
      { id: 'products', label: 'products sold', value: products.size },
      { id: 'suppliers', label: 'suppliers', value: [...this.#sellers.values()].filter(Boolean).length },
      { id: 'reviews', label: 'reviews (one per product of the order)', value: reviewEvents },
      { id: 'reviewsWithWords', label: 'answers with words', value: this.#wordy },
      {
        id: 'controlCharacters',
        label: 'of them with control characters, which were taken out',
        value: this.#controls,
      },
    ];
    return {
      report: this.#report(figures),
      eventCount: products.size + orders.length + completed + cancelled + reviewEvents,
      events: () => olistEvents(orders, products),
    };
  }

  #soldProducts(): Map<string, OlistProduct> {
    const sold = new Map<string, OlistProduct>();
    for (const [id, { category, attributes, suppliers }] of this.#products) {
      if (suppliers.size === 0) {
        this.#count('products', 'unsold');
        continue;
      }
      const translated = this.#categories.get(category);
      if (translated !== undefined) translated.used = true;
      this.#count('products', category === '' ? 'uncategorised' : 'sent');
      const [supplierId] = suppliers;
      const only = suppliers.size === 1 ? supplierId : undefined;
      sold.set(id, { id, category: translated?.english ?? category, supplierId: only, attributes });
    }
    return sold;
  }

  /** Counts the rows of which only all the others together tell what became of them. */
  #countWhatWasUsed(): void {
    for (const it of this.#orders.values()) this.#count('orders', orderClass(it));
    for (const _ of this.#leftOut) this.#count('orders', 'leftOut');
    for (const sold of this.#sellers.values()) this.#count('sellers', sold ? 'sold' : 'idle');
    for (const { ordered } of this.#customers.values()) this.#count('customers', ordered ? 'ordered' : 'idle');
    for (const { used } of this.#categories.values()) this.#count('categories', used ? 'used' : 'unused');
  }

  #count(file: OlistFile, id: string): void {
    const key = `${file}.${id}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  #report(figures: ExportReport['figures']): ExportReport {
    const files = (Object.keys(OLIST_FILES) as OlistFile[])
      .filter((file) => this.#rows.has(file))
      .map((file) => ({
        name: OLIST_FILES[file].name,
        rows: this.#rows.get(file) ?? 0,
        classes: this.#classesOf(file),
      }));
    const malformed = [...this.#malformed].map(([reason, { rows, firstRow }]) => ({ reason, rows, firstRow }));
    const rows = files.reduce((sum, it) => sum + it.rows, 0);
    return { rows, classes: files.flatMap((it) => it.classes), files, figures, malformed };
  }

  #classesOf(file: OlistFile): ExportReport['classes'] {
    const labels: Record<string, string> = { ...CLASSES[file], leftOut: LEFT_OUT, malformed: MALFORMED };
    return Object.entries(labels).flatMap(([id, label]) => {
      const rows = this.#counts.get(`${file}.${id}`) ?? 0;
      const always = id !== 'leftOut' && id !== 'malformed';
      return rows > 0 || always ? [{ id: `${file}.${id}`, label, rows }] : [];
    });
  }
}

/** As long as a category of a product may be. */
const CATEGORY_LENGTH = 200;

function orderClass({ lines, completedMs, cancelled }: KnownOrder): keyof (typeof CLASSES)['orders'] {
  if (lines.length === 0) return 'empty';
  if (cancelled !== undefined) return 'cancelled';
  return completedMs === undefined ? 'open' : 'completed';
}

/** What a shop may want to know of a product besides its category: small, and only where the export says it. */
function attributesOf(row: OlistRow): Record<string, string> {
  const [weight, photos] = [row('product_weight_g'), row('product_photos_qty')];
  return {
    ...(/^\d{1,9}$/.test(weight) && { weightGrams: weight }),
    ...(/^\d{1,4}$/.test(photos) && { photos }),
  };
}
