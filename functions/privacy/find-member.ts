import type { Belongings } from '../../shared/adapters/dynamo/belongings-store.ts';
import type { Refusal } from '../../shared/adapters/dynamo/inbox-store.ts';
import type { Found } from '../../shared/domain/privacy/erasure.ts';
import { refusedOf } from './refused-events.ts';
import type { ErasureStores } from './stores.ts';

/** Everything that is a member's, by its ids. */
export type Everything = Belongings & {
  orders: string[];
  entries: number;
  reviews: string[];
  isReviewer: boolean;
  refused: Refusal[];
  /** What has a key of its own in the vault because of the member, and is destroyed with the member's. */
  owners: string[];
};

/** Looks for all that is a member's: what names the member, and what that leads to. */
export async function findMember(memberId: string, stores: ErasureStores, nowMs: number): Promise<Everything> {
  const [own, account, reviewer] = await Promise.all([
    stores.belongings.find(memberId),
    stores.profile.loadAccount(memberId),
    stores.reviewers.load(memberId),
  ]);
  const history = account && (await stores.profile.loadHistory(memberId)).history;
  const known = new Set(history?.orders.map(({ orderId }) => orderId));
  // In the order of the journal, which only ever grows at its end.
  const orders = [...new Set(history?.entries.map(({ subject }) => subject))].filter((id) => known.has(id));
  const reviews = reviewer?.rows.map(({ reviewId }) => reviewId) ?? [];
  const owners = [
    ...orders.map((id) => `ORDER#${id}`),
    ...reviews.map((id) => `REVIEW#${id}`),
    ...own.complaints.map((id) => `COMPLAINT#${id}`),
    ...own.visitors.map((id) => `VISITOR#${id}`),
  ];
  const refused = await refusedOf(memberId, new Set(owners), stores, nowMs);
  const entries = history?.entries.length ?? 0;
  return { ...own, orders, entries, reviews, isReviewer: reviewer !== undefined, refused, owners };
}

/** How many of what there is; undefined where the shop knows no such member. */
export function foundOf(all: Everything): Found | undefined {
  const found: Found = {
    orders: all.orders.length,
    causes: all.causes,
    entries: all.entries,
    registration: all.registration ? 1 : 0,
    coupons: all.coupons.length,
    visitors: all.visitors.length,
    words: all.words,
    reviews: all.reviews.length,
    reviewer: all.isReviewer ? 1 : 0,
    votes: all.votes.length,
    complaints: all.complaints.length,
    histories: all.histories,
    refused: all.refused.length,
  };
  return Object.values(found).some((count) => count > 0) ? found : undefined;
}
