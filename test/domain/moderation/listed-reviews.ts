import type { ListedReview, ReviewerEntry } from '../../../shared/domain/moderation/signals.ts';

const DAY_MS = 86_400_000;
/** The middle of the window of most tests. */
export const NOON_MS = Date.parse('2026-03-15T12:00:00Z');

/** A review of a product's window: by its number, so many days from noon, of four stars, verified. */
export function listed(number: number, over: Partial<ListedReview> & { day?: number } = {}): ListedReview {
  const { day = 0, ...rest } = over;
  return {
    reviewId: `rev-${String(number).padStart(3, '0')}`,
    memberId: `mem-${number}`,
    atMs: NOON_MS + day * DAY_MS,
    stars: 4,
    verified: true,
    length: 80,
    incentivised: false,
    hasMedia: false,
    ...rest,
  };
}

/** One of a member's reviews: of a product and a brand of its own, unless said otherwise. */
export function entry(number: number, over: Partial<ReviewerEntry> & { day?: number } = {}): ReviewerEntry {
  const { day = 0, ...rest } = over;
  return {
    reviewId: `rev-${String(number).padStart(3, '0')}`,
    productId: `product-${number}`,
    brandId: `brand-${number}`,
    atMs: NOON_MS + day * DAY_MS,
    stars: 4,
    length: 80,
    verified: true,
    ...rest,
  };
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
