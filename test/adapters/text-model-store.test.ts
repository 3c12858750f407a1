import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TextModelStore, textModelStore } from '../../shared/adapters/dynamo/text-model-store.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';

let dynoxide: Dynoxide;
let models: TextModelStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  models = textModelStore(dynoxide.client, (await dynoxide.createTables()).profile);
});
afterAll(() => dynoxide.stop());

const head = { language: 'en', id: 'model-1', trainedAtMs: 17 };
/** More than one item holds. */
const bytes = Uint8Array.from({ length: 900_000 }, (_, index) => (index * 7) % 251);

describe('models of a shop of its own', () => {
  it('are none at first', async () => {
    expect(await models.heads()).toEqual(new Map());
    expect(await models.reviewsAtLastRun()).toBe(0);
  });

  it('come back byte for byte, whatever their size', async () => {
    await models.save(head, bytes);
    const saved = (await models.heads()).get('en');
    expect(saved).toEqual({ ...head, parts: 3 });
    const loaded = saved && (await models.load(saved));
    expect(loaded && Buffer.compare(loaded, bytes)).toBe(0);
  });

  it('are replaced by their successors, and not used where a part is missing', async () => {
    await models.save(head, bytes);
    await models.save({ ...head, id: 'model-2' }, Uint8Array.of(1, 2, 3));
    expect((await models.heads()).get('en')).toMatchObject({ id: 'model-2', parts: 1 });
    expect(await models.load({ ...head, id: 'model-2', parts: 2 })).toBeUndefined();
  });

  it('remember how many reviews there were when they were last tried', async () => {
    await models.saveRun(1_200);
    expect(await models.reviewsAtLastRun()).toBe(1_200);
  });
});
