import type { ChainClock } from '../domain/recommend/engine-chain.ts';

/** How long things take on this machine, whatever time it is said to be. */
export const stopwatch: ChainClock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
