import { refreshReviews } from '../../functions/reputation/refresh-reviews.ts';
import { keepFact } from '../../functions/review/review-reaction.ts';
import { memberStore, openMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { refreshedWrites } from '../../shared/adapters/dynamo/refreshed-writes.ts';
import { reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { reviewSurroundings } from '../../shared/adapters/dynamo/review-surroundings.ts';
import { reviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import { tallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import type { ReviewFact } from '../../shared/domain/review/review-facts.ts';
import { always, type Policies } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import type { Dynoxide } from './dynoxide.ts';
import { testVault } from './open-vault.ts';

/** The review side on tables of its own, without streams: who keeps a fact has the review looked at. */
export async function openReviewShop({ client, createTables }: Dynoxide, policies: Policies = always(currentPolicy)) {
  const { profile, catalog, vault: vaultTable } = await createTables();
  // Keys, index and stream are those of the Reputation table.
  const { profile: reputation } = await createTables();
  const reviews = reviewStore(client, reputation);
  const vault = testVault(client, vaultTable);
  const stores = {
    reviews,
    vault,
    words: vault.words,
    persons: memberStore(client, profile, vault),
    surroundings: reviewSurroundings(client, { reputation, profile, catalog }, profileStore(client, profile)),
    refreshed: refreshedWrites(reputation),
    tallies: tallyStore(client, reputation),
    reviewers: reviewerStore(client, reputation),
    members: openMemberStore(client, profile),
    policies: { load: async () => policies },
  };
  const look = (...reviewIds: string[]) =>
    refreshReviews(reviewIds, { ...stores, policies } as unknown as Parameters<typeof refreshReviews>[1]);
  return {
    ...stores,
    tables: { profile, catalog, reputation, vault: vaultTable },
    look,
    /** Keeps a fact of a review, with the words that came with it, and looks at the review. */
    async keep(reviewId: string, fact: ReviewFact, words?: { title?: string; text?: string }): Promise<void> {
      await keepFact({ reviews, words: vault.words }, reviewId, fact, words);
      await look(reviewId);
    },
  };
}

export type ReviewShop = Awaited<ReturnType<typeof openReviewShop>>;
