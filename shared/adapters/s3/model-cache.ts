import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isModelVersion } from '../../domain/recommend/model-format.ts';

/** Files of models on the disk of a function: the next function on the same machine need not fetch them. */
export type ModelCache = {
  /** The file as it stands there, whatever has become of it; undefined where there is none that can be read. */
  read(version: string): Promise<Uint8Array | undefined>;
  /** Keeps a file in the place of all others, as the disk of a function is small. */
  write(version: string, bytes: Uint8Array): Promise<void>;
  discard(version: string): Promise<void>;
};

/** @param directory by default one of the shop's own among the temporary files */
export function modelCache(
  shop: string,
  directory = join(tmpdir(), `rapport-models-${encodeURIComponent(shop)}`),
): ModelCache {
  const pathOf = (version: string): string => {
    if (!isModelVersion(version)) throw new TypeError(`${version} is no version of a model`);
    return join(directory, `${version}.rapport`);
  };
  return {
    async read(version) {
      const path = pathOf(version);
      return await readFile(path).catch(() => undefined);
    },

    async write(version, bytes) {
      const path = pathOf(version);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      // Under another name until it is whole: another function may be about to read it.
      const part = `${path}.${randomUUID()}`;
      try {
        await writeFile(part, bytes, { mode: 0o600 });
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      const others = (await readdir(directory)).map((name) => join(directory, name)).filter((other) => other !== path);
      await Promise.all(others.map((other) => rm(other, { force: true })));
    },

    async discard(version) {
      await rm(pathOf(version), { force: true });
    },
  };
}
