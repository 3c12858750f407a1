/**
 * The key service on this machine: keys of 32 bytes in a file that only its owner may read, and as much of KMS's protocol as handlers use. It is no
 * vault: whoever can read the directory of data can read the keys. What it shows is who asks for which key, and what cannot be read without.
 */
import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Chaos } from './chaos.ts';
import { readBody, sendJson } from './http-body.ts';

const MAX_BODY_BYTES = 64 * 1024;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

type Input = Readonly<Record<string, unknown>>;

class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The keys by their ids. They are made when they are first asked for, and kept in `file` where there is one. */
export class KeyStore {
  readonly #file: string | undefined;
  readonly #keys: Map<string, Buffer>;

  constructor(file?: string) {
    this.#file = file;
    const text = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '{}';
    const kept = Object.entries(JSON.parse(text) as Record<string, string>);
    this.#keys = new Map(kept.map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  }

  keyOf(id: string): Buffer {
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const made = randomBytes(KEY_BYTES);
    this.#keys.set(id, made);
    this.#save();
    return made;
  }

  /** Whole or not at all: a crash in between leaves the file as it was. */
  #save(): void {
    if (this.#file === undefined) return;
    const keys = Object.fromEntries([...this.#keys].map(([id, key]) => [id, key.toString('base64')]));
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** @param chaos misfortune that may strike; none where left out */
export function createKeyService(keys: () => KeyStore, chaos: () => Chaos | undefined = () => undefined): Server {
  return createServer((request, response) => {
    answer(keys(), chaos(), request, response).catch((error: unknown) => {
      const [status, code] = error instanceof Refused ? [400, error.code] : [500, 'KMSInternalException'];
      const message = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) sendJson(response, status, { __type: code, message }, header);
    });
  });
}

const header = { 'content-type': 'application/x-amz-json-1.1' };

async function answer(
  keys: KeyStore,
  chaos: Chaos | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const body = await readBody(request, MAX_BODY_BYTES);
  const call = operations[target];
  if (body === undefined || call === undefined) {
    throw new Refused(
      'UnsupportedOperationException',
      `The local key service does not know ${target || 'this request'}`,
    );
  }
  if (chaos?.strikes('keysDown') === true) throw new Error('chaos: the key service has failed');
  sendJson(response, 200, call(keys, JSON.parse(body.toString('utf8')) as Input), header);
}

const operations: Readonly<Record<string, (keys: KeyStore, input: Input) => unknown>> = {
  'TrentService.GenerateDataKey': (keys, { KeyId, KeySpec, EncryptionContext }) => {
    if (KeySpec !== 'AES_256') throw new Refused('ValidationException', 'KeySpec is AES_256 here');
    const id = text(KeyId, 'KeyId');
    const plain = randomBytes(KEY_BYTES);
    const wrapped = encrypt(keys.keyOf(id), id, contextOf(EncryptionContext), plain);
    return { KeyId: id, Plaintext: plain.toString('base64'), CiphertextBlob: wrapped.toString('base64') };
  },

  'TrentService.Decrypt': (keys, { CiphertextBlob, EncryptionContext, KeyId }) => {
    const blob = Buffer.from(text(CiphertextBlob, 'CiphertextBlob'), 'base64');
    const id = blob.subarray(1, 1 + (blob[0] ?? 0)).toString('utf8');
    if (KeyId !== undefined && KeyId !== id)
      throw new Refused('IncorrectKeyException', 'Another key has encrypted this.');
    const plain = decrypt(keys.keyOf(id), contextOf(EncryptionContext), blob.subarray(1 + (blob[0] ?? 0)));
    return { KeyId: id, Plaintext: plain.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  },

  'TrentService.GenerateMac': (keys, { KeyId, Message, MacAlgorithm }) => {
    if (MacAlgorithm !== 'HMAC_SHA_256') throw new Refused('ValidationException', 'MacAlgorithm is HMAC_SHA_256 here');
    const id = text(KeyId, 'KeyId');
    const message = Buffer.from(text(Message, 'Message'), 'base64');
    return { KeyId: id, MacAlgorithm, Mac: createHmac('sha256', keys.keyOf(id)).update(message).digest('base64') };
  },
};

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new Refused('ValidationException', `${name} is required`);
  return value;
}

/** KMS compares contexts whatever the order of their fields. */
function contextOf(context: unknown): Buffer {
  const fields = Object.entries((context ?? {}) as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(hash('sha256', JSON.stringify(fields)));
}

function encrypt(key: Buffer, id: string, context: Buffer, plain: Buffer): Buffer {
  const name = Buffer.from(id);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  const sealed = [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([Buffer.from([name.length]), name, nonce, ...sealed]);
}

function decrypt(key: Buffer, context: Buffer, blob: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(0, NONCE_BYTES)).setAAD(context);
    decipher.setAuthTag(blob.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(blob.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new Refused('InvalidCiphertextException', 'This was not encrypted here, or for something else.');
  }
}
