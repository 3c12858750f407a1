import type { Happened, Question } from './features.ts';
import { basketCountOf, memberCountOf } from './purchase-times.ts';
import type { PurchaseLog } from './training-log.ts';

const SECONDS_PER_DAY = 86_400;
const MS_PER_SECOND = 1000;

/** A basket to be predicted from what its member had bought before; `basket` is its number in the whole log. */
export type BasketQuestion = { member: number; basket: number };

/** A log in two: what is learnt from, and baskets of the same members to predict; `whole` has both. */
export type HeldOutBaskets = { whole: PurchaseLog; train: PurchaseLog; questions: BasketQuestion[] };

/** Holds out the last basket of each member who has two or more. */
export function holdOutLastBaskets(whole: PurchaseLog): HeldOutBaskets {
  const questions: BasketQuestion[] = [];
  for (let member = 0; member < memberCountOf(whole); member += 1) {
    const end = whole.from[member + 1] as number;
    if (end - (whole.from[member] as number) >= 2) questions.push({ member, basket: end - 1 });
  }
  const held = new Set(questions.map(({ basket }) => basket));
  return { whole, train: withoutBaskets(whole, (basket) => !held.has(basket)), questions };
}

/**
 * Holds out the baskets of the last days. Those of members who had bought before are to be predicted, each from all that its member bought
 * before it, in the last days too.
 */
export function holdOutLastDays(whole: PurchaseLog, days: number): HeldOutBaskets {
  const last = whole.boughtAt.reduce((latest, at) => Math.max(latest, at), 0);
  const since = last - days * SECONDS_PER_DAY;
  const isBefore = (basket: number) => (whole.boughtAt[basket] as number) <= since;
  const questions: BasketQuestion[] = [];
  for (let member = 0; member < memberCountOf(whole); member += 1) {
    const first = whole.from[member] as number;
    const end = whole.from[member + 1] as number;
    if (first === end || !isBefore(first)) continue;
    for (let basket = first; basket < end; basket += 1) if (!isBefore(basket)) questions.push({ member, basket });
  }
  return { whole, train: withoutBaskets(whole, isBefore), questions };
}

/** The question that a member asks at the moment of a basket: what was bought before it. */
export function questionOfBasket({ from, lines, items, boughtAt }: PurchaseLog, asked: BasketQuestion): Question {
  const purchases: Happened[] = [];
  for (let basket = from[asked.member] as number; basket < asked.basket; basket += 1) {
    const atMs = (boughtAt[basket] as number) * MS_PER_SECOND;
    for (let line = lines[basket] as number; line < (lines[basket + 1] as number); line += 1) {
      purchases.push({ item: items[line] as number, kind: 'order', atMs });
    }
  }
  const nowMs = (boughtAt[asked.basket] as number) * MS_PER_SECOND;
  return { context: 'home', session: [], recent: [], basket: [], purchases, nowMs };
}

/** A log of the same members and items with fewer baskets. */
function withoutBaskets(log: PurchaseLog, isKept: (basket: number) => boolean): PurchaseLog {
  const members = memberCountOf(log);
  const baskets = basketCountOf(log);
  const from = new Uint32Array(members + 1);
  const lines = new Uint32Array(baskets + 1);
  const items = new Uint32Array(log.items.length);
  const boughtAt = new Uint32Array(baskets);
  let kept = 0;
  let line = 0;
  for (let member = 0; member < members; member += 1) {
    for (let basket = log.from[member] as number; basket < (log.from[member + 1] as number); basket += 1) {
      if (!isKept(basket)) continue;
      const some = log.items.subarray(log.lines[basket], log.lines[basket + 1]);
      items.set(some, line);
      line += some.length;
      boughtAt[kept] = log.boughtAt[basket] as number;
      kept += 1;
      lines[kept] = line;
    }
    from[member + 1] = kept;
  }
  return {
    itemCount: log.itemCount,
    from,
    lines: lines.slice(0, kept + 1),
    items: items.slice(0, line),
    boughtAt: boughtAt.slice(0, kept),
  };
}
