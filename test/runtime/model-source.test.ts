import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelCache } from '../../shared/adapters/s3/model-cache.ts';
import type { Model } from '../../shared/domain/recommend/model.ts';
import { encodeModel } from '../../shared/domain/recommend/model-format.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { type ModelSource, modelSource } from '../../shared/runtime/model-source.ts';
import { modelOf, SHOP } from '../support/models.ts';

const trainedOn = (day: number, said = {}): Model => modelOf({}, { trainedAtMs: Date.UTC(2026, 0, day), ...said });
const [one, two, three] = [trainedOn(1), trainedOn(2), trainedOn(3)];
const versionIn = (model: Model) => model.header.version;

let files: Map<string, Uint8Array | Error>;
let disk: Map<string, Uint8Array>;
let fetched: string[];
let logged: { level: string; message: string; version: string; code?: string }[];
let nowMs: number;
/** What holds a download back until it is let go. */
let held: Map<string, { started: PromiseWithResolvers<void>; gate: PromiseWithResolvers<void> }>;

beforeEach(() => {
  files = new Map([one, two, three].map((model) => [versionIn(model), encodeModel(model)]));
  disk = new Map();
  fetched = [];
  logged = [];
  nowMs = 0;
  held = new Map();
});

const cache: ModelCache = {
  read: async (version) => disk.get(version),
  async write(version, bytes) {
    disk.clear();
    disk.set(version, bytes);
  },
  discard: async (version) => void disk.delete(version),
};

function open(replaced: Partial<ModelCache> = {}): ModelSource {
  return modelSource({
    shop: SHOP,
    nowMs: () => nowMs,
    log: createLogger({ level: 'info', write: (line) => logged.push(JSON.parse(line)) }),
    cache: { ...cache, ...replaced },
    store: {
      async get(version) {
        fetched.push(version);
        held.get(version)?.started.resolve();
        await held.get(version)?.gate.promise;
        const file = files.get(version);
        if (file instanceof Error) throw file;
        return file;
      },
    },
  });
}

function hold(model: Model) {
  const hold = { started: Promise.withResolvers<void>(), gate: Promise.withResolvers<void>() };
  held.set(versionIn(model), hold);
  return { started: hold.started.promise, letGo: () => hold.gate.resolve() };
}

/** Lets everything run that waits for nothing outside. */
const settle = () => new Promise((done) => setImmediate(done));
const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 200 ? byte ^ 1 : byte));

describe('the first model', () => {
  it('is waited for, once for all who ask', async () => {
    const { letGo } = hold(one);
    const source = open();
    const asked = [source.current(versionIn(one)), source.current(versionIn(one)), source.current(versionIn(one))];
    letGo();
    const [first, second, third] = await Promise.all(asked);
    expect(first).toEqual(one);
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(fetched).toEqual([versionIn(one)]);
    expect(source.refusal()).toBeUndefined();
  });

  it('is none where nothing was ever published', async () => {
    const source = open();
    expect(await source.current(undefined)).toBeUndefined();
    expect(fetched).toEqual([]);
    expect(source.refusal()).toBeUndefined();
  });

  it('is read from the disk where an earlier process has left it', async () => {
    await open().current(versionIn(one));
    expect(await open().current(versionIn(one))).toEqual(one);
    expect(fetched).toEqual([versionIn(one)]);
  });

  it.each([
    ['damaged', flip(encodeModel(one))],
    ['cut off', encodeModel(one).slice(0, 300)],
    ['empty', new Uint8Array()],
    ['of another version', encodeModel(two)],
  ])('is fetched anew where the file on the disk is %s', async (_, bytes) => {
    disk.set(versionIn(one), bytes);
    expect(await open().current(versionIn(one))).toEqual(one);
    expect(fetched).toEqual([versionIn(one)]);
    expect(disk.get(versionIn(one))).toEqual(encodeModel(one));
  });

  it('serves where the disk is full', async () => {
    const source = open({ write: () => Promise.reject(new Error('No space left')) });
    expect(await source.current(versionIn(one))).toEqual(one);
    expect(logged.map(({ message }) => message)).toEqual(['A model is not kept on disk', 'A model is loaded']);
  });
});

