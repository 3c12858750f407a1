import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readExport } from '../../infra/importers/read-export.ts';

const directory = mkdtempSync(join(tmpdir(), 'rapport-export-'));

afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: Buffer | string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string): Promise<string> {
  let text = '';
  for await (const piece of readExport(path)) text += piece;
  return text;
}

// Large enough for several pieces, with characters of two bytes that fall on their borders.
const content = 'a£é,'.repeat(200_000);

test('a file is read as it is, or unpacked when its content is gzip', async () => {
  expect(await read(fileOf('plain.csv', content))).toBe(content);
  expect(await read(fileOf('packed.csv.gz', gzipSync(content)))).toBe(content);
  expect(await read(fileOf('packed-by-another-name.csv', gzipSync(content)))).toBe(content);
});

test('what cannot be read is said in one line', async () => {
  await expect(read(join(directory, 'missing.csv'))).rejects.toThrow('missing.csv cannot be opened: there is no such');
  await expect(read(directory)).rejects.toThrow('cannot be opened: it is a directory.');
  await expect(read(fileOf('empty.csv', ''))).rejects.toThrow('empty.csv is empty.');
  await expect(read(fileOf('not.csv.gz', 'a,b'))).rejects.toThrow('not.csv.gz ends in .gz and is no gzip file.');
});

test('a file that is cut off or damaged is no shorter file', async () => {
  const packed = gzipSync(content);
  const cut = fileOf('cut.csv.gz', packed.subarray(0, packed.length - 20));
  await expect(read(cut)).rejects.toThrow('cut.csv.gz cannot be read to its end: the gzip data is cut off.');
  packed.fill(0xff, 20, 60);
  const damaged = fileOf('damaged.csv.gz', packed);
  await expect(read(damaged)).rejects.toThrow('damaged.csv.gz cannot be read to its end: the gzip data is damaged.');
});
