import { reviewRemoved } from '../../events/review/review-removed.v1.ts';
import { removedFact } from '../../shared/domain/review/review-facts.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { keepFact, openReviews } from './review-reaction.ts';

/** A removal may come before the review it is about; it is kept, and counts once the review is known. */
export const handler = queueHandler(
  reviewRemoved,
  openReviews,
  async (event, { reviews }, { contentHash }) => {
    await keepFact(reviews, event.data.reviewId, removedFact(event, contentHash));
  },
  { serialKey: ({ data }) => data.reviewId },
);
