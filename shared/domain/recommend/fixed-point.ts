/**
 * Numbers that add up exactly. Sums of floating-point numbers depend on the order in which they are added and miss by a little;
 * whole multiples of one power of two do not, as long as no sum needs more than 53 bits. The grid of a list is so fine that what is
 * rounded away is a part in 10^14 of its greatest score, and so coarse that sixteen times that score still is exact.
 */
export type Grid = number;

const BITS = 49;

/** The grid for numbers of which no sum is greater than some sixteen times `greatest`, a finite number of 0 or more. */
export function gridOf(greatest: number): Grid {
  if (!(greatest > 0)) return Number.MIN_VALUE;
  return Math.max(2 ** (Math.ceil(Math.log2(greatest)) - BITS), Number.MIN_VALUE);
}

/** The nearest multiple of the grid; what is not zero stays so, because it still is a reason. */
export function onGrid(value: number, grid: Grid): number {
  if (value === 0) return 0;
  const steps = Math.round(value / grid);
  return (steps === 0 ? Math.sign(value) : steps) * grid;
}
