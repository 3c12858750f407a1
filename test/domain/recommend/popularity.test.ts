import { describe, expect, it } from 'vitest';
import {
  FeatureScores,
  type Happened,
  happenedKinds,
  type Question,
} from '../../../shared/domain/recommend/features.ts';
import { buildPopularity, trendingFeature } from '../../../shared/domain/recommend/popularity.ts';
import type { InteractionLog } from '../../../shared/domain/recommend/training-log.ts';

const DAY = 86_400;
const now = 1_000 * DAY;
const logOf = (rows: [item: number, kind: Happened['kind'], daysAgo: number][], itemCount = 4): InteractionLog => ({
  itemCount,
  items: Uint32Array.from(rows.map(([item]) => item)),
  kinds: Uint8Array.from(rows.map(([, kind]) => happenedKinds.indexOf(kind))),
  at: Uint32Array.from(rows.map(([, , daysAgo]) => now - daysAgo * DAY)),
});
const question: Question = { context: 'home', session: [], recent: [], basket: [], purchases: [], nowMs: now * 1000 };
const scored = (feature: ReturnType<typeof trendingFeature>, itemCount = 6) => {
  const scores = new FeatureScores(itemCount);
  feature.score(question, scores);
  return Array.from(scores.values);
};

describe('popularity', () => {
  it('counts by window, an order five looks', () => {
    const popularity = buildPopularity(
      logOf([
        [0, 'view', 0.5],
        [0, 'order', 3],
        [1, 'view', 20],
        [2, 'view', 60],
      ]),
      now,
    );
    expect(Array.from(popularity.day)).toEqual([1, 0, 0, 0]);
    expect(Array.from(popularity.week)).toEqual([6, 0, 0, 0]);
    expect(Array.from(popularity.month)).toEqual([6, 1, 0, 0]);
    expect(popularity.ever[2]).toBe(0.5);
  });

  it('takes what claims to be later than now for now', () => {
    expect(buildPopularity(logOf([[1, 'view', -400]]), now).ever[1]).toBe(1);
  });

  it('trends by what is recent before what was ever', () => {
    const popularity = buildPopularity(
      logOf([...Array.from({ length: 50 }, () => [0, 'view', 100] as [number, 'view', number]), [1, 'view', 0.1]]),
      now,
    );
    const [old = 0, recent = 0] = scored(trendingFeature(popularity));
    expect(recent).toBeGreaterThan(old);
    expect(old).toBeGreaterThan(0);
  });

  it('sees what has happened since, also to products that no model knows', () => {
    const live: Happened[] = [];
    const feature = trendingFeature(buildPopularity(logOf([[0, 'view', 1]]), now), live);
    expect(scored(feature)[5]).toBe(0);
    live.push({ item: 5, kind: 'cart', atMs: question.nowMs }, { item: 4, kind: 'view', atMs: question.nowMs });
    expect(scored(feature).slice(4)).toEqual([1 / 5, 3 / 5]);
    live.push({ item: 5, kind: 'order', atMs: question.nowMs });
    expect(scored(feature).slice(4)).toEqual([1 / 8, 1]);
  });

  it('has nothing to say of a shop where nothing happened', () => {
    expect(scored(trendingFeature(buildPopularity(logOf([], 0), now)))).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
