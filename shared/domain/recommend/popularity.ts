import { DAY_MS } from '../calendar/calendar.ts';
import {
  type FeatureScores,
  type FindingFeature,
  type Happened,
  type HappenedKind,
  happenedKinds,
  type Question,
} from './features.ts';
import type { InteractionLog } from './training-log.ts';

/** What something that happens says of how much a product is wanted, compared with a look at it. */
export const kindWeights: Readonly<Record<HappenedKind, number>> = {
  view: 1,
  click: 1,
  favourite: 2,
  cart: 3,
  order: 5,
};

const popularityWindows = ['day', 'week', 'month', 'ever'] as const;
export type PopularityWindow = (typeof popularityWindows)[number];

/** How much each item was wanted in the last day, week and month before the model was trained, and ever, the older the less. */
export type Popularity = Readonly<Record<PopularityWindow, Float32Array>>;

const DAY_SECONDS = DAY_MS / 1_000;
const WINDOW_DAYS = { day: 1, week: 7, month: 30 } as const;
/** What happened counts half for `ever` after so many days. */
const EVER_HALF_LIFE_DAYS = 60;
/** What makes a product trend: recent windows count more, and the past breaks ties. */
const TREND: Readonly<Record<PopularityWindow, number>> = { day: 3, week: 1, month: 0.25, ever: 0.05 };
/** How many products trend. */
const TRENDING = 2_000;
/** What happened since the model was trained counts half after so long. */
const LIVE_HALF_LIFE_MS = DAY_MS;
/** Of what happened since, it takes so much to trend as much as what trended most before: a single look is chance. */
const LIVE_LEAST = 5;

/** Counts what happened by window; what claims to be later than now is taken to be now. */
export function buildPopularity({ itemCount, items, kinds, at }: InteractionLog, nowSeconds: number): Popularity {
  const windows: Popularity = {
    day: new Float32Array(itemCount),
    week: new Float32Array(itemCount),
    month: new Float32Array(itemCount),
    ever: new Float32Array(itemCount),
  };
  const weights = happenedKinds.map((kind) => kindWeights[kind]);
  for (let row = 0; row < items.length; row += 1) {
    const item = items[row] as number;
    const ageDays = Math.max(0, nowSeconds - (at[row] as number)) / DAY_SECONDS;
    const weight = weights[kinds[row] as number] ?? 1;
    for (const window of ['day', 'week', 'month'] as const) {
      if (ageDays < WINDOW_DAYS[window]) windows[window][item] = (windows[window][item] as number) + weight;
    }
    windows.ever[item] = (windows.ever[item] as number) + weight * 2 ** (-ageDays / EVER_HALF_LIFE_DAYS);
  }
  return windows;
}

type Ranked = { item: number; value: number };

/**
 * What many look at and buy these days.
 * @param live what has happened in the shop since the model was trained; read anew for each question
 */
export function trendingFeature(popularity: Popularity, live: readonly Happened[] = []): FindingFeature {
  const trend = trendsOf(popularity);
  const top = highest(trend, TRENDING);
  const greatest = top[0]?.value ?? 1;
  return {
    kind: 'finds',
    name: 'trending',
    score({ nowMs }: Question, into: FeatureScores) {
      for (const { item, value } of top) into.add(item, value / greatest);
      const wanted = new Map<number, number>();
      for (const { item, kind, atMs } of live) {
        const age = Math.max(0, nowMs - atMs);
        wanted.set(item, (wanted.get(item) ?? 0) + kindWeights[kind] * 2 ** (-age / LIVE_HALF_LIFE_MS));
      }
      const most = Math.max(...wanted.values(), LIVE_LEAST);
      for (const [item, value] of wanted) into.add(item, value / most);
    },
  };
}

/** How much each item trends: the sum over the windows of the share of what was wanted most in it, times what the window counts. */
function trendsOf(popularity: Popularity): Float32Array {
  const trends = new Float32Array(popularity.ever.length);
  for (const window of popularityWindows) {
    const values = popularity[window];
    const greatest = values.reduce((most, value) => Math.max(most, value), 0);
    if (greatest === 0) continue;
    values.forEach((value, item) => {
      trends[item] = (trends[item] as number) + (TREND[window] * value) / greatest;
    });
  }
  return trends;
}

function highest(values: Float32Array, limit: number): Ranked[] {
  const ranked: Ranked[] = [];
  values.forEach((value, item) => {
    if (value > 0) ranked.push({ item, value });
  });
  return ranked.sort(byValue).slice(0, limit);
}

function byValue(one: Ranked, other: Ranked): number {
  return other.value - one.value || one.item - other.item;
}
