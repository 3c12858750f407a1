import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ImportProblem } from './importer.ts';

/**
 * Reads a .csv or .csv.gz file as UTF-8 text, piece by piece. What the file is, its first bytes say; a name that ends
 * in .gz and content that is no gzip is a problem of its own. Throws ImportProblem for a file that is not there, not
 * readable, empty or cut off.
 */
export async function* readExport(path: string): AsyncGenerator<string> {
  const gzipped = await isGzip(path);
  const raw = createReadStream(path, { highWaterMark: 256 * 1024 });
  // The iteration below tells of an error wherever it arises, so the callback has nothing left to do.
  const bytes: Readable = gzipped ? pipeline(raw, createGunzip(), () => undefined) : raw;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk as Buffer, { stream: true });
  } catch (error) {
    throw new ImportProblem(`${path} cannot be read to its end: ${sentence(error)}.`);
  }
  yield decoder.decode();
}

async function isGzip(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size === 0) throw new ImportProblem(`${path} is empty.`);
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    const gzip = buffer[0] === 0x1f && buffer[1] === 0x8b;
    if (!gzip && path.endsWith('.gz')) throw new ImportProblem(`${path} ends in .gz and is no gzip file.`);
    return gzip;
  } catch (error) {
    if (error instanceof ImportProblem) throw error;
    throw new ImportProblem(`${path} cannot be opened: ${sentence(error)}.`);
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'access is denied',
  Z_BUF_ERROR: 'the gzip data is cut off',
  Z_DATA_ERROR: 'the gzip data is damaged',
};

function sentence(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return SENTENCES[code ?? ''] ?? message;
}
