import { createHash } from 'node:crypto';
import type { Interaction } from './history.ts';
import { CLOCK_SKEW_MS } from './history-fold.ts';

/** Something that happened in the shop; whoever did it is not part of it. */
export type RecentInteraction = Pick<Interaction, 'productId' | 'kind' | 'atMs'>;
/** One that may enter the sample, by the id that decides about it. */
export type RecentCandidate = RecentInteraction & { id: string };

/** A sample of what happened lately in the whole shop, newest first. */
export type RecentSample = readonly RecentInteraction[];

export const RECENT_LIMIT = 300;
/** The time that a sample should reach back over: less says more of a moment than of these days. */
const WANTED_SPAN_MS = 6 * 3_600_000;
/** Of a hundred, one is always taken. */
const LEAST_SHARE = 0.01;

/**
 * The sample with more of what happened; the sample itself where nothing of it enters. In a quiet shop everything does. Where a full
 * sample reaches back over less than six hours only a share is taken, so that it covers more of the day and a busy shop does not write it
 * for every click: the share follows the span, and both settle in between. By what share an event is taken its id decides, so one
 * that is delivered twice is taken or left both times; what is dated ahead of our clock is left.
 */
export function withRecent(sample: RecentSample, candidates: readonly RecentCandidate[], nowMs: number): RecentSample {
  const taken = candidates.filter(({ id, atMs }) => {
    return atMs <= nowMs + CLOCK_SKEW_MS && fractionOf(id) < shareTaken(sample, atMs);
  });
  if (taken.length === 0) return sample;
  const known = new Map(sample.map((it) => [keyOf(it), it]));
  for (const { id: _, ...candidate } of taken) known.set(keyOf(candidate), candidate);
  const latest = [...known]
    .sort(([key, one], [otherKey, other]) => other.atMs - one.atMs || (key < otherKey ? 1 : -1))
    .slice(0, RECENT_LIMIT);
  const before = new Set(sample.map(keyOf));
  return latest.every(([key]) => before.has(key)) ? sample : latest.map(([, it]) => it);
}

/** The share of what happens that is taken into a sample, at an instant. */
export function shareTaken(sample: RecentSample, atMs: number): number {
  if (sample.length < RECENT_LIMIT) return 1;
  const newestMs = Math.max(atMs, sample[0]?.atMs ?? atMs);
  const spanMs = newestMs - (sample.at(-1)?.atMs ?? newestMs);
  return Math.min(1, Math.max(LEAST_SHARE, spanMs / WANTED_SPAN_MS));
}

/** A number from 0 up to 1 that an id always has, as good as drawn by chance. */
function fractionOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;
}

const keyOf = ({ productId, kind, atMs }: RecentInteraction) => `${productId} ${kind} ${atMs}`;
