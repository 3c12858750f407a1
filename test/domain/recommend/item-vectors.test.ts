import { describe, expect, it } from 'vitest';
import { buildItemNeighbours } from '../../../shared/domain/recommend/item-neighbours.ts';
import { Direction, VECTOR_LENGTH } from '../../../shared/domain/recommend/item-vectors.ts';
import { logOf } from './session-questions.ts';

/** Ten circles of 60 items; each item is looked at with the next ones, and one session leads from circle to circle. */
const SIZE = 60;
const circle = (start: number) =>
  Array.from({ length: SIZE }, (_, at) => [0, 1, 3, 7].map((step) => start + ((at + step) % SIZE)));
const starts = Array.from({ length: 10 }, (_, at) => at * SIZE);
const sessions = [...starts.flatMap(circle), starts];
const vectorsOf = (of: number[][], itemCount: number) => buildItemNeighbours(logOf(of, itemCount)).vectors;

function cosines(vectors: Uint8Array, from: readonly number[]): number[] {
  const direction = new Direction(vectors);
  for (const item of from) direction.add(item, 1);
  direction.turn();
  return Array.from({ length: vectors.length / VECTOR_LENGTH }, (_, item) => direction.cosine(item));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('where items lie', () => {
  const vectors = vectorsOf(sessions, 600);

  it('is the same direction for what is looked at together, and another for the rest', () => {
    for (const [from, near, far] of [
      [5, [6, 8, 12], [30, 65, 400]],
      [100, [101, 103, 107], [5, 130, 599]],
    ] as const) {
      const all = cosines(vectors, [from]);
      expect(mean(near.map((item) => all[item]!))).toBeGreaterThan(0.3);
      expect(mean(near.map((item) => all[item]!))).toBeGreaterThan(mean(far.map((item) => all[item]!)) + 0.3);
    }
  });

  it('is a direction of length 1, so an item lies where it lies itself', () => {
    for (const item of [0, 7, 599]) expect(cosines(vectors, [item])[item]).toBeCloseTo(1, 1);
  });

  it('is nowhere for an item that is looked at with no other', () => {
    expect(
      vectorsOf([[0], [1, 2]], 3)
        .subarray(0, VECTOR_LENGTH)
        .every((part) => part === 128),
    ).toBe(true);
  });

  it('is found again', () => {
    expect(vectorsOf(sessions, 600)).toEqual(vectors);
  });

  it.each([
    { what: 'no item', of: [], itemCount: 0 },
    { what: 'one', of: [[0, 0]], itemCount: 1 },
    {
      what: 'fewer than directions',
      of: [
        [0, 1],
        [1, 2],
      ],
      itemCount: 3,
    },
    {
      what: 'many that have nothing to do with each other',
      of: Array.from({ length: 50 }, (_, at) => [at]),
      itemCount: 50,
    },
  ])('has numbers for $what', ({ of, itemCount }) => {
    const lonely = vectorsOf(of, itemCount);
    expect(lonely).toHaveLength(itemCount * VECTOR_LENGTH);
    const all = cosines(lonely, itemCount === 0 ? [] : [0]);
    for (const cosine of all) expect(Math.abs(cosine)).toBeLessThan(1.05);
  });
});
