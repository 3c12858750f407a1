/** What a product that everybody reviews, and a brand that every order names, take of the one item that all of it meets on. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { sizeOf } from './item-size.ts';
import { type SampleEvent, SampleOrders } from './sample-orders.ts';
import { SampleReviews } from './sample-reviews.ts';
import { sumOf } from './took.ts';
import { type Following, type ItemWrites, WiredShop } from './wired-shop.ts';

export type HotRow = {
  what: string;
  events: number;
  shards: number;
  /** The item that was written most, and how often for 1,000 events; refused writes are in it. */
  hottest: string;
  writesPerThousand: number;
  /** The same in write units, by what the item weighed in the end. */
  unitsPerThousand: number;
  /** Invocations that met a conflict and were given their records again. */
  again: number;
  /** The longest invocation of a follower; its timeout, and less processor than here, is what it has on Lambda. */
  longestMs: number;
  /** Write units of all tables for each event, of what follows from the streams; that of the reaction before it apart. */
  unitsPerEvent: number;
  reactionUnitsPerEvent: number;
  /** What the followers manage here, one after the other. */
  eventsPerSecond: number;
  published: number;
};

/** What each of the reviews took that came while the product had so many. */
export type GrowthRow = {
  from: number;
  to: number;
  msPerReview: number;
  cpuMsPerReview: number;
  unitsPerReview: number;
  readUnitsPerReview: number;
  /** The longest invocation, of up to as many records as the stacks are set to. */
  longestMs: number;
};

export type HotItems = { rows: HotRow[]; growth: GrowthRow[] };

export type HotOptions = { events: number; shards: readonly number[]; growth: readonly number[] };

const FUNCTIONS = [
  'catalog-product-upserted',
  'loyalty-order-placed',
  'loyalty-order-completed',
  'review-submitted',
  'reputation-fold',
  'reputation-publisher',
  'reputation-orders',
];
const BATCH = 10;
/** All of it lies within one window of time, as far as judging a review looks. */
const DAYS = 20;
const PURCHASE_DAYS = 10;

export async function measureHotItems({ events, shards, growth }: HotOptions): Promise<HotItems> {
  const shop = await WiredShop.start(FUNCTIONS);
  try {
    const bench = new HotBench(shop);
    const rows: HotRow[] = [];
    for (const count of shards) rows.push(...(await bench.measure(events, count)));
    return { rows, growth: await bench.grow(growth) };
  } finally {
    await shop.stop();
  }
}

class HotBench {
  readonly #shop: WiredShop;
  readonly #orders = new SampleOrders(41);
  readonly #reviews = new SampleReviews(43);
  #products = 0;

  constructor(shop: WiredShop) {
    this.#shop = shop;
  }

