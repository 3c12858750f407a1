/** A number with at most so many decimals, half up: what an answer shows is what is reckoned on with. */
export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

/** A mean with two decimals, or null where there is nothing to take it of. */
export function meanOf(sum: number, count: number): number | null {
  return count > 0 ? rounded(sum / count, 2) : null;
}
