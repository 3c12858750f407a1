import { type Attacked, attacked } from './attacks.ts';
import { chanceOf } from './chance.ts';
import { hardened } from './hardening.ts';
import type { SimulatedReview } from './simulated-review.ts';

/** The halves of the stream by time: weights are fitted on the earlier and measured on the later. */
export type Half = 'earlier' | 'later';

/**
 * The real stream, made harder to watch over, up to the end of a half, with attacks in that half alone; the same seed gives the
 * same. `fromMs`: when the half begins.
 */
export function scenarioOf(
  real: readonly SimulatedReview[],
  { half, seed, share = 1 }: { half: Half; seed: number; share?: number },
): Attacked & { fromMs: number } {
  const middle = Math.floor(real.length / 2);
  const fromMs = half === 'earlier' ? Number.NEGATIVE_INFINITY : (real[middle]?.atMs ?? 0);
  const chance = chanceOf(seed);
  const known = hardened(half === 'earlier' ? real.slice(0, middle) : real, chance);
  return { ...attacked(known, chance, { fromMs, share }), fromMs };
}
