import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { createObjects } from '../../infra/local/objects.ts';
import { s3Client } from '../../shared/adapters/s3/client.ts';
import { modelCache } from '../../shared/adapters/s3/model-cache.ts';
import { modelStore } from '../../shared/adapters/s3/model-store.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../support/dynoxide.ts';

const root = mkdtempSync(join(tmpdir(), 'rapport-model-store-'));
const server = createObjects({ buckets: () => new Map([['models', join(root, 'bucket')]]) });
const ONE = '20260105T100000-00000001';
const TWO = '20260106T100000-00000002';
let client: S3Client;

beforeAll(async () => {
  const endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  client = s3Client({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
});
beforeEach(() => mkdirSync(root, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});
afterAll(async () => {
  client.destroy();
  await closeServer(server);
});

describe('the files of models', () => {
  it('are kept, fetched and removed by version', async () => {
    const store = modelStore(client, 'models');
    const bytes = new Uint8Array(3_000_000).map((_, at) => at % 251);
    expect(await store.get(ONE)).toBeUndefined();
    await store.put(ONE, bytes);
    await store.put(ONE, bytes);
    expect(Buffer.compare(bytes, (await store.get(ONE)) ?? new Uint8Array())).toBe(0);
    expect(readdirSync(join(root, 'bucket/models'))).toEqual([`${ONE}.rapport`]);
    await store.remove(ONE);
    await store.remove(ONE);
    expect(await store.get(ONE)).toBeUndefined();
  });

  it('fail where the bucket is not there', async () => {
    const store = modelStore(client, 'nobodys');
    await expect(store.get(ONE)).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(store.put(ONE, new Uint8Array(1))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it.each(['', 'latest', '../../etc/passwd'])('are not called %j', async (version) => {
    const store = modelStore(client, 'models');
    await expect(store.get(version)).rejects.toThrow('no version of a model');
    await expect(store.put(version, new Uint8Array(1))).rejects.toThrow('no version of a model');
    await expect(store.remove(version)).rejects.toThrow('no version of a model');
  });

  it('are found under an endpoint of the environment, with the bucket in the path', async () => {
    const { port, hostname } = (await client.config.endpoint?.()) ?? {};
    vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://${hostname}:${port}`);
    const other = s3Client({ region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    await modelStore(other, 'models').put(ONE, Uint8Array.of(1));
    other.destroy();
    expect(await modelStore(client, 'models').get(ONE)).toEqual(Uint8Array.of(1));
  });
});

describe('the files on the disk of a function', () => {
  const directory = join(root, 'cache');

  it('are one, the last', async () => {
    const cache = modelCache('shop', directory);
    expect(await cache.read(ONE)).toBeUndefined();
    await cache.write(ONE, Uint8Array.of(1));
    expect(await cache.read(ONE)).toEqual(Buffer.of(1));
    await cache.write(TWO, Uint8Array.of(2));
    await cache.write(TWO, Uint8Array.of(2));
    expect(readdirSync(directory)).toEqual([`${TWO}.rapport`]);
    await cache.discard(TWO);
    await cache.discard(TWO);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('leave no half file, nor what a function that died has left', async () => {
    const cache = modelCache('shop', directory);
    mkdirSync(directory);
    writeFileSync(join(directory, `${ONE}.rapport.half`), 'half');
    await cache.write(ONE, Uint8Array.of(1));
    expect(readdirSync(directory)).toEqual([`${ONE}.rapport`]);
    mkdirSync(join(directory, `${TWO}.rapport`));
    await expect(cache.write(TWO, Uint8Array.of(2))).rejects.toThrow();
    expect(readdirSync(directory)).toEqual([`${ONE}.rapport`, `${TWO}.rapport`]);
    expect(await cache.read(TWO)).toBeUndefined();
  });

  it('are nobody else\u2019s to read', async () => {
    await modelCache('shop', directory).write(ONE, Uint8Array.of(1));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, `${ONE}.rapport`)).mode & 0o777).toBe(0o600);
  });

  it('stand among the temporary files, apart for each shop', async () => {
    vi.stubEnv('TMPDIR', root);
    await modelCache('shop/../other').write(ONE, Uint8Array.of(1));
    expect(readdirSync(root)).toEqual(['rapport-models-shop%2F..%2Fother']);
    expect(readFileSync(join(root, 'rapport-models-shop%2F..%2Fother', `${ONE}.rapport`))).toEqual(Buffer.of(1));
    expect(await modelCache('shop').read(ONE)).toBeUndefined();
  });

  it.each(['', '../one'])('are not called %j', async (version) => {
    await expect(modelCache('shop', directory).read(version)).rejects.toThrow('no version of a model');
  });
});
