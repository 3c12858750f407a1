import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { createObjects } from '../../infra/local/objects.ts';
import { s3Client } from '../../shared/adapters/s3/client.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../support/dynoxide.ts';

const root = mkdtempSync(join(tmpdir(), 'rapport-objects-'));
const buckets = new Map([
  ['models', join(root, 'models')],
  ['lake', join(root, 'lake')],
]);
const server = createObjects({ buckets: () => buckets, maxObjectBytes: 1_000_000 });
let endpoint: string;
let client: S3Client;

beforeAll(async () => {
  endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  client = s3Client({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
});
beforeEach(() => {
  for (const directory of buckets.values()) rmSync(directory, { recursive: true, force: true });
  writeFileSync(join(root, 'secret'), 'nobody may read this');
});
afterAll(async () => {
  client.destroy();
  await closeServer(server);
  rmSync(root, { recursive: true });
});

const put = (Key: string, Body: string | Uint8Array | Readable, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'models', Key, Body, ...more }));
const get = async (Key: string, more: object = {}) => {
  const answer = await client.send(new GetObjectCommand({ Bucket: 'models', Key, ...more }));
  return { ...answer, text: await answer.Body?.transformToString() };
};
const head = (Key: string) => client.send(new HeadObjectCommand({ Bucket: 'models', Key }));
const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket: 'models', Key }));
const list = (input: Partial<ListObjectsV2CommandInput> = {}) =>
  client.send(new ListObjectsV2Command({ Bucket: 'models', ...input }));
const keys = async (input: Partial<ListObjectsV2CommandInput> = {}) =>
  (await list(input)).Contents?.map(({ Key }) => Key) ?? [];

describe('an object', () => {
  it('is what was put, as a file of its name', async () => {
    const { ETag } = await put('models/one.rapport', 'one');
    expect(await get('models/one.rapport')).toMatchObject({ text: 'one', ContentLength: 3, ETag });
    expect(await head('models/one.rapport')).toMatchObject({ ContentLength: 3, ETag, AcceptRanges: 'bytes' });
    expect(readFileSync(join(root, 'models/models/one.rapport'), 'utf8')).toBe('one');
  });

  it('is a file that stands there already', async () => {
    mkdirSync(join(root, 'models/day=2026-01-05'), { recursive: true });
    writeFileSync(join(root, 'models/day=2026-01-05/a.ndjson'), '{}\n');
    expect(await keys()).toEqual(['day=2026-01-05/a.ndjson']);
    expect((await get('day=2026-01-05/a.ndjson')).text).toBe('{}\n');
  });

  it('is replaced as a whole, and nothing is left beside it', async () => {
    await put('one', 'a long text to begin with');
    await put('one', 'short');
    expect((await get('one')).text).toBe('short');
    expect(await keys()).toEqual(['one']);
    expect(readdirSync(join(root, 'models/.uploads'))).toEqual([]);
  });

  it.each(['', 'x'.repeat(300_000)])('may be of any length: %#', async (text) => {
    await put('one', text);
    expect((await get('one')).text).toBe(text);
  });

  it('may come as a stream of known length', async () => {
    await put('one', Readable.from([Buffer.from('ab'), Buffer.from('cd')]), { ContentLength: 4 });
    expect((await get('one')).text).toBe('abcd');
  });

  it('is gone once it is deleted, and again', async () => {
    await put('one', '1');
    await remove('one');
    await remove('one');
    expect(await keys()).toEqual([]);
    await expect(get('one')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(head('one')).rejects.toMatchObject({ name: 'NotFound' });
  });

  it.each(['a b+c&d=e?f#g%2F.json', 'ünï/面膜.json', "it's (1)!*~"])('may be called %s', async (name) => {
    await put(name, 'text');
    expect((await get(name)).text).toBe('text');
    expect(await keys()).toEqual([name]);
    expect(await keys({ EncodingType: 'url' })).toEqual([encodeURIComponent(name).replaceAll('%2F', '/')]);
  });

  it('is not a directory', async () => {
    await put('a/b', 'text');
    await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(head('a')).rejects.toMatchObject({ name: 'NotFound' });
    await remove('a');
    await expect(get('a/b/c')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await keys()).toEqual(['a/b']);
  });
});

describe('a range of an object', () => {
  beforeEach(() => put('one', '0123456789'));

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-30', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-30', '89', 'bytes 8-9/10'],
    ['bytes=4-3', '0123456789', undefined],
    ['bytes=0-1,4-5', '0123456789', undefined],
    ['items=0-1', '0123456789', undefined],
  ])('%s is %s', async (Range, text, ContentRange) => {
    const answer = await get('one', { Range });
    expect(answer).toMatchObject({ text, ContentLength: text.length });
    expect(answer.ContentRange).toBe(ContentRange);
  });

  it.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])('%s is none', async (Range) => {
    await expect(get('one', { Range })).rejects.toMatchObject({ name: 'InvalidRange' });
  });
});

