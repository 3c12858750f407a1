import { BoughtSoFar, readPurchases } from './bought-so-far.ts';
import type { FeatureScores, FindingFeature, Question } from './features.ts';
import { basketCountOf, endOf, memberCountOf, recencyOf } from './purchase-times.ts';
import type { PurchaseLog } from './training-log.ts';

/** Of each item the items that are bought with it or in the next basket: those of item i are `items[from[i]]` up to `items[from[i + 1]]`, the nearest first. */
export type BasketNeighbours = {
  from: Uint32Array;
  items: Uint32Array;
  values: Float32Array;
};

export type TogetherSettings = {
  neighbours: number;
  /** After so many days before the end of the log a basket counts half. */
  halfLifeDays: number;
  /** How far the popularity of the item that was bought, and of the one that is found, is taken out. */
  powerBought: number;
  powerFound: number;
  /** What the next basket counts, against 1 for the same. */
  next: number;
  /** A purchase counts less for each basket that came after it. */
  decay: number;
};

/** Chosen on held-out baskets of two shops (Ta-Feng, Online Retail), one set for both. */
export const defaultTogetherSettings: TogetherSettings = {
  neighbours: 50,
  halfLifeDays: 21,
  powerBought: 0.5,
  powerFound: 0.3,
  next: 0.5,
  decay: 0.8,
};

/** Of an item that is in every basket its latest baskets say enough; of a huge basket the first lines. Both bound the pairs. */
const LATEST_BASKETS = 1_000;
const LINES_READ = 100;
/** A large basket holds what has little to do with each other: its pairs count less by its size to this power. */
const SIZE_POWER = 0.25;
/** What is in the basket now counts so many times a purchase. */
const IN_BASKET = 3;
const ITEMS_READ = 200;

/**
 * Counts what is bought together, popularity taken out in part (a cosine with uneven powers). One item at a time over the baskets that
 * have it, so that memory is one column of items whatever the number of pairs.
 */
export function buildBasketNeighbours(
  log: PurchaseLog,
  settings: TogetherSettings = defaultTogetherSettings,
): BasketNeighbours {
  const { itemCount, lines, items } = log;
  const weights = recencyOfBaskets(log, settings.halfLifeDays);
  const follows = nextBaskets(log);
  const popularity = new Float64Array(itemCount).fill(1);
  for (let basket = 0; basket < weights.length; basket += 1) {
    for (let line = lines[basket] as number; line < (lines[basket + 1] as number); line += 1) {
      const item = items[line] as number;
      popularity[item] = (popularity[item] as number) + (weights[basket] as number);
    }
  }
  const postings = latestBaskets(log);
  const values = new Float64Array(itemCount);
  const met = new Uint32Array(itemCount);
  const from = new Uint32Array(itemCount + 1);
  const keptItems: Uint32Array[] = [];
  const keptValues: Float32Array[] = [];
  for (let item = 0; item < itemCount; item += 1) {
    let count = 0;
    const gather = (basket: number, counts: number) => {
      const start = lines[basket] as number;
      const end = Math.min(start + LINES_READ, lines[basket + 1] as number);
      for (let line = start; line < end; line += 1) {
        const other = items[line] as number;
        if (other === item) continue;
        const before = values[other] as number;
        if (before === 0) {
          met[count] = other;
          count += 1;
        }
        values[other] = before + counts;
      }
    };
    for (let at = postings.from[item] as number; at < (postings.from[item + 1] as number); at += 1) {
      const basket = postings.baskets[at] as number;
      const size = sizeOf(log, basket);
      gather(basket, (weights[basket] as number) / size ** (2 * SIZE_POWER));
      const next = follows[basket] as number;
      if (next !== 0 && settings.next > 0) {
        gather(next, (settings.next * (weights[next] as number)) / (size * sizeOf(log, next)) ** SIZE_POWER);
      }
    }
    const list = met.subarray(0, count);
    const bought = (popularity[item] as number) ** settings.powerBought;
    for (const other of list) {
      values[other] = (values[other] as number) / bought / (popularity[other] as number) ** settings.powerFound;
    }
    const nearest = list
      .sort((one, other) => (values[other] as number) - (values[one] as number) || one - other)
      .slice(0, settings.neighbours);
    keptItems.push(nearest);
    keptValues.push(Float32Array.from(nearest, (other) => values[other] as number));
    from[item + 1] = (from[item] as number) + nearest.length;
    for (const other of list) values[other] = 0;
  }
  const all: BasketNeighbours = {
    from,
    items: new Uint32Array(from[itemCount] as number),
    values: new Float32Array(from[itemCount] as number),
  };
  for (let item = 0; item < itemCount; item += 1) {
    all.items.set(keptItems[item] ?? [], from[item] as number);
    all.values.set(keptValues[item] ?? [], from[item] as number);
  }
  return all;
}

