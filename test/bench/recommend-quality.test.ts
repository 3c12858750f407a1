import { describe, expect, test } from 'vitest';
import type { TestSessions } from '../../infra/evaluation/evaluate-sessions.ts';
import { oneOf } from './recommend-quality.ts';

describe('some of the sessions to predict', () => {
  const sessions: TestSessions = { from: Uint32Array.of(0, 2, 5, 6, 8), items: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  const listed = ({ from, items }: TestSessions) =>
    Array.from({ length: from.length - 1 }, (_, at) => [...items.subarray(from[at], from[at + 1])]);

  test.each([
    [1, [[1, 2], [3, 4, 5], [6], [7, 8]]],
    [2, [[1, 2], [6]]],
    [
      3,
      [
        [1, 2],
        [7, 8],
      ],
    ],
    [9, [[1, 2]]],
  ])('one of %i', (every, expected) => {
    expect(listed(oneOf(sessions, every))).toEqual(expected);
  });

  test('of none is none', () => {
    expect(listed(oneOf({ from: Uint32Array.of(0), items: new Uint32Array() }, 2))).toEqual([]);
  });
});