describe('a list', () => {
  const all = ['a', 'a-b', 'a.b', 'a/a', 'a0', 'day=1/x', 'day=1/y', 'day=2/x', 'z/z/z'];
  // A file cannot stand beside a directory of its name.
  const putAll = () => Promise.all(all.filter((key) => key !== 'a').map((key) => put(key, key)));

  it('has every key in the order of its bytes, with size and time', async () => {
    await putAll();
    const { Contents = [], KeyCount, IsTruncated } = await list();
    expect(Contents.map(({ Key }) => Key)).toEqual(all.slice(1));
    expect(Contents.map(({ Size }) => Size)).toEqual(all.slice(1).map((key) => key.length));
    expect(Contents[0]?.LastModified).toBeInstanceOf(Date);
    expect(Contents[0]?.ETag).toBe((await head('a-b')).ETag);
    expect({ KeyCount, IsTruncated }).toEqual({ KeyCount: 8, IsTruncated: false });
  });

  it.each([
    ['a', ['a-b', 'a.b', 'a/a', 'a0']],
    ['a/', ['a/a']],
    ['day=', ['day=1/x', 'day=1/y', 'day=2/x']],
    ['day=1/y', ['day=1/y']],
    ['z/z', ['z/z/z']],
    ['../', []],
    ['b', []],
  ])('of what begins with %s', async (Prefix, expected) => {
    await putAll();
    expect(await keys({ Prefix })).toEqual(expected);
  });

  it('comes in pages that go on where the last one ended, whatever is added or taken away', async () => {
    await putAll();
    const first = await list({ MaxKeys: 3 });
    expect(first.IsTruncated).toBe(true);
    await remove('a/a');
    await put('a/b', '');
    await put('aaa', '');
    const read: (string | undefined)[] = [];
    for (let token = first.NextContinuationToken; token !== undefined; ) {
      const page = await list({ MaxKeys: 2, ContinuationToken: token });
      read.push(...(page.Contents?.map(({ Key }) => Key) ?? []));
      token = page.NextContinuationToken;
    }
    expect(read).toEqual(['a/b', 'a0', 'aaa', 'day=1/x', 'day=1/y', 'day=2/x', 'z/z/z']);
  });

  it('begins after a key', async () => {
    await putAll();
    expect(await keys({ StartAfter: 'day=1/x' })).toEqual(['day=1/y', 'day=2/x', 'z/z/z']);
    expect(await keys({ MaxKeys: 0 })).toEqual([]);
  });

  it('of a bucket whose directory is not there yet is empty', async () => {
    expect(await list()).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it('has a thousand keys at most', async () => {
    mkdirSync(join(root, 'models'));
    for (let at = 0; at < 1_001; at += 1) writeFileSync(join(root, 'models', `k${String(at).padStart(4, '0')}`), '');
    const page = await list({ MaxKeys: 5_000 });
    expect(page.Contents).toHaveLength(1_000);
    expect(await keys({ ContinuationToken: page.NextContinuationToken })).toEqual(['k1000']);
  });

  it('leads to no place that a link leads to', async () => {
    await put('one', '1');
    symlinkSync(root, join(root, 'models/away'));
    symlinkSync(join(root, 'secret'), join(root, 'models/two'));
    expect(await keys()).toEqual(['one']);
  });
});

/** A request as it is written here, past everything that a client would put right. */
async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  socket.end(`${request}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('a path that leads out of the bucket', () => {
  it.each([
    '/models/../secret',
    '/models/%2e%2e/secret',
    '/models/..%2Fsecret',
    '/models/%2e%2e%2fsecret',
    '/models/a/../../secret',
    '/models/./secret',
    '/models//secret',
    '/models/%2F..%2Fsecret',
    '/models/..%5Csecret',
    '/models/a%00b',
    '/models/a%0Ab',
    '/models/a/',
    '/models/.uploads/x',
  ])('%s is refused', async (path) => {
    for (const method of ['GET', 'HEAD', 'DELETE']) {
      expect((await raw(`${method} ${path} HTTP/1.1`)).split('\r\n')[0]).toBe('HTTP/1.1 400 Bad Request');
    }
    const answer = await raw(`PUT ${path} HTTP/1.1\r\nContent-Length: 0`);
    expect(answer).toContain('<Code>InvalidArgument</Code>');
    expect(readdirSync(root).toSorted()).toEqual(['secret']);
    expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('nobody may read this');
  });

  it.each(['/..', '/%2e%2e/secret', '/../secret', '/secret', '/'])('%s names no bucket', async (path) => {
    expect(await raw(`GET ${path}?list-type=2 HTTP/1.1`)).not.toContain('200 OK');
    expect(await raw(`GET ${path} HTTP/1.1`)).not.toContain('nobody may read this');
  });
});

describe('what is refused', () => {
  it.each([
    ['a bucket that is not there', 'NoSuchBucket', () => list({ Bucket: 'nobodys' })],
    ['a token that is none', 'InvalidArgument', () => list({ ContinuationToken: 'abc' })],
    ['a delimiter', 'NotImplemented', () => list({ Delimiter: '/' })],
    ['metadata', 'NotImplemented', () => put('one', '1', { Metadata: { a: 'b' } })],
    ['a condition', 'NotImplemented', () => put('one', '1', { IfNoneMatch: '*' })],
    [
      'a checksum that trails',
      'NotImplemented',
      () => put('one', Readable.from(['x']), { ContentLength: 1, ChecksumAlgorithm: 'CRC32' }),
    ],
    [
      'a copy',
      'NotImplemented',
      () => client.send(new CopyObjectCommand({ Bucket: 'models', Key: 'a', CopySource: 'b/c' })),
    ],
    [
      'an upload in parts',
      'NotImplemented',
      () => client.send(new CreateMultipartUploadCommand({ Bucket: 'models', Key: 'a' })),
    ],
    ['an object that is too large', 'EntityTooLarge', () => put('one', 'x'.repeat(1_000_001))],
    ['a key that is too long', 'KeyTooLongError', () => put(`${'x/'.repeat(512)}x`, '1')],
    ['a name that no file system has', 'KeyTooLongError', () => put('x'.repeat(256), '1')],
  ])('%s', async (_, name, call) => {
    await expect(call()).rejects.toMatchObject({ name });
    expect(await keys()).toEqual([]);
  });

  it('a key under one that is an object, and the other way round', async () => {
    await put('a', '1');
    await put('b/c', '1');
    await expect(put('a/b', '1')).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(put('b', '1')).rejects.toMatchObject({ name: 'NotImplemented' });
    expect(await keys()).toEqual(['a', 'b/c']);
    expect(readdirSync(join(root, 'models/.uploads'))).toEqual([]);
  });

  it('a body of unknown length, and half a body', async () => {
    expect(await raw('PUT /models/one HTTP/1.1\r\nTransfer-Encoding: chunked')).toContain('MissingContentLength');
    await raw('PUT /models/one HTTP/1.1\r\nContent-Length: 100');
    expect(await keys()).toEqual([]);
  });

  it('a path that is no text, said in XML', async () => {
    const answer = await raw('GET /models/%ff HTTP/1.1');
    expect(answer).toContain('<Code>InvalidURI</Code>');
    expect(answer).toContain('content-type: application/xml');
  });
});
