import type { SessionLog } from './training-log.ts';

/** In which sessions an item occurs: those of item i are `sessions[from[i]]` up to `sessions[from[i + 1]]`, the latest first, each once. */
export type ItemPostings = {
  from: Uint32Array;
  sessions: Uint32Array;
  /** In how many sessions an item occurs, those beyond `limit` too. */
  counts: Uint32Array;
};

/**
 * Turns sessions around to lists by item, by counting first and filling then, in time linear in the log.
 * @param limit how many of its latest sessions are kept of an item
 */
export function itemPostings(log: Pick<SessionLog, 'itemCount' | 'from' | 'items'>, limit: number): ItemPostings {
  const { itemCount, from: sessionFrom, items } = log;
  const sessionCount = Math.max(sessionFrom.length - 1, 0);
  const counts = new Uint32Array(itemCount);
  // One more than the session in which an item was last met, so that 0 is none.
  const metIn = new Uint32Array(itemCount);
  for (let session = 0; session < sessionCount; session += 1) {
    const end = sessionFrom[session + 1] as number;
    for (let at = sessionFrom[session] as number; at < end; at += 1) {
      const item = items[at] as number;
      if (metIn[item] === session + 1) continue;
      metIn[item] = session + 1;
      counts[item] = (counts[item] as number) + 1;
    }
  }
  const from = new Uint32Array(itemCount + 1);
  for (let item = 0; item < itemCount; item += 1) {
    from[item + 1] = (from[item] as number) + Math.min(counts[item] as number, limit);
  }
  const sessions = new Uint32Array(from[itemCount] as number);
  const next = from.slice(0, itemCount);
  metIn.fill(0);
  for (let session = sessionCount - 1; session >= 0; session -= 1) {
    const end = sessionFrom[session + 1] as number;
    for (let at = sessionFrom[session] as number; at < end; at += 1) {
      const item = items[at] as number;
      const place = next[item] as number;
      if (metIn[item] === session + 1 || place === from[item + 1]) continue;
      metIn[item] = session + 1;
      sessions[place] = session;
      next[item] = place + 1;
    }
  }
  return { from, sessions, counts };
}
