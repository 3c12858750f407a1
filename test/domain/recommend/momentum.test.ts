import { expect, it } from 'vitest';
import { momentumOf } from '../../../shared/domain/recommend/momentum.ts';
import { shortSessions } from '../../../shared/domain/recommend/short-sessions.ts';
import { visitedOf } from '../../../shared/domain/recommend/visited.ts';
import { logOf, visitor } from './session-questions.ts';

const log = logOf([[0, 0], [0, 1], [1], [2, 1, 1]], 4);

it('momentum is visits of these days to a power by all visits to a power', () => {
  // The last half of the sessions: 1 three times, 2 once; in all 0 three times, 1 four times, 2 once.
  const momentum = momentumOf(log, { recentShare: 0.5, recentPower: 1, popularPower: 2 });
  expect([...momentum].map((value) => Number(value.toFixed(6)))).toEqual([1 / 16, 4 / 25, 2 / 4, 1]);
});

it('momentum of a shop without sessions is the same for all', () => {
  const momentum = momentumOf(logOf([], 2), { recentShare: 0.04, recentPower: 0.25, popularPower: 0.4 });
  expect([...momentum]).toEqual([1, 1]);
});

it('long sessions are cut to their last items, and a log without one stays as it is', () => {
  const short = shortSessions(log, 2);
  expect([...short.from]).toEqual([0, 2, 4, 5, 7]);
  expect([...short.items]).toEqual([0, 0, 0, 1, 1, 1, 1]);
  expect(short.endedAt).toBe(log.endedAt);
  expect(shortSessions(log, 3)).toBe(log);
});

it('what was visited is known once each, the last first, with its places from the end', () => {
  expect(visitedOf(visitor(1, 3, 1, 99, 2), 4, 20)).toEqual([
    { item: 2, places: [0] },
    { item: 1, places: [1, 3] },
    { item: 3, places: [2] },
  ]);
  expect(visitedOf(visitor(1, 3, 1, 2), 4, 2)).toEqual([
    { item: 2, places: [0] },
    { item: 1, places: [1] },
  ]);
  expect(visitedOf(visitor(), 4, 20)).toEqual([]);
});