describe('a later model', () => {
  it('is loaded while the one before goes on serving', async () => {
    const source = open();
    await source.current(versionIn(one));
    const { started, letGo } = hold(two);
    expect(await source.current(versionIn(two))).toEqual(one);
    await started;
    expect(await source.current(versionIn(two))).toEqual(one);
    letGo();
    await settle();
    expect(await source.current(versionIn(two))).toEqual(two);
    expect(fetched).toEqual([versionIn(one), versionIn(two)]);
  });

  it('is not loaded beside another one', async () => {
    const source = open();
    await source.current(versionIn(one));
    const { started, letGo } = hold(two);
    await source.current(versionIn(two));
    await started;
    expect(await source.current(versionIn(three))).toEqual(one);
    expect(fetched).toEqual([versionIn(one), versionIn(two)]);
    letGo();
    await settle();
    expect(await source.current(versionIn(three))).toEqual(two);
    await settle();
    expect(await source.current(versionIn(three))).toEqual(three);
  });

  it('may be an earlier one', async () => {
    const source = open();
    await source.current(versionIn(two));
    await source.current(versionIn(one));
    await settle();
    expect(await source.current(versionIn(one))).toEqual(one);
  });
});

describe('a model that cannot be had', () => {
  const rows: [code: string, file: Uint8Array | Error | undefined][] = [
    ['missing', undefined],
    ['unavailable', new Error('The bucket does not answer')],
    ['corrupt', flip(encodeModel(two))],
    ['truncated', encodeModel(two).slice(0, 300)],
    ['newer_format', encodeModel(two).map((byte, at) => (at === 8 ? 9 : byte))],
    ['other_shop', encodeModel(trainedOn(2, { shop: 'other', version: versionIn(two) }))],
    ['corrupt', encodeModel(three)],
  ];

  beforeEach(() => files.delete(versionIn(two)));

  it.each(rows)('%s: the last good one goes on serving, and it is said once', async (code, file) => {
    if (file !== undefined) files.set(versionIn(two), file);
    const source = open();
    await source.current(versionIn(one));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await source.current(versionIn(two))).toEqual(one);
      await settle();
      nowMs += 60_000;
    }
    expect(source.refusal()).toMatchObject({ version: versionIn(two), code });
    expect(fetched).toEqual([versionIn(one), ...Array.from({ length: 3 }, () => versionIn(two))]);
    expect(logged.filter(({ level }) => level === 'error')).toMatchObject([{ version: versionIn(two), code }]);
  });

  it.each(rows)('%s: there is none where there was none before', async (code, file) => {
    if (file !== undefined) files.set(versionIn(two), file);
    const source = open();
    expect(await source.current(versionIn(two))).toBeUndefined();
    expect(source.refusal()).toMatchObject({ version: versionIn(two), code });
  });

  it('is tried again after a minute, and not before', async () => {
    const source = open();
    await source.current(versionIn(one));
    await source.current(versionIn(two));
    await settle();
    files.set(versionIn(two), encodeModel(two));
    nowMs = 59_999;
    expect(await source.current(versionIn(two))).toEqual(one);
    await settle();
    expect(await source.current(versionIn(two))).toEqual(one);
    nowMs = 60_000;
    await source.current(versionIn(two));
    await settle();
    expect(await source.current(versionIn(two))).toEqual(two);
    expect(source.refusal()).toBeUndefined();
    expect(fetched).toEqual([versionIn(one), versionIn(two), versionIn(two)]);
  });

  it('holds up nobody who asks for another one', async () => {
    files.delete(versionIn(one));
    const source = open();
    const asked = [versionIn(two), versionIn(one), versionIn(three)].map((version) => source.current(version));
    expect((await Promise.all(asked)).at(-1)).toEqual(three);
  });

  it('is not spoken of once another one is to serve', async () => {
    const source = open();
    await source.current(versionIn(one));
    await source.current(versionIn(two));
    await settle();
    expect(source.refusal()?.version).toBe(versionIn(two));
    expect(await source.current(versionIn(one))).toEqual(one);
    expect(source.refusal()).toBeUndefined();
  });

  it.each(['nonsense', '../../etc/passwd'])('may be a version that is none: %s', async (version) => {
    const source = open({
      read() {
        throw new TypeError(`${version} is no version of a model`);
      },
    });
    expect(await source.current(version)).toBeUndefined();
    expect(source.refusal()).toMatchObject({ version, code: 'unavailable' });
  });
});
