import { BoughtSoFar, readPurchases } from './bought-so-far.ts';
import type { FeatureScores, FindingFeature, Question } from './features.ts';
import { endOf, memberCountOf, recencyOf } from './purchase-times.ts';
import type { PurchaseLog } from './training-log.ts';

/**
 * What members have bought, without saying who they are: a row a member. The items of row r are `items[from[r]]` up to `items[from[r + 1]]`,
 * with what each says of the member (`likeness`, of 255) and how much it is worth to others now (`worth`, of 4,096). The rows that
 * have item i are `rows[rowsFrom[i]]` up to `rows[rowsFrom[i + 1]]`, with the likeness again.
 */
export type MemberNeighbours = {
  from: Uint32Array;
  items: Uint32Array;
  worth: Uint16Array;
  rowsFrom: Uint32Array;
  rows: Uint32Array;
  likeness: Uint8Array;
  /** How much an item tells of a member, by how rare it is. */
  rarity: Float32Array;
};

export type MemberSettings = {
  /** How many members are read. */
  neighbours: number;
  /** log(1 + members / members with the item) to this power. */
  rarity: number;
  /** After so many days before the end of the log a purchase is worth half to others. */
  halfLifeDays: number;
  /** In how many rows of an item likeness is looked for, and in how many altogether: both bound the work of a question. */
  rowsPerItem: number;
  rowsRead: number;
  /** Members who agree more count more than in proportion: likeness to this power. */
  power: number;
};

/** Chosen on held-out baskets of two shops (Ta-Feng, Online Retail), one set for both. */
export const defaultMemberSettings: MemberSettings = {
  neighbours: 300,
  rarity: 1,
  halfLifeDays: 21,
  rowsPerItem: 1_000,
  rowsRead: 20_000,
  power: 1,
};

const ITEMS_PER_MEMBER = 200;
const LIKENESS_SCALE = 255;
const WORTH_SCALE = 4_096;
const WORTH_LIMIT = 65_535;
const BINS = 1_024;

/**
 * Nearest neighbours among members (Hu et al., SIGIR 2020, take the same vectors): decayed frequency, dampened by a logarithm, times rarity, cosine.
 */
export function buildMemberNeighbours(
  log: PurchaseLog,
  settings: MemberSettings = defaultMemberSettings,
): MemberNeighbours {
  const { itemCount } = log;
  const members = memberCountOf(log);
  const end = endOf(log);
  const bought = new BoughtSoFar(itemCount);
  const buyers = new Uint32Array(itemCount);
  eachMember(log, bought, () => {
    for (let row = 0; row < bought.count; row += 1) {
      const item = bought.items[row] as number;
      buyers[item] = (buyers[item] as number) + 1;
    }
  });
  const rarity = Float32Array.from(buyers, (count) => Math.log(1 + members / (1 + count)) ** settings.rarity);

  const from = new Uint32Array(members + 1);
  let items = new Uint32Array(log.items.length);
  let worth = new Uint16Array(log.items.length);
  let likeness = new Uint8Array(log.items.length);
  let kept = 0;
  eachMember(log, bought, (member) => {
    // What was bought first is at the front, and in a long row it says least.
    const first = Math.max(0, bought.count - ITEMS_PER_MEMBER);
    let square = 0;
    for (let row = first; row < bought.count; row += 1) square += speaks(bought, row, rarity) ** 2;
    const length = Math.sqrt(square);
    for (let row = first; row < bought.count; row += 1) {
      const weight = bought.weightOf(row) * recencyOf(bought.lastAt[row] as number, end, settings.halfLifeDays);
      items[kept] = bought.items[row] as number;
      worth[kept] = Math.min(Math.round(weight * WORTH_SCALE), WORTH_LIMIT);
      likeness[kept] = Math.max(1, Math.round((speaks(bought, row, rarity) / length) * LIKENESS_SCALE));
      kept += 1;
    }
    from[member + 1] = kept;
  });
  items = items.slice(0, kept);
  worth = worth.slice(0, kept);
  likeness = likeness.subarray(0, kept);
  return { from, items, worth, rarity, ...rowsOf({ itemCount, from, items, likeness }, settings.rowsPerItem) };
}

