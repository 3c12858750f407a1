import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';

const FOLDER = 'events/';
/** Objects fetched at once. */
const TOGETHER = 8;

type LakeObject = { key: string; etag: string };

/**
 * Brings the events of the lake to a directory of this machine: every object that arrived from a day on. One that is there already is not
 * fetched again; what is no longer wanted is removed.
 * @param fromDay `2026-01-05`; without it everything there is
 * @returns the paths of the files
 */
export async function fetchLake(
  client: S3Client,
  { bucket, directory, fromDay }: { bucket: string; directory: string; fromDay?: string | undefined },
): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const keys = new Map((await listObjects(client, bucket, fromDay)).map((object) => [nameOf(object), object.key]));
  const files = new Map<string, string>();
  for (const file of await readdir(directory)) {
    const [, name = ''] = /^(.*)\.(?:gz|ndjson)$/.exec(file) ?? [];
    if (keys.has(name)) files.set(name, file);
    else await rm(join(directory, file), { recursive: true, force: true });
  }
  const missing = [...keys].filter(([name]) => !files.has(name));
  for (let at = 0; at < missing.length; at += TOGETHER) {
    await Promise.all(
      missing.slice(at, at + TOGETHER).map(async ([name, key]) => {
        const body = await bodyOf(client, bucket, key);
        if (body === undefined) return;
        // Under another name until it is whole, so that a run that was broken off leaves nothing that looks complete.
        const part = join(directory, `${name}.${randomUUID()}`);
        await pipeline(body, createWriteStream(part));
        const file = `${name}.${(await isPacked(part)) ? 'gz' : 'ndjson'}`;
        await rename(part, join(directory, file));
        files.set(name, file);
      }),
    );
  }
  return [...keys.keys()].flatMap((name) => files.get(name) ?? []).map((file) => join(directory, file));
}

/** What an object holds; undefined where it has gone since it was listed. */
async function bodyOf(client: S3Client, bucket: string, key: string): Promise<Readable | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body as Readable | undefined;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** Whether a file is gzipped, by how it begins: names of objects do not tell, and one file that is taken for what it is not would stop all training. */
async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function listObjects(client: S3Client, bucket: string, fromDay: string | undefined): Promise<LakeObject[]> {
  const objects: LakeObject[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: FOLDER,
        // Keys begin with the day, so those of earlier days come before this one.
        ...(fromDay !== undefined && { StartAfter: `${FOLDER}day=${fromDay}` }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    for (const { Key, ETag, Size } of page.Contents ?? []) {
      if (Key !== undefined && (Size ?? 0) > 0) objects.push({ key: Key, etag: ETag ?? '' });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return objects;
}

/** The name of a file, without its ending: which object it is and which version of it. */
function nameOf({ key, etag }: LakeObject): string {
  return `${key.slice(FOLDER.length)}-${etag}`.replaceAll(/[^A-Za-z0-9=.-]/g, '_');
}
