import type { StoredReview } from '../../shared/adapters/dynamo/review-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import { type ReviewWords, submissionOf, wordsPlaces } from '../../shared/domain/review/review-facts.ts';
import { reviewDetails } from '../../shared/domain/review/review-view.ts';

/** Reviews with their words, as the desk and their authors see them. */
export async function detailsOf(words: Pick<WordsStore, 'load'>, found: readonly StoredReview[]) {
  const places = found.flatMap(({ record: { reviewId, facts } }) => {
    // Of edits the latest is shown.
    const counts = submissionOf(facts);
    const shown = facts.filter((fact) => fact.kind !== 'submitted' || fact === counts);
    return wordsPlaces(reviewId, shown);
  });
  const wordsOf = await words.load<ReviewWords>(places, { consistent: true });
  return found.map(({ record }) => reviewDetails(record, wordsOf));
}