/** What members buy who buy as the one who asks does. */
export function similarMembersFeature(
  table: MemberNeighbours,
  settings: MemberSettings = defaultMemberSettings,
): FindingFeature {
  const { from, items, worth, rowsFrom, rows, likeness, rarity } = table;
  const members = Math.max(from.length - 1, 0);
  const bought = new BoughtSoFar(rarity.length);
  const sums = new Float32Array(members);
  const met = new Uint32Array(members);
  const bins = new Uint32Array(BINS);
  let says = new Float64Array(256);
  return {
    kind: 'finds',
    name: 'similar_members',
    score(question: Question, into: FeatureScores) {
      readPurchases(question, bought);
      if (question.basket.length > 0) {
        bought.startBasket(question.nowMs / 1000);
        for (const item of question.basket) bought.add(item);
      }
      if (bought.count === 0) return;
      if (says.length < bought.count) says = new Float64Array(bought.items.length);
      for (let row = 0; row < bought.count; row += 1) says[row] = speaks(bought, row, rarity);
      // What tells most comes first, so that the bound on the work leaves out what tells least.
      const order = Uint32Array.from({ length: bought.count }, (_, row) => row);
      order.sort((one, other) => (says[other] as number) - (says[one] as number) || one - other);
      let count = 0;
      let left = settings.rowsRead;
      for (const row of order) {
        const item = bought.items[row] as number;
        const counts = says[row] as number;
        const start = rowsFrom[item] as number;
        const end = Math.min(rowsFrom[item + 1] as number, start + left);
        left -= end - start;
        for (let at = start; at < end; at += 1) {
          const member = rows[at] as number;
          const before = sums[member] as number;
          if (before === 0) {
            met[count] = member;
            count += 1;
          }
          sums[member] = before + counts * (likeness[at] as number);
        }
        if (left === 0) break;
      }
      const least = leastOfBest(sums, met, count, settings.neighbours, bins);
      let room = settings.neighbours;
      for (let index = 0; index < count; index += 1) {
        const member = met[index] as number;
        const sum = sums[member] as number;
        sums[member] = 0;
        if (sum < least || room === 0) continue;
        room -= 1;
        const alike = sum ** settings.power;
        const end = from[member + 1] as number;
        for (let at = from[member] as number; at < end; at += 1)
          into.add(items[at] as number, alike * (worth[at] as number));
      }
    },
  };
}

/** What a product tells of a member. */
function speaks(bought: BoughtSoFar, row: number, rarity: Float32Array): number {
  return Math.log(1 + bought.weightOf(row)) * (rarity[bought.items[row] as number] as number);
}

/**
 * From which value on the best `wanted` of some values are found, or somewhat more: values are counted in bins, as sorting thousands of them would
 * take longer than all the rest.
 */
function leastOfBest(sums: Float32Array, met: Uint32Array, count: number, wanted: number, bins: Uint32Array): number {
  if (count <= wanted) return 0;
  let most = 0;
  for (let index = 0; index < count; index += 1) {
    const sum = sums[met[index] as number] as number;
    if (sum > most) most = sum;
  }
  bins.fill(0);
  const scale = (BINS - 1) / most;
  for (let index = 0; index < count; index += 1) {
    const bin = ((sums[met[index] as number] as number) * scale) | 0;
    bins[bin] = (bins[bin] as number) + 1;
  }
  let bin = BINS - 1;
  let above = bins[bin] as number;
  while (bin > 0 && above + (bins[bin - 1] as number) <= wanted) {
    bin -= 1;
    above += bins[bin] as number;
  }
  return bin / scale;
}

function eachMember(log: PurchaseLog, bought: BoughtSoFar, visit: (member: number) => void): void {
  const { from, lines, items, boughtAt } = log;
  for (let member = 0; member < memberCountOf(log); member += 1) {
    bought.clear();
    for (let basket = from[member] as number; basket < (from[member + 1] as number); basket += 1) {
      bought.startBasket(boughtAt[basket] as number);
      for (let line = lines[basket] as number; line < (lines[basket + 1] as number); line += 1) {
        bought.add(items[line] as number);
      }
    }
    visit(member);
  }
}

type Rows = { itemCount: number; from: Uint32Array; items: Uint32Array; likeness: Uint8Array };

/** Turns rows around: by item the rows that have it, those that it says most of where there are more than `limit`. */
function rowsOf(
  { itemCount, from, items, likeness }: Rows,
  limit: number,
): Pick<MemberNeighbours, 'rowsFrom' | 'rows' | 'likeness'> {
  const allFrom = new Uint32Array(itemCount + 1);
  for (const item of items) allFrom[item + 1] = (allFrom[item + 1] as number) + 1;
  for (let item = 0; item < itemCount; item += 1) {
    allFrom[item + 1] = (allFrom[item + 1] as number) + (allFrom[item] as number);
  }
  const places = new Uint32Array(items.length);
  const rowOf = new Uint32Array(items.length);
  const next = allFrom.slice(0, itemCount);
  for (let row = 0; row + 1 < from.length; row += 1) {
    for (let at = from[row] as number; at < (from[row + 1] as number); at += 1) {
      const item = items[at] as number;
      const place = next[item] as number;
      places[place] = at;
      rowOf[at] = row;
      next[item] = place + 1;
    }
  }
  const rowsFrom = new Uint32Array(itemCount + 1);
  const rows = new Uint32Array(items.length);
  const kept = new Uint8Array(items.length);
  let count = 0;
  for (let item = 0; item < itemCount; item += 1) {
    let some = places.subarray(allFrom[item], allFrom[item + 1]);
    if (some.length > limit) {
      some.sort((one, other) => (likeness[other] as number) - (likeness[one] as number) || one - other);
      some = some.subarray(0, limit);
    }
    for (const at of some) {
      rows[count] = rowOf[at] as number;
      kept[count] = likeness[at] as number;
      count += 1;
    }
    rowsFrom[item + 1] = count;
  }
  return { rowsFrom, rows: rows.slice(0, count), likeness: kept.slice(0, count) };
}
