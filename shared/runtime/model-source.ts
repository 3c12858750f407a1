import { type ModelCache, modelCache } from '../adapters/s3/model-cache.ts';
import type { ModelStore } from '../adapters/s3/model-store.ts';
import type { Model } from '../domain/recommend/model.ts';
import { type Decoded, decodeModel } from '../domain/recommend/model-format.ts';
import { nowMs as clockMs } from './clock.ts';
import { createLogger, errorFields, type Logger } from './log.ts';

/** Why a version that should serve does not: its file is not there, cannot be fetched, or is refused. */
export type ModelRefusal = {
  version: string;
  code: 'missing' | 'unavailable' | Extract<Decoded, { ok: false }>['code'];
  reason: string;
};

export type ModelSource = {
  /**
   * The model to answer with, given which version should serve: that one, or the last good one while that is on its way or cannot be had. Where there is none
   * yet it waits for it; undefined where there is none to be had. Never throws.
   */
  current(servingVersion: string | undefined): Promise<Model | undefined>;
  /** Why the version that was last asked for is not the one that serves; undefined where nothing is wrong with it. */
  refusal(): ModelRefusal | undefined;
};

export type ModelSourceOptions = {
  store: Pick<ModelStore, 'get'>;
  /** By default one of the shop's own among the temporary files. */
  cache?: ModelCache;
  /** Whose models may serve. */
  shop: string;
  nowMs?: () => number;
  log?: Logger;
};

/** A version that could not be had is tried again after this. */
const RETRY_MS = 60_000;

/** The model of a process: loaded once, kept in memory, and replaced in the background when another version is to serve. */
export function modelSource({
  store,
  shop,
  cache = modelCache(shop),
  nowMs = clockMs,
  log = createLogger(),
}: ModelSourceOptions): ModelSource {
  let loaded: Model | undefined;
  /** One at a time: two models at once are as much memory as there may be. */
  let loading: Promise<void> | undefined;
  const refused = new Map<string, ModelRefusal & { atMs: number }>();
  let asked: string | undefined;
  const told = new Set<string>();

  const refuse = (refusal: ModelRefusal, error?: unknown): void => {
    const { version, code, reason } = refusal;
    refused.set(version, { ...refusal, atMs: nowMs() });
    if (told.has(`${version} ${code}`)) return;
    told.add(`${version} ${code}`);
    log.error('A model is refused', { version, code, reason, ...(error === undefined ? {} : errorFields(error)) });
  };

  const load = async (version: string): Promise<void> => {
    try {
      const read = await readModel({ store, cache, shop, log }, version);
      if (read === undefined) return refuse({ version, code: 'missing', reason: 'There is no file of this version.' });
      if (!read.ok) return refuse({ version, code: read.code, reason: read.reason });
      loaded = read.model;
      refused.delete(version);
      log.info('A model is loaded', { version });
    } catch (error) {
      refuse({ version, code: 'unavailable', reason: 'The file cannot be fetched.' }, error);
    }
  };

  const isBarred = (version: string): boolean => {
    const elapsedMs = nowMs() - (refused.get(version)?.atMs ?? Number.NEGATIVE_INFINITY);
    return elapsedMs >= 0 && elapsedMs < RETRY_MS;
  };

  const start = (version: string): Promise<void> => {
    loading = load(version).finally(() => {
      loading = undefined;
    });
    return loading;
  };

  return {
    async current(servingVersion) {
      asked = servingVersion;
      if (servingVersion === undefined) return undefined;
      // Another version may be on its way, asked for by who read the pointer earlier; then it is this one's turn.
      while (loaded === undefined && !isBarred(servingVersion)) await (loading ?? start(servingVersion));
      const isOther = loaded !== undefined && loaded.header.version !== servingVersion;
      if (isOther && loading === undefined && !isBarred(servingVersion)) void start(servingVersion);
      return loaded;
    },

    refusal() {
      const refusal = asked === undefined ? undefined : refused.get(asked);
      if (refusal === undefined) return undefined;
      const { version, code, reason } = refusal;
      return { version, code, reason };
    },
  };
}

/** The file on the disk where it is sound, and otherwise the one in the bucket, which is then kept on the disk. */
async function readModel(
  { store, cache, shop, log }: Required<Pick<ModelSourceOptions, 'store' | 'cache' | 'shop' | 'log'>>,
  version: string,
): Promise<Decoded | undefined> {
  const cached = await cache.read(version);
  if (cached !== undefined) {
    const decoded = decodeVersion(cached, { shop, version });
    if (decoded.ok) return decoded;
    await cache.discard(version);
  }
  const bytes = await store.get(version);
  if (bytes === undefined) return undefined;
  const decoded = decodeVersion(bytes, { shop, version });
  if (decoded.ok) {
    // A full disk costs the next function a download and this one nothing.
    await cache
      .write(version, bytes)
      .catch((error) => log.warn('A model is not kept on disk', { version, ...errorFields(error) }));
  }
  return decoded;
}

function decodeVersion(bytes: Uint8Array, expected: { shop: string; version: string }): Decoded {
  const decoded = decodeModel(bytes, expected);
  if (!decoded.ok || decoded.model.header.version === expected.version) return decoded;
  return { ok: false, code: 'corrupt', reason: `The file is of version ${decoded.model.header.version}.` };
}
