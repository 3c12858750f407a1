import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type ReviewStore, reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { type WordsStore, wordsStore } from '../../shared/adapters/vault/words.ts';
import { addReviewFact, type ReviewFact, type ReviewWords } from '../../shared/domain/review/review-facts.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import type { QueueDependencies } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { besideFact } from './beside-fact.ts';

export type ReviewDependencies = QueueDependencies & { reviews: ReviewStore };
/** What a reaction has that keeps what people have written. */
export type SpokenDependencies = ReviewDependencies & { words: WordsStore };

/** Opens what every reaction to an event of a review needs, from its environment. */
export function openReviews(): ReviewDependencies {
  const dynamo = dynamoClient();
  return { ...openQueue(dynamo), reviews: reviewStore(dynamo, readEnv('REPUTATION_TABLE').REPUTATION_TABLE) };
}

/** The same, and the vault to keep words in. */
export function openSpoken(): SpokenDependencies {
  const vault = openVault(dynamoClient());
  return { ...openReviews(), vault, words: wordsStore(vault) };
}

/** Keeps a fact of a review, with the words that came with it; where the review then stands is worked out from the table's stream. */
export async function keepFact(
  { reviews, words }: { reviews: Pick<ReviewStore, 'load' | 'saveFacts'>; words: Pick<WordsStore, 'beside'> },
  reviewId: string,
  fact: ReviewFact,
  said?: ReviewWords,
): Promise<void> {
  await retryConflicts(WriteConflict, async () => {
    const [review] = await reviews.load([reviewId]);
    if (review === undefined) return;
    const added = addReviewFact(review.record.facts, fact);
    if (added.kind === 'refused') throw new PermanentFailure(added.code, added.detail);
    if (added.kind === 'duplicate') return;
    const record = { ...review.record, facts: added.facts };
    await reviews.saveFacts({ ...review, record }, await besideFact(words, record, fact, said));
  });
}
