import { FeatureScores, type FindingFeature, type Question } from '../../../shared/domain/recommend/features.ts';
import { defaultNeighbourSettings, type NeighbourSettings } from '../../../shared/domain/recommend/item-neighbours.ts';
import { defaultSessionSettings, type SessionSettings } from '../../../shared/domain/recommend/session-index.ts';
import type { SessionLog } from '../../../shared/domain/recommend/training-log.ts';

/** A log of sessions, each its items, oldest first. */
export function logOf(sessions: readonly (readonly number[])[], itemCount?: number): SessionLog {
  const from = new Uint32Array(sessions.length + 1);
  for (const [at, { length }] of sessions.entries()) from[at + 1] = from[at]! + length;
  return {
    itemCount: itemCount ?? Math.max(-1, ...sessions.flat()) + 1,
    from,
    items: Uint32Array.from(sessions.flat()),
    endedAt: Uint32Array.from(sessions, (_, at) => 1_000 + at),
  };
}

/** Somebody who has looked at these items, the last one last. */
export function visitor(...items: number[]): Question {
  const session = items.map((item) => ({ item, kind: 'view' as const, atMs: 0 }));
  return { context: 'product', session, recent: session, basket: [], purchases: [], nowMs: 0 };
}

/** What a feature says, by item; the values before they are put on the scale of logarithms come of `unscaled`. */
export function valuesOf(feature: FindingFeature, question: Question, itemCount: number): Record<number, number> {
  const into = new FeatureScores(itemCount);
  feature.score(question, into);
  return Object.fromEntries(Array.from(into.items.subarray(0, into.count), (item) => [item, into.values[item]!]));
}

/** With a contrast of 1 a value v of the greatest m is handed on as log(1 + v / m) / log 2, so v / m comes back. */
export function sharesOf(feature: FindingFeature, question: Question, itemCount: number): Record<number, number> {
  const values = Object.entries(valuesOf(feature, question, itemCount));
  return Object.fromEntries(values.map(([item, value]) => [item, Number((2 ** value - 1).toFixed(6))]));
}

const noMomentum = { recentShare: 0.5, recentPower: 0, popularPower: 0 };
const noReturns = { returnToLast: 0, returnAfter: 0, returnOften: 0 };

/** Nothing but counting: each refinement is switched on by itself. */
export const plainSessions: SessionSettings = {
  ...defaultSessionSettings,
  ...noMomentum,
  ...noReturns,
  positionDecay: 0,
  repeatGain: 0,
  rarity: 0,
  rarityFound: 0,
  lengthPower: 0,
  recencySpan: Number.POSITIVE_INFINITY,
  agreementPower: 1,
  matchPower: 1,
  distanceDecay: 0,
  backward: 1,
  self: 0,
  contrast: 1,
};
export const plainNeighbours: NeighbourSettings = {
  ...defaultNeighbourSettings,
  ...noMomentum,
  ...noReturns,
  distanceDecay: 0,
  backward: 1,
  popularityPower: 0,
  positionDecay: 0,
  likeness: 0,
  contrast: 1,
};
