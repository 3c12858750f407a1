import type { Counters } from './counts.ts';

/** How many published reviews a shop has had, over all quarters. */
export function reviewsOfShop(counters: Counters): number {
  return Object.entries(counters)
    .filter(([name]) => name.startsWith('reviews@'))
    .reduce((sum, [, amount]) => sum + amount, 0);
}
