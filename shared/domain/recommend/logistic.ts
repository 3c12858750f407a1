/** Examples to learn odds from, side by side: example e has the inputs `inputs[e * width]` up to `inputs[(e + 1) * width]`. */
export type Examples = { width: number; count: number; inputs: Float32Array; labels: Uint8Array };

const ROUNDS = 8;
const SMALL_STEP = 1e-4;
/** A step of Newton's method beyond this is a sign of inputs that hardly vary; shorter ones get there too. */
const GREATEST_STEP = 5;

/**
 * Logistic regression by Newton's method, drawn towards coefficients that are taken for likely before anything is known, so that few
 * examples change little: minimises the negative log-likelihood + pull / 2 x |w - prior|^2. No examples: the prior.
 */
export function fitLogistic(
  { width, count, inputs, labels }: Examples,
  prior: readonly number[],
  pull: number,
): Float64Array {
  const weights = Float64Array.from({ length: width }, (_, at) => prior[at] ?? 0);
  const curvature = new Float64Array(width * width);
  const slope = new Float64Array(width);
  for (let round = 0; round < ROUNDS; round += 1) {
    curvature.fill(0);
    slope.fill(0);
    for (let example = 0; example < count; example += 1) {
      const start = example * width;
      let sum = 0;
      for (let at = 0; at < width; at += 1) sum += (weights[at] as number) * (inputs[start + at] as number);
      const chance = chanceOf(sum);
      const spread = chance * (1 - chance);
      const missed = (labels[example] as number) - chance;
      for (let at = 0; at < width; at += 1) {
        const input = inputs[start + at] as number;
        slope[at] = (slope[at] as number) + missed * input;
        const row = at * width;
        for (let other = 0; other <= at; other += 1) {
          curvature[row + other] =
            (curvature[row + other] as number) + spread * input * (inputs[start + other] as number);
        }
      }
    }
    for (let at = 0; at < width; at += 1) {
      slope[at] = (slope[at] as number) - pull * ((weights[at] as number) - (prior[at] ?? 0));
      curvature[at * width + at] = (curvature[at * width + at] as number) + pull;
      for (let other = 0; other < at; other += 1)
        curvature[other * width + at] = curvature[at * width + other] as number;
    }
    const step = solve(curvature, slope);
    const longest = step.reduce((most, part) => Math.max(most, Math.abs(part)), 0);
    if (!Number.isFinite(longest)) return weights;
    const factor = longest > GREATEST_STEP ? GREATEST_STEP / longest : 1;
    for (let at = 0; at < width; at += 1) weights[at] = (weights[at] as number) + factor * (step[at] as number);
    if (longest < SMALL_STEP) break;
  }
  return weights;
}

export const chanceOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** Solves matrix x step = right by Cholesky's factors; the matrix is symmetric and, with the pull on its diagonal, positive definite. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const width = right.length;
  const factor = matrix.slice();
  const step = right.slice();
  for (let row = 0; row < width; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = factor[row * width + column] as number;
      for (let at = 0; at < column; at += 1) {
        sum -= (factor[row * width + at] as number) * (factor[column * width + at] as number);
      }
      factor[row * width + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[column * width + column] as number);
    }
  }
  for (let row = 0; row < width; row += 1) {
    let sum = step[row] as number;
    for (let at = 0; at < row; at += 1) sum -= (factor[row * width + at] as number) * (step[at] as number);
    step[row] = sum / (factor[row * width + row] as number);
  }
  for (let row = width - 1; row >= 0; row -= 1) {
    let sum = step[row] as number;
    for (let at = row + 1; at < width; at += 1) sum -= (factor[at * width + row] as number) * (step[at] as number);
    step[row] = sum / (factor[row * width + row] as number);
  }
  return step;
}
