import type { StoredReview } from '../../shared/adapters/dynamo/review-store.ts';
import { neighbourSignals } from '../../shared/domain/review/judge-review.ts';
import { windowRowOf } from '../../shared/domain/review/refresh-review.ts';
import { submissionOf } from '../../shared/domain/review/review-facts.ts';
import type { ReviewSurroundings } from '../../shared/domain/review/review-surroundings.ts';
import { enlist, type ReviewWindow } from '../../shared/domain/review/review-window.ts';
import { type BandRow, othersIn, type TextBand, withBandRow } from '../../shared/domain/review/text-band.ts';
import { policyAt } from '../../shared/policy/policies.ts';
import type { Refreshing } from './refresh-reviews.ts';

/**
 * Puts reviews into the windows of their products and into the bands of their texts, one write for each however many join it,
 * and gives their surroundings back with themselves in them.
 */
export async function enlistReviews(
  reviews: readonly StoredReview[],
  surroundings: readonly ReviewSurroundings[],
  stores: Refreshing,
): Promise<ReviewSurroundings[]> {
  const windows = new Map(surroundings.flatMap((it) => it.windows).map((it) => [`${it.productId} ${it.span}`, it]));
  const bands = new Map(surroundings.flatMap((it) => it.bands).map((it) => [it.band, it]));
  const touchedBy = new Map<ReviewWindow | TextBand, readonly string[]>();
  reviews.forEach(({ record }, index) => {
    const around = surroundings[index];
    const submission = submissionOf(record.facts);
    if (around === undefined || submission === undefined) return;
    const policy = policyAt(stores.policies, submission.atMs);
    const row = windowRowOf(record, around, policy);
    const own = around.windows.map((it) => windows.get(`${it.productId} ${it.span}`) ?? it);
    const { changed, touched } = enlist(own, row === undefined ? [] : [row], {
      windowDays: policy.moderation.windowDays,
      signalsOf: (it, near) => neighbourSignals(it, near, policy),
    });
    for (const window of changed) {
      const key = `${window.productId} ${window.span}`;
      const before = windows.get(key);
      touchedBy.set(window, [...((before && touchedBy.get(before)) ?? []), ...touched]);
      windows.set(key, window);
    }
    for (const { band } of around.bands) {
      const before = bands.get(band);
      const { memberId, productId, text } = submission.data;
      if (before === undefined || text?.fingerprint === undefined) continue;
      const { fingerprint } = text;
      const joining: BandRow = { reviewId: record.reviewId, memberId, productId, atMs: submission.atMs, fingerprint };
      const after = withBandRow(before, joining);
      if (after === before) continue;
      const others = othersIn([before], record.reviewId).map(({ reviewId }) => reviewId);
      touchedBy.set(after, [...(touchedBy.get(before) ?? []), ...others]);
      bands.set(band, after);
    }
  });
  await Promise.all([
    ...[...windows.values()].map((it) => saveIfChanged(it, touchedBy.get(it), stores.surroundings.saveWindow)),
    ...[...bands.values()].map((it) => saveIfChanged(it, touchedBy.get(it), stores.surroundings.saveBand)),
  ]);
  return surroundings.map((it) => ({
    ...it,
    windows: it.windows.map((window) => windows.get(`${window.productId} ${window.span}`) ?? window),
    bands: it.bands.map((band) => bands.get(band.band) ?? band),
  }));
}

async function saveIfChanged<Record>(
  record: Record,
  touched: readonly string[] | undefined,
  save: (record: Record, touched: readonly string[]) => Promise<void>,
): Promise<void> {
  if (touched !== undefined) await save(record, touched);
}
