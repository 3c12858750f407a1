import type { FeatureScores } from './features.ts';

/**
 * Hands values on as log(1 + value / (contrast x greatest)), scaled to 0..1. Chances multiply, so what is added up over features had
 * better be their logarithms: an item that two features find likely comes before one that a single feature is sure of.
 * @param contrast which part of the greatest value still counts for much; the smaller, the more alike large values become
 */
export function addLogScaled(values: FeatureScores, contrast: number, into: FeatureScores): void {
  let greatest = 0;
  for (let at = 0; at < values.count; at += 1) {
    greatest = Math.max(greatest, values.values[values.items[at] as number] as number);
  }
  const perValue = 1 / (contrast * greatest);
  const perLog = 1 / Math.log1p(1 / contrast);
  for (let at = 0; at < values.count; at += 1) {
    const item = values.items[at] as number;
    into.add(item, Math.min(Math.log1p((values.values[item] as number) * perValue) * perLog, 1));
  }
}
