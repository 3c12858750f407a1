/** What is known of a case, as numbers, and whether it was one. */
export type Case = { values: readonly number[]; is: boolean };

const ROUNDS = 60;
/** Pulls weights that hardly anything is known about towards 0; in cases. */
const RIDGE = 1;
/** No one step of a signal decides alone, however seldom it was seen in honest reviews. */
const WEIGHT_LIMIT = 3;

/**
 * Weights of a logistic regression by Newton's method, none below 0: a signal speaks against a review or is of no account, so
 * that nobody gains by setting one off; and none above 3. The first weight is that of the constant, which is free. The same cases give the same
 * weights. `free`: names the places that are fitted; the others stay as given in `start`.
 */
export function fitted(cases: readonly Case[], start: readonly number[], free: readonly boolean[]): number[] {
  const size = start.length;
  let weights = [...start];
  const grouped = groups(cases);
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = new Array<number>(size).fill(0);
    const curvature = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    for (const { values, count, positive } of grouped) {
      const sum = values.reduce((total, value, index) => total + value * (weights[index] ?? 0), 0);
      const chance = 1 / (1 + Math.exp(-sum));
      const spread = count * chance * (1 - chance);
      for (let row = 0; row < size; row += 1) {
        const value = values[row] ?? 0;
        if (value === 0) continue;
        gradient[row] = (gradient[row] ?? 0) + (positive - count * chance) * value;
        const line = curvature[row] ?? [];
        for (let column = 0; column < size; column += 1) {
          line[column] = (line[column] ?? 0) + spread * value * (values[column] ?? 0);
        }
      }
    }
    for (let index = 1; index < size; index += 1) {
      gradient[index] = (gradient[index] ?? 0) - RIDGE * (weights[index] ?? 0);
      const line = curvature[index] ?? [];
      line[index] = (line[index] ?? 0) + RIDGE;
    }
    // A weight that stands at an end and wants to go beyond stays out of this round.
    const active = [...weights.keys()].filter(
      (index) =>
        free[index] === true &&
        (index === 0 ||
          (gradient[index] ?? 0) === 0 ||
          ((gradient[index] ?? 0) > 0 ? (weights[index] ?? 0) < WEIGHT_LIMIT : (weights[index] ?? 0) > 0)),
    );
    const step = solved(
      active.map((row) => active.map((column) => curvature[row]?.[column] ?? 0)),
      active.map((row) => gradient[row] ?? 0),
    );
    const moved = (length: number) =>
      weights.map((weight, index) => {
        const place = active.indexOf(index);
        const to = weight + (place === -1 ? 0 : length * (step[place] ?? 0));
        return index === 0 || free[index] !== true ? to : Math.min(WEIGHT_LIMIT, Math.max(0, to));
      });
    // A whole step may lead too far, and then back again for ever.
    const loss = lossOf(grouped, weights);
    let length = 1;
    while (length > 1e-6 && lossOf(grouped, moved(length)) > loss) length /= 2;
    const before = weights;
    weights = moved(length);
    if (weights.every((weight, index) => Math.abs(weight - (before[index] ?? 0)) < 1e-6)) break;
  }
  return weights;
}

/** What the fit makes as small as it can: the surprise at the cases, and the ridge. */
function lossOf(grouped: readonly Group[], weights: readonly number[]): number {
  const ridge = weights.slice(1).reduce((sum, weight) => sum + (RIDGE * weight * weight) / 2, 0);
  return grouped.reduce((total, { values, count, positive }) => {
    const sum = values.reduce((logit, value, index) => logit + value * (weights[index] ?? 0), 0);
    // log(1 + e^sum) without an overflow.
    const spread = Math.max(sum, 0) + Math.log1p(Math.exp(-Math.abs(sum)));
    return total + count * spread - positive * sum;
  }, ridge);
}

type Group = { values: readonly number[]; count: number; positive: number };

/** Most reviews have the same few signals, so that equal ones are counted once. */
function groups(cases: readonly Case[]): Group[] {
  const found = new Map<string, Group>();
  for (const { values, is } of cases) {
    const name = values.join(' ');
    const group = found.get(name) ?? { values, count: 0, positive: 0 };
    group.count += 1;
    group.positive += is ? 1 : 0;
    found.set(name, group);
  }
  return [...found.values()];
}

/** Solves a symmetric system by elimination with the largest pivot first. */
function solved(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((line, index) => [...line, right[index] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    let best = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[best]?.[column] ?? 0)) best = row;
    }
    [rows[column], rows[best]] = [rows[best] ?? [], rows[column] ?? []];
    const pivotRow = rows[column] ?? [];
    const pivot = pivotRow[column] ?? 0;
    if (Math.abs(pivot) < 1e-12) continue;
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const line = rows[row] ?? [];
      const factor = (line[column] ?? 0) / pivot;
      if (factor === 0) continue;
      for (let at = column; at <= size; at += 1) line[at] = (line[at] ?? 0) - factor * (pivotRow[at] ?? 0);
    }
  }
  return rows.map((line, index) => {
    const pivot = line[index] ?? 0;
    return Math.abs(pivot) < 1e-12 ? 0 : (line[size] ?? 0) / pivot;
  });
}
