import type { FeatureScores, FindingFeature, Question } from './features.ts';
import { itemPostings } from './item-postings.ts';
import type { SessionLog } from './training-log.ts';

/** Of each item the items that are looked at around it: those of item i are `items[from[i]]` up to `items[from[i + 1]]`, the nearest first. */
export type ItemNeighbours = {
  from: Uint32Array;
  items: Uint32Array;
  values: Float32Array;
};

const NEIGHBOURS = 50;
const REACH = 6;
const DECAY = 0.6;
const BACKWARD = 0.6;
/** How far the popularity of the item that is looked at, and of the one that is found, is taken out. */
const POWER_LOOKED_AT = 0.5;
const POWER_FOUND = 0.3;
const LAST_ITEMS = 10;
const POSITION_DECAY = 0.5;

/**
 * Counts what is looked at after and before each item, less the farther away. One item at a time over the sessions that have it, so that
 * memory is one column of items whatever the number of pairs.
 */
export function buildItemNeighbours(log: SessionLog): ItemNeighbours {
  const { itemCount, from, items } = log;
  const postings = itemPostings(log, LATEST_SESSIONS);
  const values = new Float64Array(itemCount);
  const met = new Uint32Array(itemCount);
  const keptFrom = new Uint32Array(itemCount + 1);
  const keptItems: Uint32Array[] = [];
  const keptValues: Float32Array[] = [];
  for (let item = 0; item < itemCount; item += 1) {
    let count = 0;
    for (let at = postings.from[item] as number; at < (postings.from[item + 1] as number); at += 1) {
      const session = postings.sessions[at] as number;
      const start = from[session] as number;
      const end = from[session + 1] as number;
      for (let here = start; here < end; here += 1) {
        if (items[here] !== item) continue;
        const until = Math.min(end, here + REACH + 1);
        for (let there = Math.max(start, here - REACH); there < until; there += 1) {
          const other = items[there] as number;
          if (other === item) continue;
          const places = there - here;
          const before = values[other] as number;
          if (before === 0) {
            met[count] = other;
            count += 1;
          }
          values[other] = before + (places > 0 ? DECAY ** (places - 1) : BACKWARD * DECAY ** (-places - 1));
        }
      }
    }
    const list = met.subarray(0, count);
    for (const other of list) {
      values[other] =
        (values[other] as number) /
        (postings.counts[item] as number) ** POWER_LOOKED_AT /
        (postings.counts[other] as number) ** POWER_FOUND;
    }
    const nearest = list
      .sort((one, other) => (values[other] as number) - (values[one] as number) || one - other)
      .slice(0, NEIGHBOURS);
    keptItems.push(nearest);
    keptValues.push(Float32Array.from(nearest, (other) => values[other] as number));
    keptFrom[item + 1] = (keptFrom[item] as number) + nearest.length;
    for (const other of list) values[other] = 0;
  }
  const all: ItemNeighbours = {
    from: keptFrom,
    items: new Uint32Array(keptFrom[itemCount] as number),
    values: new Float32Array(keptFrom[itemCount] as number),
  };
  for (let item = 0; item < itemCount; item += 1) {
    all.items.set(keptItems[item] ?? [], keptFrom[item] as number);
    all.values.set(keptValues[item] ?? [], keptFrom[item] as number);
  }
  return all;
}

/** Of an item that everybody looks at, its latest sessions say enough. */
const LATEST_SESSIONS = 5000;

/** What is looked at around the last items of the running session. */
export function neighboursFeature(neighbours: ItemNeighbours): FindingFeature {
  const { from, items, values } = neighbours;
  const itemCount = from.length - 1;
  return {
    kind: 'finds',
    name: 'neighbours',
    score(question: Question, into: FeatureScores) {
      let place = 0;
      for (let last = question.session.length - 1; last >= 0 && place < LAST_ITEMS; last -= 1) {
        const item = question.session[last]?.item ?? itemCount;
        if (item >= itemCount) continue;
        const counts = Math.exp(-POSITION_DECAY * place);
        place += 1;
        const end = from[item + 1] as number;
        for (let at = from[item] as number; at < end; at += 1)
          into.add(items[at] as number, counts * (values[at] as number));
      }
    },
    anchor(question, wanted) {
      let anchor: { item: number } | undefined;
      let most = 0;
      let place = 0;
      for (let last = question.session.length - 1; last >= 0 && place < LAST_ITEMS; last -= 1) {
        const item = question.session[last]?.item ?? itemCount;
        if (item >= itemCount) continue;
        const counts = Math.exp(-POSITION_DECAY * place);
        place += 1;
        const at = items.subarray(from[item], from[item + 1]).indexOf(wanted);
        const gives = at < 0 ? 0 : counts * (values[(from[item] as number) + at] as number);
        if (gives > most) {
          most = gives;
          anchor = { item };
        }
      }
      return anchor;
    },
  };
}
