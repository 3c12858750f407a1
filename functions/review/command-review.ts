import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { ReviewDecision } from '../../shared/domain/review/decide-review.ts';
import type { ReviewFact, ReviewWords } from '../../shared/domain/review/review-facts.ts';
import type { ReviewRecord } from '../../shared/domain/review/review-record.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { besideFact } from './beside-fact.ts';
import { detailsOf } from './details-of.ts';
import type { ReviewStores } from './stores.ts';

export const unknownReview = () => new Problem('not_found', 'There is no such review.');

/** Decides on a review and keeps the decision as a fact of it, with what was said to it; what follows from it is worked out from the table's stream. */
export async function commandReview(
  reviewId: string,
  { reviews, words }: Pick<ReviewStores, 'reviews' | 'words'>,
  decide: (record: ReviewRecord) => ReviewDecision<ReviewFact>,
  said?: ReviewWords,
) {
  return await retryConflicts(WriteConflict, async () => {
    const [found] = await reviews.load([reviewId]);
    if (found === undefined) throw unknownReview();
    const decision = decide(found.record);
    if (decision.kind === 'refused') {
      const { code, detail } = decision;
      throw code === 'unknown_review' ? unknownReview() : new Problem(code, detail);
    }
    const review = decision.kind === 'same' ? found : { ...found, record: { ...found.record, facts: decision.facts } };
    if (decision.kind === 'accepted') {
      await reviews.saveFacts(review, await besideFact(words, review.record, decision.fact, said));
    }
    const [body] = await detailsOf(words, [review]);
    return { status: 200, body };
  });
}
