import { memberCountOf } from '../../shared/domain/recommend/purchase-times.ts';
import type { PurchaseLog } from '../../shared/domain/recommend/training-log.ts';

/** What a member had bought before the basket that is to be predicted: baskets, oldest first; `row` is the member's own in the training log. */
export type Bought = { row: number; baskets: readonly Uint32Array[] };

/** A method to compare with: all products that it has for a member, best first. */
export type Baseline = (bought: Bought) => Iterable<number>;

/** Products by how many baskets have them, the most popular first. */
export function popularItems({ itemCount, items }: PurchaseLog): Uint32Array {
  const counts = new Uint32Array(itemCount);
  for (const item of items) counts[item] = (counts[item] as number) + 1;
  const order = Uint32Array.from({ length: itemCount }, (_, item) => item);
  return order.sort((one, other) => (counts[other] as number) - (counts[one] as number) || one - other);
}

export function globalTop(popular: Uint32Array): Baseline {
  return () => popular;
}

/** What the member has bought most often; among equals what was bought first. */
export const personalTop: Baseline = ({ baskets }) => {
  const times = new Map<number, number>();
  for (const basket of baskets) for (const item of basket) times.set(item, (times.get(item) ?? 0) + 1);
  return [...times].sort(([, one], [, other]) => other - one).map(([item]) => item);
};

export function personalThenGlobal(popular: Uint32Array): Baseline {
  return (bought) => {
    const own = new Set(personalTop(bought));
    return {
      *[Symbol.iterator]() {
        yield* own;
        for (const item of popular) if (!own.has(item)) yield item;
      },
    };
  };
}

export type TifuSettings = { groups: number; withinDecay: number; groupDecay: number; own: number; neighbours: number };

/** As its authors set them for Ta-Feng. */
const tifuSettings: TifuSettings = {
  groups: 7,
  withinDecay: 0.9,
  groupDecay: 0.7,
  own: 0.7,
  neighbours: 300,
};

/**
 * TIFU-KNN (Hu, He, Gao, Zhang: Modeling Personalized Item Frequency Information for Next-basket Recommendation, SIGIR 2020): the member's purchases,
 * decayed within and between groups of baskets, mixed with the mean of the nearest other members by Euclidean distance.
 */
export function tifuKnn(train: PurchaseLog, settings: TifuSettings = tifuSettings): Baseline {
  const members = memberCountOf(train);
  const vectors = Array.from({ length: members }, (_, member) => tifuVector(basketsOf(train, member), settings));
  const norms = new Float64Array(members);
  const holders = Array.from({ length: train.itemCount }, (): { member: number; value: number }[] => []);
  for (const [member, vector] of vectors.entries()) {
    for (const [item, value] of vector) {
      norms[member] = (norms[member] as number) + value * value;
      holders[item]?.push({ member, value });
    }
  }
  // Who shares nothing is the nearer the less there is of them.
  const byNorm = Uint32Array.from(norms, (_, member) => member).filter((member) => (vectors[member]?.size ?? 0) > 0);
  byNorm.sort((one, other) => (norms[one] as number) - (norms[other] as number) || one - other);
  const products = new Float64Array(members);
  return ({ row, baskets }) => {
    const own = tifuVector(baskets, settings);
    const met: number[] = [];
    for (const [item, value] of own) {
      for (const holder of holders[item] ?? []) {
        if (holder.member === row) continue;
        if (products[holder.member] === 0) met.push(holder.member);
        products[holder.member] = (products[holder.member] as number) + value * holder.value;
      }
    }
    let strangers = 0;
    for (const member of byNorm) {
      if (strangers === settings.neighbours) break;
      if (member === row || products[member] !== 0) continue;
      met.push(member);
      strangers += 1;
    }
    const distance = (member: number) => (norms[member] as number) - 2 * (products[member] as number);
    const nearest = Float64Array.from(met, distance);
    const order = Uint32Array.from(met, (_, at) => at);
    order.sort((one, other) => (nearest[one] as number) - (nearest[other] as number) || one - other);
    const near = order.subarray(0, settings.neighbours);
    const values = new Map<number, number>();
    for (const [item, value] of own) values.set(item, settings.own * value);
    for (const at of near) {
      for (const [item, value] of vectors[met[at] ?? 0] ?? []) {
        values.set(item, (values.get(item) ?? 0) + ((1 - settings.own) * value) / near.length);
      }
    }
    for (const member of met) products[member] = 0;
    return [...values].sort(([one, its], [other, their]) => their - its || one - other).map(([item]) => item);
  };
}

function tifuVector(baskets: readonly Uint32Array[], { groups, withinDecay, groupDecay }: TifuSettings) {
  const vector = new Map<number, number>();
  const count = baskets.length;
  const real = Math.min(groups, count);
  const size = real === 0 ? 0 : Math.floor(count / real);
  // Where baskets do not divide evenly the last groups have one more.
  const larger = count - size * real;
  let basket = 0;
  for (let group = 0; group < real; group += 1) {
    const members = group < real - larger ? size : size + 1;
    const counts = groupDecay ** (groups - 1 - group) / members / real;
    for (let end = basket + members; basket < end; basket += 1) {
      const value = counts * withinDecay ** (count - 1 - basket);
      for (const item of baskets[basket] ?? []) vector.set(item, (vector.get(item) ?? 0) + value);
    }
  }
  return vector;
}

/** The baskets of a member up to, and not with, one of a number; all where none is named. */
export function basketsOf({ from, lines, items }: PurchaseLog, member: number, until = from[member + 1] as number) {
  const baskets: Uint32Array[] = [];
  for (let basket = from[member] as number; basket < until; basket += 1) {
    baskets.push(items.subarray(lines[basket], lines[basket + 1]));
  }
  return baskets;
}
