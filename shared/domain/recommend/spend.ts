import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';

/** A millionth of a US dollar: what a thousand requests cost in cents is no whole number of cents for one. */
const MICROS_PER_CENT = 10_000;

type SpendPolicy = Pick<RecommendationPolicy['personalize'], 'monthlyCents' | 'centsPerThousand'>;

/** What one request counts for, in micro-dollars; rounded up, so that what is counted is never less than what is billed. */
export function costMicrosOf({ centsPerThousand }: SpendPolicy): number {
  // 5.56 cents times 10 is 55.599999999999994.
  return Math.ceil(Number(((centsPerThousand * MICROS_PER_CENT) / 1_000).toFixed(6)));
}

/** The most that a month may cost, in micro-dollars. */
export function capMicrosOf({ monthlyCents }: SpendPolicy): number {
  return monthlyCents * MICROS_PER_CENT;
}

/** The calendar month that an instant falls into, UTC, `2026-11`. */
export function monthOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 7);
}
