import type { HappenedKind } from './features.ts';

/** One thing that happened, by the id of its event, so that a second delivery is the same thing. */
export type Interaction = { eventId: string; kind: HappenedKind; productId: string; atMs: number };
export type Shown = { recommendationId: string; productIds: readonly string[]; atMs: number };

/**
 * What is known of the last time of a member or a visitor: the latest of each kind, newest first. It is the top of a set, by time and then by id,
 * so any order of arrival, duplicates and merging two of them end in the same history.
 */
export type History = {
  interactions: readonly Interaction[];
  /** Lines of orders, apart from the rest, because they count for longer. */
  purchases: readonly Interaction[];
  shown: readonly Shown[];
};
