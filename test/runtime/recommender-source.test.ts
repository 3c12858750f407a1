import { describe, expect, it } from 'vitest';
import type { Model } from '../../shared/domain/recommend/model.ts';
import type { ModelSource } from '../../shared/runtime/model-source.ts';
import { recommenderSource } from '../../shared/runtime/recommender-source.ts';
import { factsOf, memoryFeed, smallModel } from '../support/recommend-shop.ts';

const modelsOf = (all: Record<string, Model>): ModelSource => ({
  current: async (version) => (version === undefined ? undefined : all[version]),
  refusal: () => undefined,
});
const known = (serving?: string) => ({ serving, recent: [] });
const change = (productId: string, at: string, asOf = at) => ({
  at,
  product: factsOf(productId, { asOf, name: `${productId} as of ${asOf}` }),
});

describe('the recommender of a process', () => {
  it('sees each change of the catalogue with the next question, and reads a little again', async () => {
    const changes = [change('cup', '2026-01-20T10:00:00.000Z')];
    const feed = memoryFeed(changes);
    let clockMs = Date.parse('2026-01-20T10:00:01Z');
    const source = recommenderSource({ models: modelsOf({}), feed }, { clockMs: () => clockMs });
    expect((await source.current(known())).catalogue.indexOf('cup')).toBe(0);
    changes.push(change('hose', '2026-01-20T10:00:00.500Z'));
    clockMs += 60_000;
    expect((await source.current(known())).catalogue.indexOf('hose')).toBe(1);
    await source.current(known());
    // From a little before the last look on, however long ago the last change was.
    expect(feed.asked).toEqual([undefined, '2026-01-20T09:59:58.000Z', '2026-01-20T10:00:58.000Z']);
  });

  it('begins where the model ends, and anew with another model', async () => {
    const feed = memoryFeed([change('cup', '2026-01-20T10:00:00.000Z')]);
    const model = smallModel();
    const source = recommenderSource({ models: modelsOf({ one: model, two: smallModel('other') }), feed });
    const first = await source.current(known('one'));
    expect(first.catalogue.factsOf(1)?.name).toBe('cup as of 2026-01-20T10:00:00.000Z');
    expect(feed.asked[0]).toBe(new Date(model.header.catalogueUpToMs).toISOString());
    expect(await source.current(known('one'))).toBe(first);
    const second = await source.current(known('two'));
    expect(second).not.toBe(first);
    expect(second.catalogue.factsOf(1)?.name).toBe('cup as of 2026-01-20T10:00:00.000Z');
  });

  it('reads on where more has changed than is given at once', async () => {
    const many = Array.from({ length: 12_000 }, (_, at) => {
      const second = String(Math.floor(at / 300)).padStart(2, '0');
      return change(`p${at}`, `2026-01-20T10:00:${second}.000Z`);
    });
    const source = recommenderSource({ models: modelsOf({ one: smallModel() }), feed: memoryFeed(many) });
    expect((await source.current(known('one'))).catalogue.size).toBe(12_000 + 6);
  });

  it('looks at a catalogue that changes all the time once a second', async () => {
    let clockMs = 0;
    const feed = memoryFeed(Array.from({ length: 200 }, (_, at) => change(`p${at}`, '2026-01-20T10:00:00.000Z')));
    const source = recommenderSource({ models: modelsOf({}), feed }, { elapsedMs: () => clockMs });
    await source.current(known());
    await source.current(known());
    expect(feed.asked).toHaveLength(1);
    clockMs = 1_000;
    await source.current(known());
    expect(feed.asked).toHaveLength(2);
  });

  it('looks at the catalogue four times a second while very many ask', async () => {
    let clockMs = 0;
    const feed = memoryFeed([change('cup', '2026-01-20T10:00:00.000Z')]);
    const source = recommenderSource({ models: modelsOf({}), feed }, { elapsedMs: () => clockMs });
    const ask = async (times: number) => {
      const before = feed.asked.length;
      for (let time = 0; time < times; time += 1) {
        clockMs += 5;
        await source.current(known());
      }
      return feed.asked.length - before;
    };
    expect(await ask(100)).toBe(100);
    expect(await ask(400)).toBe(8);
    clockMs += 2_000;
    expect(await ask(10)).toBe(10);
  });

  it('knows grades and restrictions that are older than the model', async () => {
    const stamp = { asOf: '2025-01-01T00:00:00.000Z', eventId: 'e1' };
    const feed = memoryFeed([], [{ kind: 'product', id: 'cup', grade: 'AAA', score: 97, ...stamp }]);
    const source = recommenderSource({ models: modelsOf({ one: smallModel() }), feed });
    expect((await source.current(known('one'))).catalogue.gradeOf(1)).toMatchObject({ grade: 'AAA' });
  });

  it('asks once for many questions at a time', async () => {
    const feed = memoryFeed([change('cup', '2026-01-20T10:00:00.000Z')]);
    const source = recommenderSource({ models: modelsOf({}), feed });
    await Promise.all(Array.from({ length: 5 }, () => source.current(known())));
    expect(feed.asked).toHaveLength(1);
  });
});
