import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';

/**
 * The ways in which a word may lie somewhere: as it is, which JSON and percent-encoding leave it if it is of letters and digits; in hex; in
 * base64, at each of the three places where a byte of it may begin.
 */
export function needlesOf(word: string): readonly string[] {
  if (!/^[A-Za-z0-9]{8,}$/.test(word)) throw new Error('Only a word of letters and digits is the same in every text.');
  const inBase64 = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(word)]).toString('base64url');
    // What stands at the ends hangs on what comes before and after.
    return whole.slice(offset === 0 ? 0 : offset + 1, Math.floor(((word.length + offset) * 8) / 6) - 1);
  });
  return [word, Buffer.from(word).toString('hex'), ...inBase64];
}

/** Where a word lies in a text, by a piece of what is around it; undefined where nowhere. */
export function foundIn(text: string, needles: readonly string[]): string | undefined {
  const plain = text.replaceAll('+', '-').replaceAll('/', '_');
  for (const needle of needles) {
    for (const haystack of [text, plain]) {
      const at = haystack.indexOf(needle);
      if (at >= 0) return haystack.slice(Math.max(0, at - 120), at + needle.length + 60);
    }
  }
  return undefined;
}

/** All that a directory of data holds, as texts by where they stand; of its databases what is in their rows. */
export function textsOf(directory: string, pass: (path: string) => boolean): Map<string, string> {
  const texts = new Map<string, string>();
  if (!existsSync(directory)) return texts;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !pass(path) || /-(wal|shm|journal)$/.test(path)) continue;
    texts.set(path, path.endsWith('.sqlite') ? rowsOf(path) : textOf(readFileSync(path)));
  }
  return texts;
}

function rowsOf(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const rows = names.map(({ name }) => JSON.stringify(database.prepare(`SELECT * FROM "${String(name)}"`).all()));
  database.close();
  return rows.join('\n');
}

function textOf(bytes: Buffer): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
}
