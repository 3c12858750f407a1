import { FeatureScores, type FindingFeature, type Question } from './features.ts';
import { type ItemPostings, itemPostings } from './item-postings.ts';
import { Direction, itemVectors } from './item-vectors.ts';
import { addLogScaled } from './log-scale.ts';
import { momentumOf } from './momentum.ts';
import { defaultNeighbourSettings, type NeighbourSettings, packSettings, unpackSettings } from './session-settings.ts';
import { shortSessions } from './short-sessions.ts';
import type { SessionLog } from './training-log.ts';
import { returnFactor, type Visited, visitedOf } from './visited.ts';

export { defaultNeighbourSettings, type NeighbourSettings } from './session-settings.ts';

/** Of each item the items that are looked at around it: those of item i are `items[from[i]]` up to `items[from[i + 1]]`, the nearest first. */
export type ItemNeighbours = {
  from: Uint32Array;
  items: Uint32Array;
  /** The share of each among all that is looked at around the item. */
  shares: Float32Array;
  /** Where each item lies among all others; see `itemVectors`. */
  vectors: Uint8Array;
  momentum: Float32Array;
  settings: Float64Array;
};

/**
 * Counts what is looked at after and before each item, less the farther away. One item at a time over the sessions that have it, so that
 * memory is one column of items whatever the number of pairs.
 */
export function buildItemNeighbours(
  log: SessionLog,
  settings: NeighbourSettings = defaultNeighbourSettings,
): ItemNeighbours {
  const { itemCount } = log;
  const short = shortSessions(log, settings.itemsPerSession);
  const around = new Around(short, settings);
  const from = new Uint32Array(itemCount + 1);
  const items = new Uint32Array(itemCount * settings.neighbours);
  const shares = new Float32Array(itemCount * settings.neighbours);
  let kept = 0;
  for (let item = 0; item < itemCount; item += 1) {
    const { nearest, sum } = around.of(item);
    for (const { item: other, value } of nearest) {
      items[kept] = other;
      shares[kept] = value / sum;
      kept += 1;
    }
    from[item + 1] = kept;
  }
  const lists = { from, items: items.slice(0, kept), shares: shares.slice(0, kept) };
  return {
    ...lists,
    vectors: itemVectors(lists),
    momentum: momentumOf(short, settings),
    settings: packSettings(settings, defaultNeighbourSettings),
  };
}

/** What lies around one item after the other, in a column that is reused. */
class Around {
  readonly #log: SessionLog;
  readonly #settings: NeighbourSettings;
  readonly #postings: ItemPostings;
  readonly #popularity: Float64Array;
  readonly #after: Float64Array;
  readonly #sums: FeatureScores;

  constructor(log: SessionLog, settings: NeighbourSettings) {
    this.#log = log;
    this.#settings = settings;
    this.#postings = itemPostings(log, settings.sessionsPerItem);
    this.#popularity = Float64Array.from(this.#postings.counts, (count) => count ** settings.popularityPower);
    this.#after = Float64Array.from({ length: settings.reach }, (_, at) => Math.exp(-settings.distanceDecay * at));
    this.#sums = new FeatureScores(log.itemCount);
  }

  of(item: number): { nearest: { item: number; value: number }[]; sum: number } {
    const { neighbours } = this.#settings;
    const sums = this.#sums;
    sums.clear();
    const { from, sessions } = this.#postings;
    for (let at = from[item] as number; at < (from[item + 1] as number); at += 1)
      this.#count(item, sessions[at] as number);
    const around = sums.items.subarray(0, sums.count);
    const values = Float64Array.from(
      around,
      (other) => (sums.values[other] as number) / (this.#popularity[other] as number),
    );
    const sum = values.reduce((all, value) => all + value, 0);
    // Numbers are quick to sort; only what is near enough is sorted as a pair.
    const least = values.length > neighbours ? (values.slice().sort()[values.length - neighbours] as number) : 0;
    const found: { item: number; value: number }[] = [];
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      if (value >= least) found.push({ item: around[at] as number, value });
    }
    found.sort((one, other) => other.value - one.value || one.item - other.item);
    return { nearest: found.slice(0, neighbours), sum };
  }

  #count(item: number, session: number): void {
    const { items, from } = this.#log;
    const { reach, backward } = this.#settings;
    const start = from[session] as number;
    const end = from[session + 1] as number;
    for (let here = start; here < end; here += 1) {
      if (items[here] !== item) continue;
      const until = Math.min(end, here + reach + 1);
      for (let there = Math.max(start, here - reach); there < until; there += 1) {
        const other = items[there] as number;
        if (other === item) continue;
        const places = there - here;
        const share =
          places > 0 ? (this.#after[places - 1] as number) : backward * (this.#after[-places - 1] as number);
        this.#sums.add(other, share);
      }
    }
  }
}

/**
 * Two steps from item to item, as a walk takes them (Christoffel et al., RP3, 2015): what is looked at around what is looked at around
 * the last items. The first step alone says little beside sessions of others, which it is counted from; the second finds what no
 * session of others shows, and tells apart what they show equally seldom.
 */
export function neighboursFeature(neighbours: ItemNeighbours): FindingFeature {
  const { from, items, shares, momentum } = neighbours;
  const settings = unpackSettings(neighbours.settings, defaultNeighbourSettings);
  const itemCount = from.length - 1;
  const first = new FeatureScores(itemCount);
  const second = new FeatureScores(itemCount);
  const direction = new Direction(neighbours.vectors);

  function step(item: number, weight: number, into: FeatureScores): void {
    const end = from[item + 1] as number;
    for (let at = from[item] as number; at < end; at += 1)
      into.add(items[at] as number, weight * (shares[at] as number));
  }

  function weightOf({ places }: Visited): number {
    return places.reduce(
      (sum, place) => (place < settings.lastItems ? sum + Math.exp(-settings.positionDecay * place) : sum),
      0,
    );
  }

  return {
    kind: 'finds',
    name: 'neighbours',
    score(question: Question, into: FeatureScores) {
      const visited = visitedOf(question, itemCount, LAST_ITEMS);
      first.clear();
      second.clear();
      for (const one of visited) step(one.item, weightOf(one), first);
      for (let at = 0; at < first.count; at += 1) {
        const item = first.items[at] as number;
        step(item, first.values[item] as number, second);
      }
      direction.clear();
      for (const one of visited) direction.add(one.item, weightOf(one));
      direction.turn();
      for (let at = 0; at < second.count; at += 1) {
        const item = second.items[at] as number;
        second.values[item] =
          (second.values[item] as number) *
          (momentum[item] as number) *
          Math.exp(settings.likeness * direction.cosine(item));
      }
      for (const one of visited) {
        second.values[one.item] = (second.values[one.item] as number) * returnFactor(one, settings);
      }
      addLogScaled(second, settings.contrast, into);
    },
    anchor(question, wanted) {
      let anchor: { item: number } | undefined;
      let most = 0;
      for (const one of visitedOf(question, itemCount, LAST_ITEMS)) {
        first.clear();
        step(one.item, weightOf(one), first);
        let gives = 0;
        for (let at = 0; at < first.count; at += 1) {
          const item = first.items[at] as number;
          const found = items.subarray(from[item], from[item + 1]).indexOf(wanted);
          if (found >= 0) gives += (first.values[item] as number) * (shares[(from[item] as number) + found] as number);
        }
        if (gives > most) {
          most = gives;
          anchor = { item: one.item };
        }
      }
      return anchor;
    },
  };
}

/** How far back visits are known to a return. */
const LAST_ITEMS = 20;
