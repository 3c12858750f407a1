import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import { shuffle } from '../text/seeded.ts';

/** Products that are new, for which nothing can speak yet: they get a few places, or nobody would ever learn of them. */
export type Newcomers = {
  isNew(item: number): boolean;
  /** New products that may be shown also where no feature found them. */
  items?: readonly number[] | undefined;
};

/** Whether a product counts as new: it was first known within the last days of the policy. */
export function isNewAt(
  firstKnownMs: number | undefined,
  nowMs: number,
  { newDays }: Pick<RecommendationPolicy['exploration'], 'newDays'>,
): boolean {
  return firstKnownMs !== undefined && firstKnownMs >= nowMs - newDays * DAY_MS;
}

/**
 * The places of a list, counted from 1, that are kept for new products: the share of its length on average, never the first. Chance decides
 * about the fraction, so that short lists have one now and then.
 * @param random numbers from 0 to below 1
 */
export function explorationSlots(share: number, listLength: number, random: () => number): ReadonlySet<number> {
  const wanted = share * listLength;
  const count = Math.floor(wanted) + (random() < wanted % 1 ? 1 : 0);
  const places = Array.from({ length: Math.max(0, listLength - 1) }, (_, index) => index + 2);
  return new Set(shuffle(places, random).slice(0, count));
}

/** Of the new products that were found, one of so many of the best has the place, so that not always the same one is discovered. */
const AMONG = 10;

/** One of the first of a list that fit, by chance. */
export function oneOfFirst<Entry>(
  list: Iterable<Entry>,
  fits: (entry: Entry) => boolean,
  random: () => number,
): Entry | undefined {
  const fitting: Entry[] = [];
  for (const entry of list) {
    if (fits(entry)) fitting.push(entry);
    if (fitting.length === AMONG) break;
  }
  return fitting[Math.floor(random() * fitting.length)];
}

/** After so many that do not fit none is looked for: a shop may bring ten thousand new products in one day. */
const MOST_TRIES = 200;

/** The first that fits from a place of chance on, around the list. */
export function oneFromAnywhere<Entry>(
  list: readonly Entry[],
  fits: (entry: Entry) => boolean,
  random: () => number,
): Entry | undefined {
  const from = Math.floor(random() * list.length);
  for (let step = 0; step < Math.min(list.length, MOST_TRIES); step += 1) {
    const entry = list[(from + step) % list.length];
    if (entry !== undefined && fits(entry)) return entry;
  }
  return undefined;
}
