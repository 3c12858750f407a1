/**
 * Buckets on this machine: a directory each, an object being the file of its name. Speaks as much of S3's REST protocol, with the bucket
 * in the path, as handlers use; anything else is an error that says so. Who asks is not checked: the server listens on loopback.
 */
import { randomUUID } from 'node:crypto';
import type { Dirent, Stats } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Chaos } from './chaos.ts';

export type ObjectsOptions = {
  /** The directory of each bucket, which may not be there yet. */
  buckets: () => ReadonlyMap<string, string>;
  /** The largest object, in bytes. */
  maxObjectBytes?: number;
  /** Misfortune that may strike; none where left out. */
  chaos?: () => Chaos | undefined;
};

const MAX_OBJECT_BYTES = 2 * 1024 ** 3;
const MAX_KEY_BYTES = 1_024;
const MAX_NAME_BYTES = 255;
const MAX_LISTED = 1_000;

/** Where an object stands until all of it is there; no key begins so. */
const UPLOADS = '.uploads';

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A request as it is understood; `directory` is the bucket's and `path` the object's file. */
type Call = {
  request: IncomingMessage;
  response: ServerResponse;
  bucket: string;
  directory: string;
  key: string;
  path: string;
  query: URLSearchParams;
  maxObjectBytes: number;
};

export function createObjects(options: ObjectsOptions): Server {
  return createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => sendError(request, response, error));
  });
}

async function answer(options: ObjectsOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (options.chaos?.()?.strikes('objectsDown') === true) {
    throw new Refused(503, 'ServiceUnavailable', 'chaos: the bucket has failed');
  }
  const { bucket, key, query } = targetOf(request.url ?? '/');
  const name = `${request.method} ${key === '' ? 'bucket' : 'object'}`;
  const operation = operations[name];
  if (operation === undefined) throw notImplemented(`${request.method} on ${key === '' ? 'a bucket' : 'an object'}`);
  const stranger = [...query.keys()].find((parameter) => !operation.parameters.includes(parameter));
  if (stranger !== undefined) throw notImplemented(`the parameter ${stranger}`);
  // Each of these would change what the request means.
  const header = Object.keys(request.headers).find((it) => it.startsWith('x-amz-meta-') || meaningful.has(it));
  if (header !== undefined) throw notImplemented(`the header ${header}`);
  const directory = options.buckets().get(bucket);
  if (directory === undefined) throw new Refused(404, 'NoSuchBucket', `There is no bucket ${bucket}`);
  const path = key === '' ? directory : join(directory, ...namesOf(key));
  const maxObjectBytes = options.maxObjectBytes ?? MAX_OBJECT_BYTES;
  await operation.run({ request, response, bucket, directory, key, path, query, maxObjectBytes });
}

const meaningful: ReadonlySet<string> = new Set([
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'x-amz-copy-source',
  'x-amz-tagging',
  'x-amz-trailer',
  'x-amz-decoded-content-length',
  'content-encoding',
]);

/** The SDK names the operation in the query too. */
const OF_OBJECTS = ['x-id'];
const OF_LISTS = ['list-type', 'prefix', 'continuation-token', 'start-after', 'max-keys', 'encoding-type', 'x-id'];

const operations: Readonly<Record<string, { parameters: readonly string[]; run: (call: Call) => Promise<void> }>> = {
  'PUT object': { parameters: OF_OBJECTS, run: putObject },
  'GET object': { parameters: OF_OBJECTS, run: getObject },
  'HEAD object': { parameters: OF_OBJECTS, run: headObject },
  'DELETE object': { parameters: OF_OBJECTS, run: deleteObject },
  'GET bucket': { parameters: OF_LISTS, run: listObjects },
};

