import { describe, expect, it } from 'vitest';
import { chanceOf, fitLogistic } from '../../../shared/domain/recommend/logistic.ts';

const examples = (rows: readonly (readonly [label: number, ...inputs: number[]])[], width: number) => ({
  width,
  count: rows.length,
  inputs: Float32Array.from(rows.flatMap(([, ...inputs]) => inputs)),
  labels: Uint8Array.from(rows, ([label]) => label),
});

describe('odds learnt from examples', () => {
  it('are those of the examples', () => {
    // Three of four without the property, one of four with it: log odds log 3 and -log 3.
    const rows = [0, 1, 1, 1].flatMap((label): [number, number, number][] => [
      [label, 1, 0],
      [1 - label, 1, 1],
    ]);
    const [base = 0, effect = 0] = fitLogistic(examples(rows, 2), [0, 0], 1e-6);
    expect(base).toBeCloseTo(Math.log(3), 4);
    expect(effect).toBeCloseTo(-2 * Math.log(3), 4);
    expect(chanceOf(base)).toBeCloseTo(0.75, 4);
  });

  it('are what was likely before where there are no examples, and near it where there are few', () => {
    expect([...fitLogistic(examples([], 2), [0.5, -1], 3)]).toEqual([0.5, -1]);
    const [base = 0] = fitLogistic(examples([[1, 1]], 1), [-2], 100);
    expect(base).toBeGreaterThan(-2);
    expect(base).toBeLessThan(-1.9);
  });

  it('stay finite where one label is all there is and inputs do not vary', () => {
    const rows = Array.from({ length: 50 }, (): [number, number, number] => [1, 1, 1]);
    for (const weight of fitLogistic(examples(rows, 2), [0, 0], 1)) expect(Math.abs(weight)).toBeLessThan(10);
  });
});
