import type { Question } from './features.ts';

/** What a purchase counts less for each basket that came after it, as within a group of TIFU-KNN (Hu, He, Gao, Zhang, SIGIR 2020). */
const DECAY = 0.9;
/** The latest lines of a history say enough, and bound the work of a question. */
const LINES_READ = 500;
const MS_PER_SECOND = 1000;

/**
 * What one member has bought, product by product: read basket by basket, oldest first, both for training and for a question, so that both
 * see the same. Its columns are reused from one member to the next. Times are seconds since 1970.
 */
export class BoughtSoFar {
  readonly itemCount: number;
  /** Distinct products, in the order in which they were first bought; `count` of them, each with its row in the columns below. */
  count = 0;
  baskets = 0;
  lines = 0;
  items = new Uint32Array(64);
  times = new Uint32Array(64);
  firstAt = new Float64Array(64);
  lastAt = new Float64Array(64);
  /** The number of the latest basket that has the product; the first basket is 0. */
  lastBasket = new Uint32Array(64);
  readonly #row: Int32Array;
  #weight = new Float64Array(64);
  #at = 0;

  constructor(itemCount: number) {
    this.itemCount = itemCount;
    this.#row = new Int32Array(itemCount).fill(-1);
  }

  clear(): void {
    for (let row = 0; row < this.count; row += 1) this.#row[this.items[row] as number] = -1;
    this.count = 0;
    this.baskets = 0;
    this.lines = 0;
  }

  startBasket(atSeconds: number): void {
    this.baskets += 1;
    this.#at = atSeconds;
  }

  /** A product of the basket that was started last; a second line of it changes nothing. */
  add(item: number): void {
    if (item >= this.itemCount) return;
    const basket = this.baskets - 1;
    let row = this.#row[item] as number;
    if (row < 0) {
      row = this.count;
      if (row === this.items.length) this.#grow();
      this.count += 1;
      this.#row[item] = row;
      this.items[row] = item;
      this.times[row] = 0;
      this.#weight[row] = 0;
      this.firstAt[row] = this.#at;
    } else if (this.lastBasket[row] === basket) return;
    this.#weight[row] = 1 + this.#decayed(row, basket);
    this.times[row] = (this.times[row] as number) + 1;
    this.lastAt[row] = this.#at;
    this.lastBasket[row] = basket;
    this.lines += 1;
  }

  /** How often a product was bought, each time less for each basket since. */
  weightOf(row: number): number {
    return this.#decayed(row, this.baskets - 1);
  }

  rowOf(item: number): number {
    return item < this.itemCount ? (this.#row[item] as number) : -1;
  }

  #decayed(row: number, basket: number): number {
    const weight = this.#weight[row] as number;
    return weight === 0 ? 0 : weight * DECAY ** (basket - (this.lastBasket[row] as number));
  }

  #grow(): void {
    const length = 2 * this.items.length;
    const longer = <T extends Uint32Array | Float64Array>(column: T, into: T): T => {
      into.set(column);
      return into;
    };
    this.items = longer(this.items, new Uint32Array(length));
    this.times = longer(this.times, new Uint32Array(length));
    this.lastBasket = longer(this.lastBasket, new Uint32Array(length));
    this.firstAt = longer(this.firstAt, new Float64Array(length));
    this.lastAt = longer(this.lastAt, new Float64Array(length));
    this.#weight = longer(this.#weight, new Float64Array(length));
  }
}

/** Reads what was bought by the one who asks. Lines of one instant are one basket. */
export function readPurchases({ purchases }: Pick<Question, 'purchases'>, into: BoughtSoFar): void {
  into.clear();
  let basketMs = Number.NaN;
  for (let at = Math.max(0, purchases.length - LINES_READ); at < purchases.length; at += 1) {
    const line = purchases[at];
    if (line === undefined) continue;
    if (line.atMs !== basketMs) into.startBasket(line.atMs / MS_PER_SECOND);
    basketMs = line.atMs;
    into.add(line.item);
  }
}
