import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Contribution } from './difference.ts';

/** One sum that does not come out even. */
export type Uneven = { subject: string; part: string; stands: number; should: number };

/** So many uneven sums are looked at further; where there are more, something is wrong with all of them. */
const UNEVEN_LIMIT = 10_000;
/** Rows are kept back so long, so that one transaction writes many. */
const ROWS_PER_WRITE = 5_000;

/**
 * Sums of a whole table, kept in a file beside the memory: a shop has more counters than a process has room for. The file goes with
 * the process.
 */
export class Sums {
  readonly #directory: string;
  readonly #database: DatabaseSync;
  #waiting: Contribution[] = [];

  constructor() {
    this.#directory = mkdtempSync(join(tmpdir(), 'rapport-reconcile-'));
    this.#database = new DatabaseSync(join(this.#directory, 'sums.sqlite'));
    this.#database.exec(`
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE sums (
        subject TEXT NOT NULL, part TEXT NOT NULL, stands INTEGER NOT NULL, should INTEGER NOT NULL,
        PRIMARY KEY (subject, part)
      ) STRICT, WITHOUT ROWID;
    `);
  }

  add(contributions: readonly Contribution[]): void {
    for (const it of contributions) this.#waiting.push(it);
    if (this.#waiting.length >= ROWS_PER_WRITE) this.#write();
  }

  /** How many sums there are. */
  count(): number {
    this.#write();
    return Number(this.#database.prepare('SELECT count(*) AS count FROM sums').get()?.count ?? 0);
  }

  uneven(): Uneven[] {
    this.#write();
    const sql = 'SELECT subject, part, stands, should FROM sums WHERE stands <> should ORDER BY subject, part LIMIT ?';
    return this.#database.prepare(sql).all(UNEVEN_LIMIT) as unknown as Uneven[];
  }

  close(): void {
    this.#database.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #write(): void {
    const add = this.#database.prepare(`
      INSERT INTO sums (subject, part, stands, should) VALUES (?, ?, ?, ?)
      ON CONFLICT (subject, part) DO UPDATE SET stands = stands + excluded.stands, should = should + excluded.should
    `);
    this.#database.exec('BEGIN');
    for (const { subject, part, stands = 0, should = 0 } of this.#waiting) add.run(subject, part, stands, should);
    this.#database.exec('COMMIT');
    this.#waiting = [];
  }
}
