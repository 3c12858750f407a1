/**
 * What one process may still let through of one caller within one window. Permits are taken out of the window's one counter in blocks, so that
 * a page of requests seldom pays for a write; a permit that was taken and not used is lost, never used twice.
 */
export type Permits = {
  /** When the window began that they are for. */
  windowMs: number;
  /** How many this process has taken in this window. */
  taken: number;
  left: number;
  /** Nothing is left of the window for anybody who asks. */
  exhausted: boolean;
};

export type PermitDecision = 'pass' | 'take_more' | 'refuse';

/** The first block is what a second of the limit comes to, the largest a tenth of it. */
const FIRST_BLOCKS = 60;
const LARGEST_BLOCKS = 10;

/** The permits of a window in which nothing has been taken yet. */
export function noPermits(windowMs: number): Permits {
  return { windowMs, taken: 0, left: 0, exhausted: false };
}

/** What becomes of a request now: it passes with a permit that is there, or more have to be taken first, or it is refused. */
export function decide({ left, exhausted }: Permits): PermitDecision {
  if (left > 0) return 'pass';
  return exhausted ? 'refuse' : 'take_more';
}

/** How many permits to take at once: few for whoever has asked little, as many again as before for whoever goes on asking. */
export function blockOf({ taken }: Permits, limit: number): number {
  const first = Math.ceil(limit / FIRST_BLOCKS);
  const largest = Math.ceil(limit / LARGEST_BLOCKS);
  return Math.min(largest, Math.max(first, taken));
}

/** The permits after so many more have been granted; none granted means that the window is exhausted. */
export function granted(permits: Permits, count: number): Permits {
  if (count === 0) return { ...permits, exhausted: true };
  return { ...permits, taken: permits.taken + count, left: permits.left + count };
}

/** The permits after one has been used. */
export function used(permits: Permits): Permits {
  return { ...permits, left: permits.left - 1 };
}