  /** Orders of one product, each by another member, and then a review of it by each of them. */
  async measure(events: number, shards: number): Promise<HotRow[]> {
    const makers = await this.#product();
    const orders = Array.from({ length: events }, (_, index) => {
      const owner = { memberId: `mem-hot-${makers.productId}-${index}` };
      const order = this.#orders.order(1, owner, (index / events) * DAYS);
      const lines = order.lines.map((line) => ({ ...line, productId: makers.productId, brandId: makers.brandId }));
      return { ...order, lines, ...owner };
    });
    await this.#react(
      'loyalty-order-placed',
      orders.map((order) => this.#orders.placed(order)),
    );
    await this.#settle();
    const completed = orders.map((order) => this.#orders.completed(order, 1));
    const ofOrders = await this.#row('completed orders that name one brand', {
      name: 'loyalty-order-completed',
      events: completed,
      shards,
    });
    const reviews = orders.map(({ memberId, orderId }, index) =>
      this.#reviews.review({
        memberId,
        orderId,
        productId: makers.productId,
        day: PURCHASE_DAYS + (index / events) * DAYS,
      }),
    );
    const ofReviews = await this.#row('reviews of one product', { name: 'review-submitted', events: reviews, shards });
    return [ofOrders, ofReviews];
  }

  /** One product that has ever more reviews. */
  async grow(sizes: readonly number[]): Promise<GrowthRow[]> {
    const { productId } = await this.#product();
    const rows: GrowthRow[] = [];
    const most = Math.max(...sizes);
    let from = 0;
    for (const to of sizes) {
      // The last of them only: those before only bring the product there.
      const measured = Math.min(MEASURED, to - from);
      const event = (index: number) =>
        this.#reviews.review({
          memberId: `mem-grow-${index}`,
          productId,
          day: PURCHASE_DAYS + (index / most) * DAYS,
        });
      const all = Array.from({ length: to - from }, (_, index) => event(from + index));
      await this.#react('review-submitted', all.slice(0, all.length - measured));
      await this.#settle();
      await this.#react('review-submitted', all.slice(all.length - measured));
      const { took, longestMs } = await this.#settle();
      rows.push({
        from: to - measured,
        to,
        msPerReview: took.wallMs / measured,
        cpuMsPerReview: took.cpuMs / measured,
        unitsPerReview: (took.tableWrites + took.noteWrites) / measured,
        readUnitsPerReview: (took.tableReads + took.policyReads) / measured,
        longestMs,
      });
      from = to;
    }
    return rows;
  }

  async #row(
    what: string,
    { name, events, shards }: { name: string; events: readonly SampleEvent[]; shards: number },
  ): Promise<HotRow> {
    this.#shop.itemWrites();
    this.#shop.announced();
    const reactionUnits = await this.#react(name, events);
    // What an order or a review writes of its own is written once for each.
    const { took, again, longestMs } = await this.#settle(shards);
    const [hottest] = this.#shop.itemWrites();
    if (hottest === undefined) throw new Error(`Nothing was written of ${what}`);
    const writes = hottest.writes + hottest.refused;
    const published = this.#shop.announced().filter(({ type }) => type === 'review.published.v1').length;
    const thousand = 1_000 / events.length;
    return {
      what,
      events: events.length,
      shards,
      hottest: hottest.key,
      writesPerThousand: writes * thousand,
      unitsPerThousand: (await this.#unitsOf(hottest)) * thousand,
      again,
      longestMs,
      unitsPerEvent: (took.tableWrites + took.noteWrites) / events.length,
      reactionUnitsPerEvent: reactionUnits / events.length,
      eventsPerSecond: events.length / (took.wallMs / 1_000),
      published,
    };
  }

  /** @returns the write units that the reaction took */
  async #react(name: string, events: readonly SampleEvent[]): Promise<number> {
    let units = 0;
    for (let from = 0; from < events.length; from += BATCH) {
      const { tableWrites } = await this.#shop.react(name, events.slice(from, from + BATCH));
      units += tableWrites;
    }
    return units;
  }

  async #settle(shards = 1): Promise<Pick<Following, 'took' | 'again' | 'longestMs'>> {
    const all = [...(await this.#shop.settle({ shards })).values()];
    return {
      took: all.map(({ took }) => took).reduce(sumOf),
      again: all.reduce((sum, { again }) => sum + again, 0),
      longestMs: Math.max(...all.map((it) => it.longestMs)),
    };
  }

  async #product(): Promise<{ productId: string; brandId: string; supplierId: string }> {
    this.#products += 1;
    const makers = { brandId: `brand-hot-${this.#products}`, supplierId: `sup-hot-${this.#products}` };
    const productId = `sku-hot-${this.#products}`;
    await this.#react('catalog-product-upserted', [this.#reviews.product(productId, makers, 0)]);
    return { productId, ...makers };
  }

  /** In write units, as heavy as the item is by now. */
  async #unitsOf({ key, writes, refused, inTransactions }: ItemWrites): Promise<number> {
    const [pk = '', sk = ''] = key.split(' ');
    const client = new DynamoDBClient({});
    const { Item = {} } = await client.send(
      new GetItemCommand({ TableName: this.#shop.table('reputation'), Key: { pk: { S: pk }, sk: { S: sk } } }),
    );
    client.destroy();
    return Math.max(1, Math.ceil(sizeOf(Item) / 1_024)) * (writes + refused + inTransactions);
  }
}

/** Reviews that a size of a product is measured by: two full batches of the stream. */
const MEASURED = 200;