/** What is bought with the things in the basket, and with what the one who asks has bought. */
export function togetherFeature(
  neighbours: BasketNeighbours,
  settings: TogetherSettings = defaultTogetherSettings,
): FindingFeature {
  const { from, items, values } = neighbours;
  const bought = new BoughtSoFar(Math.max(from.length - 1, 0));
  /** Calls with each item that speaks in a question and what it counts, the latest first. */
  const eachSource = (question: Question, visit: (item: number, counts: number) => void) => {
    readPurchases(question, bought);
    let read = 0;
    for (let row = bought.count - 1; row >= 0 && read < ITEMS_READ; row -= 1, read += 1) {
      const basketsSince = bought.baskets - 1 - (bought.lastBasket[row] as number);
      visit(bought.items[row] as number, settings.decay ** basketsSince);
    }
    for (let at = Math.max(0, question.basket.length - ITEMS_READ); at < question.basket.length; at += 1) {
      const item = question.basket[at] ?? from.length;
      if (item < from.length - 1) visit(item, IN_BASKET);
    }
  };
  return {
    kind: 'finds',
    name: 'bought_together',
    score(question: Question, into: FeatureScores) {
      eachSource(question, (item, counts) => {
        const end = from[item + 1] as number;
        for (let at = from[item] as number; at < end; at += 1)
          into.add(items[at] as number, counts * (values[at] as number));
      });
    },
    anchor(question, wanted) {
      let anchor: { item: number } | undefined;
      let most = 0;
      eachSource(question, (item, counts) => {
        const at = items.subarray(from[item], from[item + 1]).indexOf(wanted);
        const gives = at < 0 ? 0 : counts * (values[(from[item] as number) + at] as number);
        if (gives <= most) return;
        most = gives;
        anchor = { item };
      });
      return anchor;
    },
  };
}

function sizeOf({ lines }: PurchaseLog, basket: number): number {
  return Math.max(1, (lines[basket + 1] as number) - (lines[basket] as number));
}

function recencyOfBaskets(log: PurchaseLog, halfLifeDays: number): Float64Array {
  const end = endOf(log);
  return Float64Array.from(log.boughtAt, (at) => recencyOf(at, end, halfLifeDays));
}

/** The basket that the same member bought next; 0 for none, as the first basket of a log follows no other. */
function nextBaskets(log: PurchaseLog): Uint32Array {
  const next = new Uint32Array(basketCountOf(log));
  for (let member = 0; member < memberCountOf(log); member += 1) {
    const last = (log.from[member + 1] as number) - 1;
    for (let basket = log.from[member] as number; basket < last; basket += 1) next[basket] = basket + 1;
  }
  return next;
}

/** The baskets that have each item, by item, the latest first and at most `LATEST_BASKETS` of them. */
function latestBaskets(log: PurchaseLog): { from: Uint32Array; baskets: Uint32Array } {
  const { itemCount, lines, items, boughtAt } = log;
  const from = new Uint32Array(itemCount + 1);
  for (const item of items) from[item + 1] = Math.min((from[item + 1] as number) + 1, LATEST_BASKETS);
  for (let item = 0; item < itemCount; item += 1) from[item + 1] = (from[item + 1] as number) + (from[item] as number);
  const baskets = new Uint32Array(from[itemCount] as number);
  const next = from.slice(0, itemCount);
  const order = Uint32Array.from(boughtAt, (_, basket) => basket);
  order.sort((one, other) => (boughtAt[other] as number) - (boughtAt[one] as number) || one - other);
  for (const basket of order) {
    for (let line = lines[basket] as number; line < (lines[basket + 1] as number); line += 1) {
      const item = items[line] as number;
      const place = next[item] as number;
      if (place === from[item + 1]) continue;
      baskets[place] = basket;
      next[item] = place + 1;
    }
  }
  return { from, baskets };
}
