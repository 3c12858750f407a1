import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

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
  const objects = await listObjects(client, bucket, fromDay);
  const names = new Map(objects.map((object) => [nameOf(object), object]));
  for (const name of await readdir(directory)) {
    if (!names.has(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
  const there = new Set(await readdir(directory));
  const missing = [...names].filter(([name]) => !there.has(name));
  for (let at = 0; at < missing.length; at += TOGETHER) {
    await Promise.all(
      missing.slice(at, at + TOGETHER).map(async ([name, { key }]) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (Body === undefined) return;
        // Under another name until it is whole, so that a run that was broken off leaves nothing that looks complete.
        const part = join(directory, `${name}.${randomUUID()}`);
        await pipeline(Body as Readable, createWriteStream(part));
        await rename(part, join(directory, name));
      }),
    );
  }
  return [...names.keys()].map((name) => join(directory, name));
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

/** A file's name says which object it is and which version of it, and how it is to be read. */
function nameOf({ key, etag }: LakeObject): string {
  const plain = `${key.slice(FOLDER.length)}-${etag}`.replaceAll(/[^A-Za-z0-9=.-]/g, '_');
  return `${plain}${key.endsWith('.ndjson') ? '.ndjson' : '.gz'}`;
}
