import type { Beside, WordsStore } from '../../shared/adapters/vault/words.ts';
import { type ReviewFact, type ReviewWords, wordsPlaces } from '../../shared/domain/review/review-facts.ts';
import type { ReviewRecord } from '../../shared/domain/review/review-record.ts';

/** What is written into the vault together with a new fact of a review; nothing where it came without words. */
export async function besideFact(
  words: Pick<WordsStore, 'beside'>,
  { reviewId, facts }: ReviewRecord,
  { eventId }: ReviewFact,
  said: ReviewWords | undefined,
): Promise<Beside> {
  const place = wordsPlaces(reviewId, facts).find((it) => it.eventId === eventId);
  const empty = said === undefined || Object.values(said).every((it) => it === undefined);
  return empty || place === undefined ? [] : words.beside([{ ...place, words: said }]);
}
