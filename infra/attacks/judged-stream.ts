import { type Assessment, assess } from '../../shared/domain/moderation/assess.ts';
import { copySignals, isCopy } from '../../shared/domain/moderation/copy-signals.ts';
import { bandsOf, fingerprintOf } from '../../shared/domain/moderation/fingerprint.ts';
import { groupSignals, othersOf } from '../../shared/domain/moderation/group-signals.ts';
import { memberSignals } from '../../shared/domain/moderation/member-signals.ts';
import { productSignals } from '../../shared/domain/moderation/product-signals.ts';
import type { ListedReview, ReviewerEntry, Signals, TextMatch } from '../../shared/domain/moderation/signals.ts';
import { textSignals } from '../../shared/domain/moderation/text-signals.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { DAY_MS, type SimulatedReview } from './simulated-review.ts';

type Prepared = SimulatedReview & { length: number; fingerprint?: string | undefined; textSignals: Signals };

/** Of more texts that share a band, the earliest are looked at. */
const ROWS_PER_BAND = 20;

/** `asOfMs`: nothing that is later is known yet. */
export type JudgedStream = {
  /** What speaks against a review, all signals but those of `contextOf`. */
  signalsOf(review: SimulatedReview, asOfMs: number): Signals;
  judge(review: SimulatedReview, asOfMs: number): Assessment;
  /** The reviews of a product, and those by a member, in order of time. */
  reviewsOf(productId: string, asOfMs: number): readonly SimulatedReview[];
  reviewsBy(memberId: string, asOfMs: number): readonly SimulatedReview[];
};

/**
 * Judges a stream as the shop does, by the same functions over the same windows, entries and bands, without its tables. The
 * reviews come in order of time.
 */
export function judgedStream(reviews: readonly SimulatedReview[], policy: Pick<Policy, 'moderation'>): JudgedStream {
  const prepared = reviews.map((review): Prepared => {
    const fingerprint = fingerprintOf(review.text);
    return { ...review, length: review.text.length, fingerprint, textSignals: textSignals(review.text) };
  });
  const byId = new Map(prepared.map((review) => [review.reviewId, review]));
  const byProduct = Map.groupBy(prepared, ({ productId }) => productId);
  const byMember = Map.groupBy(prepared, ({ memberId }) => memberId);
  const bands = bandsOfAll(prepared);
  const windowMs = policy.moderation.windowDays * DAY_MS;

  const entriesOf = (memberId: string, asOfMs: number) => upTo(byMember.get(memberId) ?? [], asOfMs).map(entryOf);
  const copiesOf = (review: Prepared, asOfMs: number): Signals => {
    const own = review.fingerprint === undefined ? [] : bandsOf(review.fingerprint);
    const matches = own.flatMap((band) => upTo(bands.get(band) ?? [], asOfMs));
    return copySignals(review, matches, policy);
  };
  const rowOf = remembered(
    (review: Prepared, asOfMs: number): ListedReview => ({
      ...entryOf(review),
      memberId: review.memberId,
      incentivised: false,
      hasMedia: false,
      accountAgeDays: review.accountAgeDays,
      others: othersOf(review, entriesOf(review.memberId, asOfMs), policy),
      copied: isCopy(copiesOf(review, asOfMs)),
    }),
  );
  const signalsOf = remembered((review: Prepared, asOfMs: number): Signals => {
    const row = rowOf(review, asOfMs);
    const window = upTo(byProduct.get(review.productId) ?? [], asOfMs)
      .filter(({ atMs }) => Math.abs(atMs - review.atMs) <= windowMs)
      .map((it) => rowOf(it, asOfMs));
    const own = { ...entryOf(review), accountAgeDays: review.accountAgeDays };
    return {
      ...productSignals(row, window, policy),
      ...groupSignals(row, window, policy),
      ...memberSignals(own, entriesOf(review.memberId, asOfMs), policy),
      ...copiesOf(review, asOfMs),
      ...review.textSignals,
    };
  });
  const known = ({ reviewId }: SimulatedReview): Prepared => {
    const review = byId.get(reviewId);
    if (review === undefined) throw new Error(`${reviewId} is no review of this stream.`);
    return review;
  };
  return {
    signalsOf: (review, asOfMs) => signalsOf(known(review), asOfMs),
    judge: (review, asOfMs) => assess(signalsOf(known(review), asOfMs), contextOf(review), policy),
    reviewsOf: (productId, asOfMs) => upTo(byProduct.get(productId) ?? [], asOfMs),
    reviewsBy: (memberId, asOfMs) => upTo(byMember.get(memberId) ?? [], asOfMs),
  };
}

/**
 * What is known of a simulated review beside its signals. That points are paid for reviews says nothing where they are paid for
 * all of them.
 */
export function contextOf({ verified, accountAgeDays }: SimulatedReview) {
  return { verified, incentivised: false, accountAgeDays };
}

function bandsOfAll(reviews: readonly Prepared[]): Map<string, TextMatch[]> {
  const bands = new Map<string, TextMatch[]>();
  for (const { reviewId, memberId, productId, atMs, fingerprint } of reviews) {
    if (fingerprint === undefined) continue;
    for (const band of bandsOf(fingerprint)) {
      const rows = bands.get(band) ?? [];
      if (rows.length < ROWS_PER_BAND) rows.push({ reviewId, memberId, productId, atMs, fingerprint });
      bands.set(band, rows);
    }
  }
  return bands;
}

/** Keeps what was worked out for the instant that was asked for last: neighbours are looked at again and again. */
function remembered<T>(of: (review: Prepared, asOfMs: number) => T): (review: Prepared, asOfMs: number) => T {
  let atMs = Number.NaN;
  let known = new Map<string, T>();
  return (review, asOfMs) => {
    if (asOfMs !== atMs) known = new Map();
    atMs = asOfMs;
    const found = known.get(review.reviewId) ?? of(review, asOfMs);
    known.set(review.reviewId, found);
    return found;
  };
}

function entryOf({ reviewId, productId, brandId, atMs, stars, length, verified }: Prepared): ReviewerEntry {
  return { reviewId, productId, brandId, atMs, stars, length, verified };
}

function upTo<T extends { atMs: number }>(inTime: readonly T[], asOfMs: number): readonly T[] {
  if ((inTime.at(-1)?.atMs ?? 0) <= asOfMs) return inTime;
  return inTime.filter(({ atMs }) => atMs <= asOfMs);
}
