import { sumOf } from '../../shared/domain/reputation/counts.ts';
import { type CreditEntry, creditOf } from '../../shared/domain/reputation/credit.ts';
import { ratingOf, reviewWeight } from '../../shared/domain/reputation/rating.ts';
import { reviewCounts } from '../../shared/domain/reputation/review-counts.ts';
import { currentPolicy, type Policy } from '../../shared/policy/policy.ts';
import type { Attack } from './attacks.ts';
import { type JudgedStream, judgedStream } from './judged-stream.ts';
import { olistReviews } from './olist-reviews.ts';
import { scenarioOf } from './scenario.ts';
import { ATTACKS, type AttackKind, type SimulatedReview } from './simulated-review.ts';

export type RatingMove = {
  /** Products attacked that had reviews before. */
  products: number;
  /** How far the rating moves, in stars, on the mean of the products and on the worst of them. */
  shown: { mean: number; worst: number };
  plain: { mean: number; worst: number };
};

export type AttackFigures = {
  /** Reviews of the stream, and how many of them are false. */
  reviews: number;
  attackReviews: number;
  /** Of those that were held or rejected, the share that is false; of the false, the share that was held or rejected. */
  precision: number;
  recall: number;
  perAttack: Record<AttackKind, { reviews: number; recall: number; rejected: number; atOnce: number }>;
  /** The share of real reviews of that half that were held or rejected, and that were rejected. */
  falseHolds: number;
  falseRejections: number;
  /** The share of all real reviews of the export that would be held or rejected if nobody attacked, as they stand. */
  falseHoldsInPeace: number;
  ratingMoves: Record<AttackKind, RatingMove>;
  /** How many of the reviews with a score in each tenth are false: it should be about that tenth. */
  calibration: { from: number; reviews: number; score: number; share: number }[];
};

/**
 * Attacks on the later half of the Olist stream, as the shop's policy judges them when all is known; `seed` draws who is attacked,
 * when and how. Some 20 s and 600 MB.
 */
export async function attackFigures({
  dataFolder,
  seed,
}: {
  dataFolder: string;
  seed: number;
}): Promise<AttackFigures> {
  const { reviews } = await olistReviews(dataFolder);
  return figuresOf(reviews, { seed, policy: currentPolicy });
}

/** The same of any stream of real reviews; `share` of the usual number of attacks. */
export function figuresOf(
  real: readonly SimulatedReview[],
  { seed, policy, share: ofAttacks = 1 }: { seed: number; policy: Policy; share?: number },
): AttackFigures {
  const { reviews: all, attacks, fromMs } = scenarioOf(real, { half: 'later', seed, share: ofAttacks });
  const stream = judgedStream(all, policy);
  const reviews = all.filter(({ atMs }) => atMs >= fromMs);
  const judged = reviews.map((review) => ({ review, ...stream.judge(review, Number.POSITIVE_INFINITY) }));
  const caught = judged.filter(({ verdict }) => verdict !== 'publish');
  const isFalse = ({ review }: { review: SimulatedReview }) => review.attack !== undefined;
  const bad = judged.filter(isFalse);
  const good = judged.filter((it) => !isFalse(it));
  const hit = caught.filter(isFalse);
  const ofKind = (kind: AttackKind) => bad.filter(({ review }) => review.attack?.kind === kind);
  return {
    reviews: reviews.length,
    attackReviews: bad.length,
    precision: hit.length / Math.max(1, caught.length),
    recall: hit.length / Math.max(1, bad.length),
    perAttack: byKind((kind) => {
      const all = ofKind(kind);
      return {
        reviews: all.length,
        recall: share(all, ({ verdict }) => verdict !== 'publish'),
        rejected: share(all, ({ verdict }) => verdict === 'reject'),
        atOnce: share(all, ({ review }) => stream.judge(review, review.atMs).verdict !== 'publish'),
      };
    }),
    falseHolds: share(good, ({ verdict }) => verdict !== 'publish'),
    falseRejections: share(good, ({ verdict }) => verdict === 'reject'),
    falseHoldsInPeace: share(real, inPeace(real, policy)),
    ratingMoves: byKind((kind) =>
      movesOf(
        attacks.filter((it) => it.kind === kind),
        stream,
        policy,
      ),
    ),
    calibration: Array.from({ length: 10 }, (_, tenth) => {
      const within = judged.filter(({ score }) => Math.min(9, Math.floor(score * 10)) === tenth);
      const score = within.reduce((sum, it) => sum + it.score, 0) / Math.max(1, within.length);
      return { from: tenth / 10, reviews: within.length, score, share: share(within, isFalse) };
    }),
  };
}

