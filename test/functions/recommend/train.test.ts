import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScheduledEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishModel, type TrainingOutcome } from '../../../functions/recommend/publish-model.ts';
import { closeServer, listen } from '../../../infra/local/listen.ts';
import { createObjects } from '../../../infra/local/objects.ts';
import { type ModelVersionStore, modelVersionStore } from '../../../shared/adapters/dynamo/model-version-store.ts';
import { s3Client } from '../../../shared/adapters/s3/client.ts';
import { modelStore } from '../../../shared/adapters/s3/model-store.ts';
import { decodeModel } from '../../../shared/domain/recommend/model-format.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../support/dynoxide.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';

const NOON = Date.parse('2026-02-01T12:00:00Z');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const root = mkdtempSync(join(tmpdir(), 'rapport-train-'));
const bucketOf = (name: string) => join(root, name);
const server = createObjects({
  buckets: () => new Map(['lake', 'models'].map((name) => [name, bucketOf(name)])),
});
let environment: FunctionEnvironment;
let endpoint: string;
let nowMs = NOON;
let versions: ModelVersionStore;

beforeAll(async () => {
  endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  environment = await startFunctionEnvironment();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', endpoint);
  vi.stubEnv('TMPDIR', bucketOf('disk'));
});
beforeEach(async () => {
  mkdirSync(bucketOf('disk'), { recursive: true });
  nowMs = NOON;
  const { catalog } = await environment.renew();
  versions = modelVersionStore(environment.dynoxide.client, catalog);
  for (const [name, value] of Object.entries({
    LAKE_BUCKET: 'lake',
    MODEL_BUCKET: 'models',
    RECOMMEND_TABLE: catalog,
    STAGE: 'test',
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(() => rmSync(root, { recursive: true }));
afterAll(async () => {
  await environment.stop();
  await closeServer(server);
});

/** The function as a fresh process has it; it stays warm from call to call. */
async function load(): Promise<() => Promise<TrainingOutcome>> {
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  const { handler } = await import('../../../functions/recommend/train.ts');
  setClock(() => nowMs);
  return async () => (await handler({ id: 'tick' } as ScheduledEvent, lambdaContext())) as unknown as TrainingOutcome;
}

type Look = { member: string; product: string; atMs: number };

function happened(day: string, looks: readonly Look[]): void {
  const folder = join(bucketOf('lake'), 'events', `day=${day}`);
  mkdirSync(folder, { recursive: true });
  const lines = looks.map(({ member: memberId, product: productId, atMs }, at) => {
    const time = new Date(atMs).toISOString();
    return JSON.stringify({ id: `${day}-${at}`, type: 'product.viewed.v1', time, data: { memberId, productId } });
  });
  writeFileSync(join(folder, 'lake.ndjson'), lines.map((line) => `${line}\n`).join(''));
}

/** Sessions of one day that follow paths: after a product comes the next one of its path. */
function paths(dayMs: number, sessions: number, step = 1): Look[] {
  return Array.from({ length: sessions * 3 }, (_, at): Look => {
    const session = Math.floor(at / 3);
    const place = at % 3;
    const product = `p${((session % 40) + place * step) % 40}`;
    return { member: `m${session}`, product, atMs: dayMs + session * 1_000 + place * MINUTE_MS };
  });
}

const files = () => readdirSync(join(bucketOf('models'), 'models')).toSorted();

describe('the training of a shop', () => {
  it('has nothing to learn from where nothing has happened', async () => {
    const train = await load();
    expect(await train()).toEqual({ outcome: 'kept', reason: 'nothing_to_learn', version: undefined });
    expect(await versions.list()).toEqual([]);
  });

  it('publishes a model of ten events', async () => {
    happened('2026-02-01', paths(NOON - 6 * MINUTE_MS, 3));
    const train = await load();
    const outcome = await train();
    expect(outcome).toMatchObject({ outcome: 'published', reason: 'first', counts: { interactions: 9, sessions: 3 } });
    expect((await versions.serving())?.version).toBe(outcome.version);
    const s3 = s3Client({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    const bytes = await modelStore(s3, 'models').get(outcome.version ?? '');
    s3.destroy();
    expect(bytes?.byteLength).toBe(outcome.bytes);
    expect(decodeModel(bytes ?? new Uint8Array(), { shop: 'test' })).toMatchObject({ ok: true });
  });

  it('changes nothing the second time, nor the third, nor in another process', async () => {
    happened('2026-02-01', paths(NOON - DAY_MS, 300));
    const train = await load();
    const first = await train();
    happened('2026-02-02', paths(NOON + DAY_MS, 300));
    nowMs = NOON + 2 * DAY_MS;
    const second = await train();
    expect(second).toMatchObject({ outcome: 'published', reason: 'not_worse' });
    expect(second.version).not.toBe(first.version);
    const unchanged = { outcome: 'kept', reason: 'unchanged', version: second.version };
    expect(await train()).toMatchObject(unchanged);
    vi.resetModules();
    expect(await (await load())()).toMatchObject(unchanged);
    expect(files()).toHaveLength(2);
  });

  it('of two runs at once one publishes, and the other says that it was overtaken or that nothing is left to do', async () => {
    happened('2026-02-01', paths(NOON - DAY_MS, 50));
    const train = await load();
    const outcomes = await Promise.all([train(), train()]);
    expect(new Set(outcomes.map(({ version }) => version)).size).toBe(1);
    expect(files()).toHaveLength(1);
    expect(await versions.list()).toHaveLength(1);
  });

  it('publishes nothing where another model has come to serve while it trained', async () => {
    const counts = { items: 1, sessions: 1, interactions: 1, purchases: 0 };
    const other = { version: '20260203T100000-00000001', publishedAt: '2026-02-03T10:00:00Z', bytes: 1, figures: {} };
    await versions.publish({ ...other, counts }, undefined);
    const none = { itemCount: 1, items: new Uint32Array(), from: new Uint32Array(1) };
    const data = {
      ids: ['cup'],
      products: [],
      interactions: { ...none, kinds: new Uint8Array(), at: new Uint32Array() },
      sessions: { ...none, endedAt: new Uint32Array() },
      purchases: { ...none, lines: new Uint32Array(1), boughtAt: new Uint32Array() },
      newestMs: NOON,
    };
    const s3 = s3Client({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    const { recommendations: policy } = currentPolicy;
    const store = modelStore(s3, 'models');
    // As it was read before: nothing served yet.
    const before = { serving: undefined, pointer: undefined };
    const outcome = await publishModel(data, { ...before, store, versions, policy, shop: 'test', nowMs });
    s3.destroy();
    expect(outcome).toMatchObject({ outcome: 'kept', reason: 'overtaken' });
    expect((await versions.serving())?.version).toBe(other.version);
    expect(await versions.list()).toMatchObject([{ serving: true }, { state: 'rejected', reason: 'overtaken' }]);
  });

  it('keeps the model that serves where the new one is worse, and says by how much', async () => {
    happened('2026-02-01', paths(NOON - DAY_MS, 400));
    const train = await load();
    const { version } = await train();
    // What came before is gone from the lake: what is left does not say what follows what.
    happened('2026-02-01', [{ member: 'm', product: 'p1', atMs: NOON - DAY_MS }]);
    happened('2026-02-02', paths(NOON + DAY_MS, 400));
    nowMs = NOON + 2 * DAY_MS;
    const outcome = await train();
    expect(outcome).toMatchObject({ outcome: 'kept', reason: 'worse' });
    expect(outcome.figures?.newHr20).toBeLessThan(outcome.figures?.servingHr20 ?? 0);
    expect((await versions.serving())?.version).toBe(version);
    expect(files()).toEqual([`${version}.rapport`]);
    expect(await versions.list()).toMatchObject([{ state: 'rejected', reason: 'worse' }, { serving: true }]);
  });

  it('leaves nothing of the lake behind on the disk but what it has fetched', async () => {
    happened('2026-02-01', paths(NOON - DAY_MS, 5));
    await (await load())();
    const [lake = ''] = readdirSync(bucketOf('disk')).filter((name) => name.startsWith('rapport-lake'));
    expect(readdirSync(join(bucketOf('disk'), lake))).toHaveLength(1);
  });
});
