import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getModels } from '../../../functions/recommend/get-models.ts';
import { modelsAnswer, rollbackAnswer } from '../../../functions/recommend/model-answers.ts';
import { postRollback } from '../../../functions/recommend/post-rollback.ts';
import { type ModelVersionStore, modelVersionStore } from '../../../shared/adapters/dynamo/model-version-store.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector, type RequestParts } from '../../support/lambda.ts';
import { at } from '../../support/shop-story.ts';

let dynoxide: Dynoxide;
let versions: ModelVersionStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  versions = modelVersionStore(dynoxide.client, (await dynoxide.createTables()).catalog);
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));

const FIRST = '20260105T100000-00000001';
const SECOND = '20260106T100000-00000002';
const THIRD = '20260107T100000-00000003';
const recordOf = (version: string) => ({
  version,
  publishedAt: '2026-01-07T10:05:00Z',
  bytes: 1_000,
  counts: { items: 3, sessions: 2, interactions: 5, purchases: 1 },
  figures: { hr20: 0.53 },
});

async function ask(routeKey: string, parts: RequestParts = {}, store: Partial<ModelVersionStore> = versions) {
  const open = () => ({ versions: store as ModelVersionStore, write: lineCollector().write });
  const handler = httpHandler([getModels, postRollback], open);
  const asked = httpEvent(routeKey, { claims: { sub: 'ops', scope: 'admin' }, ...parts });
  const { statusCode, body } = await handler(asked, lambdaContext());
  return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
}
const list = (parts?: RequestParts) => ask('GET /v1/models', parts);
const rollBack = (body: unknown, parts: RequestParts = {}, store?: Partial<ModelVersionStore>) =>
  ask(
    'POST /v1/models/rollback',
    { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...parts },
    store,
  );

async function publishTwo(): Promise<void> {
  await versions.publish(recordOf(FIRST), undefined);
  await versions.publish(recordOf(SECOND), FIRST);
}

describe('GET /v1/models', () => {
  it('is empty before the first training', async () => {
    expect(await list()).toEqual({ status: 200, body: { items: [] } });
  });

  it('tells the newest first, which one serves, and why one does not', async () => {
    await publishTwo();
    await versions.reject(recordOf(THIRD), 'It finds less.');
    const { body } = await list();
    expect(modelsAnswer.parse(body)).toEqual(body);
    expect(body.items).toEqual([
      { ...recordOf(THIRD), state: 'rejected', serving: false, reason: 'It finds less.' },
      { ...recordOf(SECOND), state: 'published', serving: true },
      { ...recordOf(FIRST), state: 'published', serving: false },
    ]);
  });

  it('is for administrators', async () => {
    expect(await list({ claims: { sub: 'x', scope: 'members:read' } })).toMatchObject({ status: 403 });
    expect(await list({ claims: undefined })).toMatchObject({ status: 401 });
  });
});

describe('POST /v1/models/rollback', () => {
  it('lets an earlier model serve again', async () => {
    await publishTwo();
    const { status, body } = await rollBack({ version: FIRST });
    expect(rollbackAnswer.parse(body)).toEqual(body);
    expect([status, body]).toEqual([200, { version: FIRST, since: '2026-02-01T00:00:00.000Z', previous: SECOND }]);
    expect((await versions.serving())?.version).toBe(FIRST);
  });

  it('is the same a second time', async () => {
    await publishTwo();
    const once = await rollBack({ version: FIRST });
    setClock(() => at('2026-02-02'));
    expect(await rollBack({ version: FIRST })).toEqual(once);
  });

  it.each([THIRD, '20260108T100000-00000004'])('refuses one that never served (%s)', async (version) => {
    await publishTwo();
    await versions.reject(recordOf(THIRD), 'It finds less.');
    expect(await rollBack({ version })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await versions.serving())?.version).toBe(SECOND);
  });

  it.each([{}, { version: 'latest' }, { version: FIRST, force: true }])('refuses %j', async (body) => {
    expect(await rollBack(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('tries again where another model is published at the same moment, and gives up in the end', async () => {
    await publishTwo();
    let conflicts = 1;
    const disturbed = {
      serving: versions.serving,
      rollBack: async (version: string, when: string) => {
        conflicts -= 1;
        return conflicts >= 0 ? ('conflict' as const) : versions.rollBack(version, when);
      },
    };
    expect(await rollBack({ version: FIRST }, {}, disturbed)).toMatchObject({ status: 200, body: { version: FIRST } });
    conflicts = 100;
    expect(await rollBack({ version: SECOND }, {}, disturbed)).toMatchObject({ status: 503 });
  });

  it('is for administrators', async () => {
    const parts = { claims: { sub: 'x', scope: 'desk' } };
    expect(await rollBack({ version: FIRST }, parts)).toMatchObject({ status: 403 });
  });
});
