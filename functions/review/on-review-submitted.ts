import { reviewSubmitted } from '../../events/review/review-submitted.v1.ts';
import { submittedFact } from '../../shared/domain/review/review-facts.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { readWords } from './read-words.ts';
import { keepFact, openReviews } from './review-reaction.ts';

/** What a review says is read once, when it comes in; its words are kept apart from all that is made of them. */
export const handler = queueHandler(
  reviewSubmitted,
  openReviews,
  async (event, { reviews }, { contentHash }) => {
    const { reviewId, title, text } = event.data;
    const words = { ...(title !== undefined && { title }), ...(text !== undefined && { text }) };
    const fact = submittedFact(event, contentHash, await readWords(words));
    await keepFact(reviews, reviewId, fact, Object.keys(words).length === 0 ? undefined : words);
  },
  { serialKey: ({ data }) => data.reviewId },
);
