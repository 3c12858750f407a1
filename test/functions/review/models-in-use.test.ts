import { describe, expect, it } from 'vitest';
import { modelsInUse } from '../../../functions/review/models-in-use.ts';
import type { TextModelHead } from '../../../shared/adapters/dynamo/text-model-store.ts';
import { servingModel } from '../../../shared/domain/text/serving-models.ts';
import { serialiseModel } from '../../../shared/domain/text/text-model.ts';
import { trainModel } from '../../../shared/domain/text/train.ts';
import { createLogger } from '../../../shared/runtime/log.ts';

const samples = Array.from({ length: 40 }, (_, index) => ({
  text: index % 2 === 0 ? `lovely teapot number ${index}` : `broken lid number ${index}`,
  positive: index % 2 === 0,
}));
const own = trainModel(samples, { language: 'en', seed: 1 });
const head: TextModelHead = { language: 'en', id: own.id, parts: 1, trainedAtMs: 0 };
const heads = new Map([['en', head]]);

function inUse(load: (loads: number) => Uint8Array | undefined) {
  let loads = 0;
  const lines: string[] = [];
  const models = modelsInUse({
    load: async () => {
      loads += 1;
      return load(loads);
    },
  });
  const log = createLogger({ write: (line) => lines.push(line) });
  return { lines, loads: () => loads, ask: () => models.modelFor('en', heads, log) };
}

describe('the model a text is read with', () => {
  it("is the release's where the shop has none of its own", async () => {
    const models = modelsInUse({ load: () => Promise.reject(new Error('nothing to load')) });
    expect(await models.modelFor('zh', heads, createLogger({ write: () => undefined }))).toBe(await servingModel('zh'));
  });

  it("is the shop's own, read once", async () => {
    const { ask, loads } = inUse(() => serialiseModel(own));
    expect((await ask()).id).toBe(own.id);
    expect((await ask()).id).toBe(own.id);
    expect(loads()).toBe(1);
  });

  it.each([
    { what: 'a part of it is missing', bytes: undefined, code: 'missing_part' },
    { what: 'it is corrupt', bytes: serialiseModel(own).fill(7, 100, 200), code: 'corrupt_model' },
  ])("is the release's where $what, and the log says so", async ({ bytes, code }) => {
    const { ask, lines } = inUse(() => bytes);
    expect(await ask()).toBe(await servingModel('en'));
    expect(lines.join('\n')).toContain(code);
  });

  it('is asked for again after a read that failed', async () => {
    const { ask } = inUse((loads) => {
      if (loads === 1) throw new Error('throttled');
      return serialiseModel(own);
    });
    await expect(ask()).rejects.toThrow('throttled');
    expect((await ask()).id).toBe(own.id);
  });
});