/** Written beside and then renamed, so that whoever reads meets the old object or the new one, and never half of one. */
async function putObject({ request, response, directory, path, maxObjectBytes }: Call): Promise<void> {
  const length = request.headers['content-length'];
  if (length === undefined) throw new Refused(411, 'MissingContentLength', 'The request has no Content-Length');
  if (Number(length) > maxObjectBytes) {
    throw new Refused(400, 'EntityTooLarge', `An object has at most ${maxObjectBytes} bytes here`);
  }
  const upload = join(directory, UPLOADS, randomUUID());
  await mkdir(dirname(upload), { recursive: true });
  try {
    await pipeline(request, createWriteStream(upload));
    await mkdir(dirname(path), { recursive: true });
    await rename(upload, path);
  } catch (error) {
    await rm(upload, { force: true });
    // S3 has no directories, and so no such conflict: one name cannot be a file and a directory here.
    if (isOneOf(error, 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY')) {
      throw notImplemented('a key that is the beginning of another one, up to a slash,');
    }
    throw error;
  }
  send(response, 200, { etag: etagOf(await lstat(path)) });
}

async function getObject(call: Call): Promise<void> {
  const file = await open(call.path, 'r').catch(notThere);
  if (file === undefined) throw noSuchKey(call.key);
  try {
    // As long as it is now: what is appended from here on belongs to the next answer.
    const stats = await file.stat();
    if (!stats.isFile()) throw noSuchKey(call.key);
    const range = rangeOf(call.request.headers.range, stats.size);
    const { start, end } = range ?? { start: 0, end: stats.size };
    call.response.writeHead(range === undefined ? 200 : 206, {
      ...headersOf(stats),
      'content-length': String(end - start),
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${stats.size}` }),
    });
    if (end === start) call.response.end();
    else await pipeline(file.createReadStream({ start, end: end - 1, autoClose: false }), call.response);
  } finally {
    await file.close();
  }
}

async function headObject({ response, key, path }: Call): Promise<void> {
  const stats = await lstat(path).catch(notThere);
  if (stats?.isFile() !== true) throw noSuchKey(key);
  response.writeHead(200, { ...headersOf(stats), 'content-length': String(stats.size) });
  response.end();
}

/** What is not there is deleted already. A directory stays: no list shows it. */
async function deleteObject({ response, path }: Call): Promise<void> {
  const stats = await lstat(path).catch(notThere);
  if (stats?.isFile() === true) await rm(path, { force: true });
  send(response, 204);
}

async function listObjects({ response, bucket, directory, query }: Call): Promise<void> {
  if (query.get('list-type') !== '2') throw notImplemented('a list other than of ListObjectsV2');
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') throw notImplemented(`the encoding ${encoding}`);
  const spelt = (key: string): string => (encoding === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key);
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const limit = limitOf(query.get('max-keys'));
  const after = token === null ? (query.get('start-after') ?? '') : readToken(token);

  const keys = (await keysOf(directory, prefix)).filter((key) => inByteOrder(key, after) > 0).sort(inByteOrder);
  const page = keys.slice(0, limit);
  const last = page.at(-1);
  const isTruncated = last !== undefined && keys.length > page.length;
  const listed = await Promise.all(
    page.map(async (key) => ({ key, stats: await lstat(join(directory, key)).catch(notThere) })),
  );
  const contents = listed.flatMap(({ key, stats }) =>
    // What went away in the meantime is left out.
    stats === undefined
      ? []
      : [
          element('Contents', [
            element('Key', escaped(spelt(key))),
            element('LastModified', stats.mtime.toISOString()),
            element('ETag', escaped(etagOf(stats))),
            element('Size', String(stats.size)),
            element('StorageClass', 'STANDARD'),
          ]),
        ],
  );
  sendXml(response, 200, [
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    element('Name', escaped(bucket)),
    element('Prefix', escaped(spelt(prefix))),
    element('MaxKeys', String(limit)),
    element('KeyCount', String(contents.length)),
    element('IsTruncated', String(isTruncated)),
    ...(encoding === null ? [] : [element('EncodingType', encoding)]),
    ...(token === null ? [] : [element('ContinuationToken', escaped(token))]),
    ...(isTruncated ? [element('NextContinuationToken', tokenOf(last))] : []),
    ...contents,
    '</ListBucketResult>',
  ]);
}

/** Every key of a bucket that begins so, in no particular order. Only directories that can hold one are read. */
async function keysOf(directory: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const entries: Dirent[] | undefined = await readdir(join(directory, folder), { withFileTypes: true }).catch(
      notThere,
    );
    for (const entry of entries ?? []) {
      const key = `${folder}${entry.name}`;
      if (entry.isFile() && key.startsWith(prefix)) keys.push(key);
      else if (entry.isDirectory() && key !== UPLOADS) {
        const inside = `${key}/`;
        if (inside.startsWith(prefix) || prefix.startsWith(inside)) open.push(inside);
      }
    }
  }
  return keys;
}

/**
 * The bucket and the key of a request. Read as it was sent: what `new URL` does with `..` would lead out of the bucket before anybody
 * could look at it.
 */
function targetOf(url: string): { bucket: string; key: string; query: URLSearchParams } {
  const [path = '', query = ''] = url.split('?', 2);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(query) };
  } catch {
    throw new Refused(400, 'InvalidURI', 'The path is not percent-encoded UTF-8');
  }
}

/** The parts of a key between slashes, each of which can be the name of a file or a directory and nothing more. */
function namesOf(key: string): string[] {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new Refused(400, 'KeyTooLongError', `A key has at most ${MAX_KEY_BYTES} bytes`);
  }
  const names = key.split('/');
  const bad = names.find((name) => ['', '.', '..'].includes(name) || /[\p{Cc}\ufffe\uffff\\]/u.test(name));
  if (bad !== undefined) throw new Refused(400, 'InvalidArgument', 'A part of the key cannot be the name of a file');
  if (names[0] === UPLOADS) throw new Refused(400, 'InvalidArgument', `No key begins with ${UPLOADS}/ here`);
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) {
    throw new Refused(400, 'KeyTooLongError', `A part of a key has at most ${MAX_NAME_BYTES} bytes here`);
  }
  return names;
}

/** One range of bytes, the end not with it; as S3 does, what is no such range is as if nothing had been asked. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= size) throw new Refused(416, 'InvalidRange', `The object has ${size} bytes`);
  return { start, end };
}

function limitOf(text: string | null): number {
  if (text === null) return MAX_LISTED;
  if (!/^\d{1,9}$/.test(text)) throw new Refused(400, 'InvalidArgument', 'max-keys is a number');
  return Math.min(MAX_LISTED, Number(text));
}

/** The last key of a page; whoever asks for the next one brings it back. */
const tokenOf = (key: string): string => Buffer.from(`after:${key}`).toString('base64url');

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after:')) throw new Refused(400, 'InvalidArgument', 'The continuation token is not one');
  return text.slice('after:'.length);
}

/** S3 lists keys in the order of their UTF-8. */
function inByteOrder(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function headersOf(stats: Stats): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    'last-modified': stats.mtime.toUTCString(),
    etag: etagOf(stats),
    'accept-ranges': 'bytes',
    'x-amz-request-id': randomUUID(),
  };
}

/** Another one after every write, as far as the file system tells the time. S3's is a hash, which would mean reading every file. */
function etagOf({ mtimeMs, size }: Stats): string {
  return `"${Math.round(mtimeMs * 1_000).toString(16)}-${size.toString(16)}"`;
}

function noSuchKey(key: string): Refused {
  return new Refused(404, 'NoSuchKey', `There is no object ${key}`);
}

function notImplemented(what: string): Refused {
  return new Refused(501, 'NotImplemented', `The local buckets do not know ${what}`);
}

function notThere(error: unknown): undefined {
  if (!isOneOf(error, 'ENOENT', 'ENOTDIR')) throw error;
  return undefined;
}

function isOneOf(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // Only who has sent all of a request reads the answer to it.
  request.resume();
  const refused = error instanceof Refused ? error : new Refused(500, 'InternalError', String(error));
  const lines = [
    '<Error>',
    element('Code', refused.code),
    element('Message', escaped(refused.message)),
    element('Resource', escaped(request.url ?? '')),
    element('RequestId', randomUUID()),
    '</Error>',
  ];
  sendXml(response, refused.status, lines);
}

function sendXml(response: ServerResponse, status: number, lines: readonly string[]): void {
  const body = ['<?xml version="1.0" encoding="UTF-8"?>', ...lines].join('\n');
  send(
    response,
    status,
    { 'content-type': 'application/xml', 'content-length': String(Buffer.byteLength(body)) },
    body,
  );
}

function send(response: ServerResponse, status: number, headers: Record<string, string> = {}, body = ''): void {
  response.writeHead(status, { 'x-amz-request-id': randomUUID(), ...headers });
  response.end(body);
}

function element(name: string, content: string | readonly string[]): string {
  return `<${name}>${typeof content === 'string' ? content : content.join('')}</${name}>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML cannot hold, and no key has here. */
const unwritable = /[\p{Cc}\ufffe\uffff]/gu;

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (it) => entities[it] ?? '').replace(unwritable, '\ufffd');
}
