import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ModelRecord,
  type ModelVersionStore,
  modelVersionStore,
} from '../../shared/adapters/dynamo/model-version-store.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';

let dynoxide: Dynoxide;
let store: ModelVersionStore;
let removed: string[];

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  store = modelVersionStore(dynoxide.client, (await dynoxide.createTables()).catalog);
  removed = [];
});

const version = (day: number) => `202601${String(day).padStart(2, '0')}T100000-3f2a9c01`;
const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T10:05:00Z`;
const record = (day: number): ModelRecord => ({
  version: version(day),
  publishedAt: at(day),
  bytes: 1_000 + day,
  counts: { items: 3, sessions: 2, interactions: 5, purchases: 1 },
  figures: { hr20: 0.5312345678901234, mrr20: 1e-7 },
});
/** Publishes the models of some days, each after the one before. */
async function publishDays(...days: number[]): Promise<void> {
  for (const day of days) {
    expect(await store.publish(record(day), (await store.serving())?.version)).toBe('published');
  }
}
const removeFile = async (it: string) => void removed.push(it);
const days = async () => (await store.list()).map((it) => Number(it.version.slice(6, 8)));

describe('a model', () => {
  it('serves once it is published, and is kept with what it reached', async () => {
    expect(await store.serving()).toBeUndefined();
    expect(await store.publish(record(1), undefined)).toBe('published');
    expect(await store.serving()).toEqual({ version: version(1), publishedAt: at(1) });
    expect(await store.list()).toEqual([{ ...record(1), state: 'published', serving: true }]);
  });

  it('is followed by the next one, which says what it follows', async () => {
    await publishDays(1, 2);
    expect(await store.serving()).toEqual({ version: version(2), publishedAt: at(2), previous: version(1) });
    expect((await store.list()).map((it) => [it.version, it.serving])).toEqual([
      [version(2), true],
      [version(1), false],
    ]);
  });

  it('is not published in the place of another than it was compared with', async () => {
    await publishDays(1, 2);
    expect(await store.publish(record(3), version(1))).toBe('conflict');
    expect(await store.publish(record(3), undefined)).toBe('conflict');
    expect(await store.publish(record(3), version(3))).toBe('conflict');
    expect((await store.serving())?.version).toBe(version(2));
    expect(await days()).toEqual([2, 1]);
  });

  it.each([
    ['the first', []],
    ['a later', [1]],
  ])('is %s of two who publish at once: one wins', async (_, before) => {
    await publishDays(...before);
    const expected = (await store.serving())?.version;
    const outcomes = await Promise.all([store.publish(record(5), expected), store.publish(record(6), expected)]);
    expect(outcomes.toSorted()).toEqual(['conflict', 'published']);
    const winner = outcomes[0] === 'published' ? 5 : 6;
    expect((await store.serving())?.version).toBe(version(winner));
    expect(await days()).toEqual([winner, ...before]);
  });

  it('that serves already is published again without a change', async () => {
    await publishDays(1, 2);
    expect(await store.publish(record(2), version(1))).toBe('published');
    expect(await store.publish(record(2), version(2))).toBe('published');
    expect(await store.serving()).toEqual({ version: version(2), publishedAt: at(2), previous: version(1) });
  });

  it('that is worse is kept with why, and does not serve', async () => {
    await publishDays(1);
    await store.reject(record(2), 'hr20 of 0.51 is less than 0.53');
    expect(await store.list()).toEqual([
      { ...record(2), state: 'rejected', reason: 'hr20 of 0.51 is less than 0.53', serving: false },
      { ...record(1), state: 'published', serving: true },
    ]);
    expect(await store.rollBack(version(2), at(3))).toBe('not_kept');
    await store.reject(record(1), 'too late');
    expect((await store.list()).map(({ state }) => state)).toEqual(['rejected', 'published']);
  });

  it('may have figures that are no numbers', async () => {
    await store.publish({ ...record(1), figures: { hr20: Number.NaN, mrr20: 0.5 } }, undefined);
    expect((await store.list())[0]?.figures).toEqual({ mrr20: 0.5 });
  });

  it.each(['', 'SERVING', '../a'])('is not called %j', async (name) => {
    await expect(store.publish({ ...record(1), version: name }, undefined)).rejects.toThrow('no version of a model');
  });
});

describe('going back', () => {
  it('lets any model serve that is kept', async () => {
    await publishDays(1, 2, 3);
    expect(await store.rollBack(version(1), at(4))).toBe('rolled_back');
    expect(await store.serving()).toEqual({ version: version(1), publishedAt: at(4), previous: version(3) });
    expect(await store.rollBack(version(3), at(5))).toBe('rolled_back');
    expect((await store.serving())?.version).toBe(version(3));
  });

  it('to the one that serves changes nothing', async () => {
    await publishDays(1, 2);
    expect(await store.rollBack(version(2), at(4))).toBe('rolled_back');
    expect(await store.serving()).toEqual({ version: version(2), publishedAt: at(2), previous: version(1) });
  });

  it('to one that is not kept is refused', async () => {
    expect(await store.rollBack(version(9), at(4))).toBe('not_kept');
    await publishDays(1);
    expect(await store.rollBack(version(9), at(4))).toBe('not_kept');
  });

  it('while the next one is published is one of the two', async () => {
    await publishDays(1, 2);
    const [back, on] = await Promise.all([store.rollBack(version(1), at(4)), store.publish(record(3), version(2))]);
    const served = (await store.serving())?.version;
    // Whoever came later may have met what the other one left: going back reads what serves.
    if (on === 'conflict') expect([back, served]).toEqual(['rolled_back', version(1)]);
    else
      expect([
        ['conflict', version(3)],
        ['rolled_back', version(1)],
      ]).toContainEqual([back, served]);
  });
});

describe('what is kept', () => {
  it('is the newest, and the one that serves', async () => {
    await publishDays(1, 2, 3, 4, 5);
    await store.rollBack(version(1), at(6));
    expect((await store.prune({ keptVersions: 2, removeFile })).toSorted()).toEqual([version(2), version(3)]);
    expect(removed.toSorted()).toEqual([version(2), version(3)]);
    expect(await days()).toEqual([5, 4, 1]);
    expect(await store.prune({ keptVersions: 2, removeFile })).toEqual([]);
  });

  it('is as many of those that were rejected, apart from the others', async () => {
    await publishDays(1, 2);
    for (const day of [3, 4, 5]) await store.reject(record(day), 'worse');
    await store.prune({ keptVersions: 2, removeFile });
    expect(await days()).toEqual([5, 4, 2, 1]);
  });

  it('loses what an earlier run has left half done', async () => {
    await publishDays(1, 2, 3);
    const failing = async () => {
      throw new Error('The bucket does not answer');
    };
    await expect(store.prune({ keptVersions: 2, removeFile: failing })).rejects.toThrow('does not answer');
    expect((await store.list()).map(({ state }) => state)).toEqual(['published', 'published', 'leaving']);
    expect(await store.rollBack(version(1), at(4))).toBe('not_kept');
    expect(await store.prune({ keptVersions: 3, removeFile })).toEqual([version(1)]);
    expect(removed).toEqual([version(1)]);
    expect(await days()).toEqual([3, 2]);
  });

  it('keeps one that serves from the moment on at which it was about to go', async () => {
    await publishDays(1, 2, 3, 4);
    let turned = false;
    const gone = await store.prune({
      keptVersions: 2,
      async removeFile(it) {
        if (!turned) expect(await store.rollBack(version(1), at(6))).toBe('rolled_back');
        turned = true;
        removed.push(it);
      },
    });
    expect(gone).toEqual([version(2)]);
    expect(removed).toEqual([version(2)]);
    expect((await store.serving())?.version).toBe(version(1));
    expect(await days()).toEqual([4, 3, 1]);
  });
});
