/**
 * What speaks for or against a review being honest, as small whole numbers. They are quantised so that they change seldom while
 * a neighbourhood grows, and every one of them is a function of the set of its neighbours: the order they came in, and what was
 * decided about them, have no say.
 */

/** A review as far as judging its neighbours of the same product takes it. */
export type ListedReview = {
  reviewId: string;
  memberId: string;
  atMs: number;
  /** 1 to 5. */
  stars: number;
  verified: boolean;
  /** Characters of its text; 0 where it has none. */
  length: number;
  incentivised: boolean;
  hasMedia: boolean;
  /** How old the author's account was when the review was written; left out where nobody knows. */
  accountAgeDays?: number | undefined;
  /** Other products that the author reviewed close in time (`othersOf`); left out where nobody looked. */
  others?: readonly string[] | undefined;
  /** Its text is a near copy of one that another member wrote earlier (`isCopy`); left out where it is none. */
  copied?: boolean | undefined;
};

/** One of a member's reviews, as far as judging the member's other reviews takes it. */
export type ReviewerEntry = {
  reviewId: string;
  productId: string;
  brandId?: string | undefined;
  atMs: number;
  stars: number;
  length: number;
  verified: boolean;
};

/** A review whose text shares a band of its fingerprint with the one that is judged. */
export type TextMatch = { reviewId: string; memberId: string; productId: string; atMs: number; fingerprint: string };

/** Every signal there is; each has a weight of the same name in the policy. */
export const SIGNALS = [
  'burst',
  'burstSameStars',
  'burstUnverified',
  'burstNewAccounts',
  'copiesAround',
  'deviation',
  'companions',
  'rate',
  'extremes',
  'sameStars',
  'oneBrand',
  'sleeper',
  'closeness',
  'copies',
  'ownCopies',
  'shallow',
  'templated',
  'shouting',
  'unverified',
  'incentivised',
  'newAccount',
] as const;

export type SignalName = (typeof SIGNALS)[number];

/** Signals by name; one that is 0 is left out. */
export type Signals = Readonly<Partial<Record<SignalName, number>>>;

/** Signals put together, without those that are 0. */
export function signalsOf(values: Readonly<Partial<Record<SignalName, number>>>): Signals {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}

/** How far what was counted lies above what was to be expected, in its own standard deviations: a whole number from 0 to 8. */
export function surprise(counted: number, expected: number): number {
  return Math.min(8, Math.max(0, Math.floor((counted - expected) / Math.sqrt(expected + 1))));
}

/** A number of things in steps that double: 0, 1, 2 to 3, 4 to 7, 8 to 15, and more, as 0 to 5. */
export function doublings(count: number): number {
  return count <= 0 ? 0 : Math.min(5, Math.floor(Math.log2(count)) + 1);
}

export const DAY_MS = 86_400_000;
