import { ImportProblem } from '../importers/importer.ts';
import { readExport } from '../importers/read-export.ts';
import { NumberColumn } from './number-column.ts';

export const sessionForms = ['sequences', 'events'] as const;
export type SessionForm = (typeof sessionForms)[number];

/** Sessions as a file tells of them, in the order in which they ended; `endedAt` in seconds, or their number where the file has no times. */
export type SessionsOfFile = { form: SessionForm; from: Uint32Array; items: Uint32Array; endedAt: Uint32Array };

/** The ids of items by their index, in the order in which they were met; one for all files that belong together. */
export class ItemIds {
  readonly #index = new Map<string, number>();

  get size(): number {
    return this.#index.size;
  }

  of(id: string): number {
    const known = this.#index.get(id);
    if (known !== undefined) return known;
    this.#index.set(id, this.#index.size);
    return this.#index.size - 1;
  }
}

const ID = /^[A-Za-z0-9_.:-]{1,128}$/;

/**
 * Reads sessions, packed or not: `sequences`, a session a line, ids of items between spaces, oldest first; or `events`, lines of
 * fields between tabs with a header that names SessionId, ItemId and Time, in any order. Which it is the first line says, unless told.
 * Throws ImportProblem, in one line, for a file that is neither.
 */
export async function readSessions(path: string, ids: ItemIds, form?: SessionForm): Promise<SessionsOfFile> {
  let reader: Reader | undefined;
  let line = 0;
  for await (const text of linesOf(path)) {
    line += 1;
    if (text.trim() === '') continue;
    if (reader === undefined) {
      const found = form ?? (text.includes('\t') ? 'events' : 'sequences');
      reader = found === 'events' ? new Events(path, text, ids) : new Sequences(path, ids);
      if (found === 'events') continue;
    }
    reader.take(text, line);
  }
  const sessions = reader?.sessions();
  if (sessions === undefined || sessions.items.length === 0) throw new ImportProblem(`${path} has no sessions.`);
  return sessions;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of readExport(path)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

type Reader = { take(text: string, line: number): void; sessions(): SessionsOfFile };

class Sequences implements Reader {
  readonly #path: string;
  readonly #ids: ItemIds;
  readonly #from = new NumberColumn([0]);
  readonly #items = new NumberColumn();

  constructor(path: string, ids: ItemIds) {
    this.#path = path;
    this.#ids = ids;
  }

  take(text: string, line: number): void {
    for (const id of text.trim().split(/\s+/)) this.#items.push(this.#ids.of(idOf(id, this.#path, line)));
    this.#from.push(this.#items.length);
  }

  sessions(): SessionsOfFile {
    const from = this.#from.toUint32Array();
    const endedAt = Uint32Array.from({ length: from.length - 1 }, (_, session) => session);
    return { form: 'sequences', from, items: this.#items.toUint32Array(), endedAt };
  }
}

class Events implements Reader {
  readonly #path: string;
  readonly #ids: ItemIds;
  readonly #columns: { session: number; item: number; time: number; count: number };
  readonly #sessionIds = new ItemIds();
  readonly #session = new NumberColumn();
  readonly #item = new NumberColumn();
  readonly #time = new NumberColumn();

  constructor(path: string, header: string, ids: ItemIds) {
    const names = header.split('\t').map((name) => name.trim().toLowerCase());
    const [session = -1, item = -1, time = -1] = ['sessionid', 'itemid', 'time'].map((name) => names.indexOf(name));
    if (session < 0 || item < 0 || time < 0) {
      const begins = header.trim().slice(0, 100);
      throw new ImportProblem(
        `${path} has no header with SessionId, ItemId and Time between tabs; it begins "${begins}".`,
      );
    }
    this.#path = path;
    this.#ids = ids;
    this.#columns = { session, item, time, count: names.length };
  }

  take(text: string, line: number): void {
    const fields = text.split('\t');
    const { session, item, time, count } = this.#columns;
    if (fields.length !== count) {
      throw new ImportProblem(`${this.#path}, line ${line}, has ${fields.length} fields, the header ${count}.`);
    }
    const at = (column: number) => fields[column]?.trim() ?? '';
    this.#session.push(this.#sessionIds.of(idOf(at(session), this.#path, line)));
    this.#item.push(this.#ids.of(idOf(at(item), this.#path, line)));
    this.#time.push(secondsOf(at(time), this.#path, line));
  }

  sessions(): SessionsOfFile {
    const count = this.#sessionIds.size;
    const session = this.#session.toUint32Array();
    const item = this.#item.toUint32Array();
    const time = this.#time.toFloat64Array();
    const rows = Array.from({ length: count }, (): number[] => []);
    for (let row = 0; row < session.length; row += 1) rows[session[row] ?? 0]?.push(row);
    for (const list of rows) list.sort((one, other) => (time[one] ?? 0) - (time[other] ?? 0) || one - other);
    const endOf = (list: readonly number[]) => time[list.at(-1) ?? 0] ?? 0;
    rows.sort((one, other) => endOf(one) - endOf(other));
    const from = new NumberColumn([0]);
    const items = new NumberColumn();
    for (const list of rows) {
      for (const row of list) items.push(item[row] ?? 0);
      from.push(items.length);
    }
    const endedAt = Uint32Array.from(rows, endOf);
    return { form: 'events', from: from.toUint32Array(), items: items.toUint32Array(), endedAt };
  }
}

function idOf(text: string, path: string, line: number): string {
  if (ID.test(text)) return text;
  throw new ImportProblem(`${path}, line ${line}: "${text.slice(0, 40)}" is no id.`);
}

/** Seconds since 1970, from seconds, milliseconds or a date. */
function secondsOf(text: string, path: string, line: number): number {
  const number = text === '' ? Number.NaN : Number(text);
  const seconds = Number.isNaN(number) ? Date.parse(text) / 1000 : number > 1e11 ? number / 1000 : number;
  if (seconds >= 0 && seconds < 2 ** 32) return Math.floor(seconds * 1000) / 1000;
  throw new ImportProblem(`${path}, line ${line}: "${text.slice(0, 40)}" is no time.`);
}