function inPeace(real: readonly SimulatedReview[], policy: Policy): (review: SimulatedReview) => boolean {
  const stream = judgedStream(real, policy);
  return (review) => stream.judge(review, Number.POSITIVE_INFINITY).verdict !== 'publish';
}

/**
 * How far attacks move the ratings of their products, by what is known at the moment when their last review comes in: against
 * the ratings that the real reviews alone have by then. What is held is not shown, and nobody has looked at it yet.
 */
function movesOf(attacks: readonly Attack[], stream: JudgedStream, policy: Policy): RatingMove {
  const moves = attacks.flatMap(({ productIds, untilMs }) =>
    productIds.flatMap((productId) => {
      const all = stream.reviewsOf(productId, untilMs);
      const real = all.filter(({ attack }) => attack === undefined);
      if (real.length === 0) return [];
      const published = all.filter((review) => stream.judge(review, untilMs).verdict === 'publish');
      const rating = (of: readonly SimulatedReview[]) => shownRating(of, { nowMs: untilMs, stream, policy });
      return [
        {
          shown: Math.abs(rating(published) - rating(real)),
          plain: Math.abs(plainMean(all) - plainMean(real)),
        },
      ];
    }),
  );
  const summary = (of: readonly number[]) => ({
    mean: of.reduce((sum, it) => sum + it, 0) / Math.max(1, of.length),
    worst: Math.max(0, ...of),
  });
  return {
    products: moves.length,
    shown: summary(moves.map(({ shown }) => shown)),
    plain: summary(moves.map(({ plain }) => plain)),
  };
}

type AsOf = { nowMs: number; stream: JudgedStream; policy: Policy };

function shownRating(reviews: readonly SimulatedReview[], { nowMs, stream, policy }: AsOf): number {
  const { reputation } = policy;
  const counts = reviews.map(({ memberId, productId, atMs, stars, verified, text }) => {
    const creditWeight = creditOf(creditEntries(memberId, { nowMs, stream, policy }), {
      nowMs,
      policy: reputation,
    }).weight;
    // Where the policy gives points for reviews, all authors are paid.
    const facts = {
      creditWeight,
      verified,
      helpful: 0,
      unhelpful: 0,
      incentivised: policy.points.review > 0,
      length: text.length,
    };
    const weightThousandths = reviewWeight(facts, reputation).thousandths;
    return reviewCounts({ productId, atMs, ratings: { product: stars }, weightThousandths });
  });
  const productId = reviews[0]?.productId ?? '';
  return ratingOf(sumOf(counts)[`PRODUCT#${productId}`] ?? {}, { nowMs, policy: reputation }).weighted;
}

const STATES = { publish: 'published', hold: 'held', reject: 'rejected' } as const;

/** A member's reviews as the reviewer's credit sees them. Nobody votes here. */
function creditEntries(memberId: string, { nowMs, stream }: AsOf): CreditEntry[] {
  return stream.reviewsBy(memberId, nowMs).map((review) => ({
    reviewId: review.reviewId,
    atMs: review.atMs,
    length: review.text.length,
    mediaCount: 0,
    kinds: 1,
    verified: review.verified,
    named: false,
    state: STATES[stream.judge(review, nowMs).verdict],
    helpful: 0,
    unhelpful: 0,
  }));
}

function plainMean(reviews: readonly SimulatedReview[]): number {
  return reviews.reduce((sum, { stars }) => sum + stars, 0) / Math.max(1, reviews.length);
}

function byKind<T>(of: (kind: AttackKind) => T): Record<AttackKind, T> {
  return Object.fromEntries(ATTACKS.map((kind) => [kind, of(kind)])) as Record<AttackKind, T>;
}

function share<T>(all: readonly T[], is: (it: T) => boolean): number {
  return all.filter(is).length / Math.max(1, all.length);
}
