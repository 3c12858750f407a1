import { reviewRemoved } from '../../events/review/review-removed.v1.ts';
import { removedFact } from '../../shared/domain/review/review-facts.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { keepFact, openSpoken } from './review-reaction.ts';

/** A removal may come before the review it is about; it is kept, and counts once the review is known. */
export const handler = queueHandler(
  reviewRemoved,
  openSpoken,
  async (event, stores, { contentHash }) => {
    const { reviewId, reason } = event.data;
    await keepFact(stores, reviewId, removedFact(event, contentHash), { reason });
  },
  { serialKey: ({ data }) => data.reviewId },
);
