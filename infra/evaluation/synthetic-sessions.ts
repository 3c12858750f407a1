import type { SessionLog } from '../../shared/domain/recommend/training-log.ts';
import { type Chance, chanceOf } from '../attacks/chance.ts';
import { NumberColumn } from './number-column.ts';

export type SyntheticShop = { interactions: number; items: number; seed: number };

/** How long a session goes on, how often it comes back to an item of its own, and how often it turns to something else altogether. */
const GOES_ON = 0.8;
const COMES_BACK = 0.12;
const TURNS = 0.06;
const ITEMS_PER_TOPIC = 60;
/** Popularity falls with rank to this power, as it does in shops. */
const ZIPF = 0.9;
const MOST_ITEMS = 200;

/**
 * Sessions of a shop that is made up: topics and the items within them are popular by a power law, a session stays in a topic, moves to
 * items near its last one, comes back, and sometimes turns to another topic. The same seed gives the same sessions.
 */
export function syntheticSessions({ interactions, items: itemCount, seed }: SyntheticShop): SessionLog {
  const chance = chanceOf(seed);
  const topics = Math.max(1, Math.round(itemCount / ITEMS_PER_TOPIC));
  const topicAt = rankedDraw(topics, chance);
  const placeAt = rankedDraw(ITEMS_PER_TOPIC, chance);
  // The items of a topic lie apart, so that no index has an easy time of it.
  const itemOf = (topic: number, place: number) => (topic + topics * (place % ITEMS_PER_TOPIC)) % itemCount;
  const from = new NumberColumn([0]);
  const items = new NumberColumn();
  while (items.length < interactions) {
    const start = items.length;
    let topic = topicAt();
    let place = placeAt();
    items.push(itemOf(topic, place));
    while (
      items.length < interactions &&
      items.length - start < MOST_ITEMS &&
      (items.length === start + 1 || chance.happens(GOES_ON))
    ) {
      const next = chance.next();
      if (next < COMES_BACK) {
        items.push(items.at(chance.whole(start, items.length - 1)));
        continue;
      }
      if (next < COMES_BACK + TURNS) {
        topic = topicAt();
        place = placeAt();
      } else {
        place = chance.happens(0.5) ? placeAt() : place + chance.whole(1, 3);
      }
      items.push(itemOf(topic, place));
    }
    from.push(items.length);
  }
  const columns = { from: from.toUint32Array(), items: items.toUint32Array() };
  const endedAt = Uint32Array.from({ length: columns.from.length - 1 }, (_, session) => session);
  return { itemCount, ...columns, endedAt };
}

/** Draws places 0 up to `count`, the r-th in proportion to 1 / r to the power of ZIPF. */
function rankedDraw(count: number, chance: Chance): () => number {
  const upTo = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += (rank + 1) ** -ZIPF;
    upTo[rank] = sum;
  }
  return () => {
    const wanted = chance.next() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
