import type { SessionLog } from './training-log.ts';

export type MomentumSettings = {
  /** Which share of the sessions, the last ones, counts as these days. */
  recentShare: number;
  /** An item counts (1 + how often in these days) to the first power, divided by (1 + how often in all) to the second. */
  recentPower: number;
  popularPower: number;
};

/**
 * Whether an item is on its way up or down. What was popular long ago is in more sessions than it is worth today; counting visits of
 * these days against all says so for each item by itself.
 */
export function momentumOf(log: SessionLog, settings: MomentumSettings): Float32Array {
  const { itemCount, from, items } = log;
  const sessionCount = Math.max(from.length - 1, 0);
  const recentFrom = from[Math.floor(sessionCount * (1 - settings.recentShare))] ?? 0;
  const all = new Uint32Array(itemCount);
  const recent = new Uint32Array(itemCount);
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at] as number;
    all[item] = (all[item] as number) + 1;
    if (at >= recentFrom) recent[item] = (recent[item] as number) + 1;
  }
  return Float32Array.from(
    all,
    (count, item) => (1 + (recent[item] as number)) ** settings.recentPower / (1 + count) ** settings.popularPower,
  );
}
