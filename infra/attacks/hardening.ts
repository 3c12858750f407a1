import type { Chance } from './chance.ts';
import { DAY_MS, type SimulatedReview } from './simulated-review.ts';

/** How many of the real reviews come without their order: bought in a store, as a gift, or without signing in. */
const UNLINKED_SHARE = 0.25;
/** How many of those are by accounts opened for the review, of up to so many days; of the others nobody knows the age. */
const JUST_OPENED_SHARE = 0.5;
const JUST_OPENED_DAYS = 30;
/** How many of the real reviews are by regulars, how many one regular writes, and how old the account is at the first. */
const REGULARS_SHARE = 0.05;
const REVIEWS_PER_REGULAR = { from: 4, to: 40 } as const;
const REGULAR_AGE_DAYS = { from: 30, to: 900 } as const;
/** How many regulars like everything, and how many catch up, several reviews in a row. */
const GENEROUS_SHARE = 0.33;
const CATCHING_UP_SHARE = 0.25;
const REVIEWS_IN_A_ROW = 6;
/** How many of the real reviews are by members who bought for long and wrote nothing, and then several at once. */
const LATE_STARTERS_SHARE = 0.02;
const REVIEWS_PER_LATE_STARTER = { from: 2, to: 4 } as const;
const LATE_STARTER_AGE_DAYS = { from: 150, to: 900 } as const;
const STARTING_DAYS = 10;
/** How many of those who write several at once paste the same text into all of them. */
const PASTING_SHARE = 0.15;

/**
 * The real reviews in a shop that is harder to watch over than Olist was. There every review has its order, and nearly every
 * person wrote one: anybody without a purchase, or with a second review, would be caught, and the figures would flatter. So a
 * quarter of the reviews lose their order, one in twenty is given to a regular with many, and one in fifty to a member who wrote
 * nothing for long. Stars and products stay as they are; so do texts and times, but for those who write several at once.
 */
export function hardened(reviews: readonly SimulatedReview[], chance: Chance): SimulatedReview[] {
  const result = reviews.map((review): SimulatedReview => {
    if (!chance.happens(UNLINKED_SHARE)) return { ...review };
    const opened = chance.happens(JUST_OPENED_SHARE) ? chance.whole(0, JUST_OPENED_DAYS) : undefined;
    return { ...review, verified: false, accountAgeDays: opened };
  });
  const pool = chance.some([...result.keys()], Math.floor(result.length * (REGULARS_SHARE + LATE_STARTERS_SHARE)));
  const late = pool.splice(0, Math.floor(result.length * LATE_STARTERS_SHARE)).sort((a, b) => a - b);
  for (let number = 1; pool.length >= REVIEWS_PER_REGULAR.from; number += 1) {
    const count = chance.whole(REVIEWS_PER_REGULAR.from, REVIEWS_PER_REGULAR.to);
    const own = chance.happens(GENEROUS_SHARE) ? takeGenerous(pool, result, count) : pool.splice(0, count);
    toRegular(own, result, { memberId: `regular-${number}`, chance });
  }
  for (let number = 1; late.length > 0; number += 1) {
    const own = late.splice(0, chance.whole(REVIEWS_PER_LATE_STARTER.from, REVIEWS_PER_LATE_STARTER.to));
    toLateStarter(own, result, { memberId: `late-${number}`, chance });
  }
  return result.sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1));
}

/** Fives from near the beginning of the pool. */
function takeGenerous(pool: number[], reviews: readonly SimulatedReview[], count: number): number[] {
  const looked = pool.splice(0, count * 3);
  const fives = looked.filter((index) => reviews[index]?.stars === 5).slice(0, count);
  const taken = new Set(fives);
  pool.push(...looked.filter((index) => !taken.has(index)));
  return fives;
}

type Person = { memberId: string; chance: Chance };

function toRegular(own: readonly number[], reviews: SimulatedReview[], { memberId, chance }: Person): void {
  const inTime = [...own].sort((a, b) => (reviews[a]?.atMs ?? 0) - (reviews[b]?.atMs ?? 0));
  const firstMs = reviews[inTime[0] ?? -1]?.atMs ?? 0;
  const age = chance.whole(REGULAR_AGE_DAYS.from, REGULAR_AGE_DAYS.to);
  const rowFrom = chance.happens(CATCHING_UP_SHARE) ? chance.whole(0, Math.max(0, inTime.length - 2)) : inTime.length;
  const rowMs = reviews[inTime[rowFrom] ?? -1]?.atMs ?? 0;
  const pasted = chance.happens(PASTING_SHARE) ? reviews[inTime[rowFrom] ?? -1]?.text : undefined;
  inTime.forEach((index, place) => {
    const review = reviews[index];
    if (review === undefined) return;
    const inRow = place > rowFrom && place < rowFrom + REVIEWS_IN_A_ROW;
    const atMs = inRow ? rowMs + (place - rowFrom) * 600_000 : review.atMs;
    const accountAgeDays = age + Math.floor((atMs - firstMs) / DAY_MS);
    const text = inRow ? (pasted ?? review.text) : review.text;
    reviews[index] = { ...review, memberId, atMs, text, accountAgeDays };
  });
}

function toLateStarter(own: readonly number[], reviews: SimulatedReview[], { memberId, chance }: Person): void {
  const first = reviews[own[0] ?? -1];
  if (first === undefined) return;
  const age = chance.whole(LATE_STARTER_AGE_DAYS.from, LATE_STARTER_AGE_DAYS.to);
  const pastes = chance.happens(PASTING_SHARE);
  for (const index of own) {
    const review = reviews[index];
    if (review === undefined) continue;
    const atMs = Math.min(review.atMs, first.atMs + Math.floor(chance.next() * STARTING_DAYS * DAY_MS));
    const accountAgeDays = age + Math.floor((atMs - first.atMs) / DAY_MS);
    reviews[index] = { ...review, memberId, atMs, text: pastes ? first.text : review.text, accountAgeDays };
  }
}
