import { type Policies, policyAt } from '../../policy/policies.ts';
import { bandsOf } from '../moderation/fingerprint.ts';
import { neighbourSignals } from './judge-review.ts';
import { windowRowOf } from './refresh-review.ts';
import { submissionOf } from './review-facts.ts';
import type { ReviewRecord } from './review-record.ts';
import type { ReviewSurroundings } from './review-surroundings.ts';
import { enlist, type ReviewWindow } from './review-window.ts';
import { othersIn, type TextBand, withBandRow, withoutBandRow } from './text-band.ts';

/** A window or a band that has changed, and the other reviews that are to be looked at because of it. */
export type Joined = {
  windows: { window: ReviewWindow; touched: string[] }[];
  bands: { band: TextBand; touched: string[] }[];
  /** What surrounds each of the reviews, with all of them in it. */
  surroundings: ReviewSurroundings[];
};

/** Puts reviews beside their neighbours: into the windows of their products and the bands of their texts, all of them in one go. */
export function joinNeighbours(
  reviews: readonly ReviewRecord[],
  surroundings: readonly ReviewSurroundings[],
  policies: Policies,
): Joined {
  const windows = new Changing(
    surroundings.flatMap((it) => it.windows),
    nameOf,
  );
  const bands = new Changing(
    surroundings.flatMap((it) => it.bands),
    ({ band }) => band,
  );
  const known = reviews.flatMap((record, index) => {
    const around = surroundings[index];
    const submission = submissionOf(record.facts);
    const passedOver = around === undefined || submission === undefined || record.anonymisedAtMs !== undefined;
    return passedOver ? [] : [{ record, around, submission }];
  });
  // Texts first: whether a review copies another is part of what its product's neighbours see of it.
  for (const { record, around, submission } of known) {
    const { reviewId } = record;
    const { memberId, productId, text } = submission.data;
    const { fingerprint } = text ?? {};
    const own = new Set(fingerprint === undefined ? [] : bandsOf(fingerprint));
    for (const before of around.bands.map((it) => bands.now(it))) {
      // An edit may have taken the review's words away, or given it others.
      const after =
        fingerprint !== undefined && own.has(before.band)
          ? withBandRow(before, { reviewId, memberId, productId, atMs: submission.atMs, fingerprint })
          : withoutBandRow(before, reviewId);
      const others = othersIn([before], reviewId).map((row) => row.reviewId);
      if (after !== before) bands.change(after, others);
    }
  }
  // All that join a product at once: each look at its windows takes every pair of their rows.
  const joining = known.map(({ record, around, submission: { atMs, data } }) => {
    const policy = policyAt(policies, atMs);
    const row = windowRowOf(record, { ...around, bands: around.bands.map((it) => bands.now(it)) }, policy);
    return { name: `${data.productId} ${policy.stamp}`, policy, around, rows: row === undefined ? [] : [row] };
  });
  for (const group of Map.groupBy(joining, ({ name }) => name).values()) {
    const [{ policy } = {}] = group;
    if (policy === undefined) continue;
    const around = new Map(group.flatMap((it) => it.around.windows).map((it) => [nameOf(it), windows.now(it)]));
    const { changed, touched } = enlist(
      [...around.values()],
      group.flatMap(({ rows }) => rows),
      {
        windowDays: policy.moderation.windowDays,
        signalsOf: (it, near) => neighbourSignals(it, near, policy),
      },
    );
    for (const window of changed) windows.change(window, touched);
  }
  return {
    windows: windows.changed().map(({ record: window, touched }) => ({ window, touched })),
    bands: bands.changed().map(({ record: band, touched }) => ({ band, touched })),
    surroundings: surroundings.map((it) => ({
      ...it,
      windows: it.windows.map((window) => windows.now(window)),
      bands: it.bands.map((band) => bands.now(band)),
    })),
  };
}

function nameOf({ productId, span }: ReviewWindow): string {
  return `${productId} ${span}`;
}

/** Records that several reviews of one batch change one after the other. */
class Changing<Record> {
  readonly #records: Map<string, Record>;
  readonly #touched = new Map<string, string[]>();
  readonly #nameOf: (record: Record) => string;

  constructor(records: readonly Record[], nameOf: (record: Record) => string) {
    this.#nameOf = nameOf;
    this.#records = new Map(records.map((record) => [nameOf(record), record]));
  }

  now(record: Record): Record {
    return this.#records.get(this.#nameOf(record)) ?? record;
  }

  change(record: Record, touched: readonly string[]): void {
    const name = this.#nameOf(record);
    this.#records.set(name, record);
    this.#touched.set(name, [...(this.#touched.get(name) ?? []), ...touched]);
  }

  changed(): { record: Record; touched: string[] }[] {
    return [...this.#touched].flatMap(([name, touched]) => {
      const record = this.#records.get(name);
      return record === undefined ? [] : [{ record, touched }];
    });
  }
}
