import type { PurchaseLog } from './training-log.ts';

const SECONDS_PER_DAY = 86_400;
/** Half a percent of the baskets may lie behind the end of a log: a clock that runs ahead must not make all the rest look old. */
const ON_TIME = 0.995;

/** How many members and baskets a log has. */
export const memberCountOf = ({ from }: Pick<PurchaseLog, 'from'>): number => Math.max(from.length - 1, 0);
export const basketCountOf = ({ lines }: Pick<PurchaseLog, 'lines'>): number => Math.max(lines.length - 1, 0);

/** When a log ends, in seconds since 1970; 0 where it is empty. */
export function endOf({ boughtAt }: Pick<PurchaseLog, 'boughtAt'>): number {
  const sorted = boughtAt.slice().sort();
  return sorted[Math.floor((sorted.length - 1) * ON_TIME)] ?? 0;
}

/** What counts half after so many days; what lies in the future counts as of today. */
export function recencyOf(atSeconds: number, endSeconds: number, halfLifeDays: number): number {
  return 0.5 ** (Math.max(0, endSeconds - atSeconds) / SECONDS_PER_DAY / halfLifeDays);
}

/** Days from one instant to another, 0 where time went backwards. */
export const daysBetween = (fromSeconds: number, toSeconds: number): number =>
  Math.max(0, toSeconds - fromSeconds) / SECONDS_PER_DAY;

/** When each item was bought, in order of time: those of item i are `times[from[i]]` up to `times[from[i + 1]]`. */
export class PurchaseTimes {
  readonly #from: Uint32Array;
  readonly #times: Uint32Array;
  readonly #baskets: Uint32Array;

  constructor({ itemCount, lines, items, boughtAt }: Pick<PurchaseLog, 'itemCount' | 'lines' | 'items' | 'boughtAt'>) {
    this.#from = new Uint32Array(itemCount + 1);
    for (const item of items) this.#from[item + 1] = (this.#from[item + 1] as number) + 1;
    for (let item = 0; item < itemCount; item += 1) {
      this.#from[item + 1] = (this.#from[item + 1] as number) + (this.#from[item] as number);
    }
    this.#times = new Uint32Array(items.length);
    const order = Uint32Array.from(boughtAt, (_, basket) => basket);
    order.sort((one, other) => (boughtAt[one] as number) - (boughtAt[other] as number) || one - other);
    this.#baskets = Uint32Array.from(order, (basket) => boughtAt[basket] as number);
    const next = this.#from.slice(0, itemCount);
    for (const basket of order) {
      for (let at = lines[basket] as number; at < (lines[basket + 1] as number); at += 1) {
        const item = items[at] as number;
        const place = next[item] as number;
        this.#times[place] = boughtAt[basket] as number;
        next[item] = place + 1;
      }
    }
  }

  /** How many baskets have an item from one instant up to, and not with, another. */
  countOf(item: number, fromSeconds: number, toSeconds: number): number {
    const start = this.#from[item] as number;
    const end = this.#from[item + 1] as number;
    return place(this.#times, start, end, toSeconds) - place(this.#times, start, end, fromSeconds);
  }

  basketsIn(fromSeconds: number, toSeconds: number): number {
    const end = this.#baskets.length;
    return place(this.#baskets, 0, end, toSeconds) - place(this.#baskets, 0, end, fromSeconds);
  }
}

/** Where the first of sorted numbers lies that is no less than a value. */
function place(sorted: Uint32Array, start: number, end: number, value: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
