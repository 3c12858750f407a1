import type { SessionLog } from './training-log.ts';

/** The sessions with their last items, at most so many each: what follows a thousand clicks is no shopper, and its pairs are a million. */
export function shortSessions(log: SessionLog, limit: number): SessionLog {
  const { from, items } = log;
  const sessionCount = Math.max(from.length - 1, 0);
  const shortFrom = new Uint32Array(sessionCount + 1);
  for (let session = 0; session < sessionCount; session += 1) {
    const length = (from[session + 1] as number) - (from[session] as number);
    shortFrom[session + 1] = (shortFrom[session] as number) + Math.min(length, limit);
  }
  const kept = shortFrom[sessionCount] as number;
  if (kept === items.length) return log;
  const short = new Uint32Array(kept);
  for (let session = 0; session < sessionCount; session += 1) {
    const start = shortFrom[session] as number;
    const end = from[session + 1] as number;
    short.set(items.subarray(end - ((shortFrom[session + 1] as number) - start), end), start);
  }
  return { ...log, from: shortFrom, items: short };
}
