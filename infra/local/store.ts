/**
 * What must survive the end of the process: the messages of every queue, lines on their way to the lake, archived events, and marks (positions of streams, last runs of
 * schedules, the virtual clock). One SQLite file, or memory. A write is on the operating system's side when it returns,
 * so a killed process loses nothing; only a machine that loses power may lose the last moments.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

export type NewMessage = {
  queue: string;
  messageId: string;
  body: string;
  /** SQS message attributes in the form of a Lambda event. */
  attributes: Readonly<Record<string, MessageAttribute>>;
  /** Steady time in milliseconds before which nobody receives it; 0 for at once. */
  visibleAtMs: number;
};

export type MessageAttribute = { dataType: string; stringValue?: string; binaryValue?: string };

export type Message = NewMessage & { id: number; sentAtMs: number; receiveCount: number; reason?: string };

type Row = {
  id: number;
  queue: string;
  message_id: string;
  body: string;
  attributes: string;
  sent_at: number;
  visible_at: number;
  receive_count: number;
  reason: string | null;
};

const schema = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    reason TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_by_queue ON messages (queue, visible_at, id);
  CREATE TABLE IF NOT EXISTS lake (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_stream TEXT NOT NULL,
    line TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS archive (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    archive TEXT NOT NULL,
    at INTEGER NOT NULL,
    event BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS archive_by_time ON archive (archive, at, id);
  CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

export class Store {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @param path a file, created where it is missing, or `:memory:` */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    this.#database.exec(schema);
    // Whoever held a message is gone with the last process: everything may be received again, at once.
    this.#database.exec('UPDATE messages SET visible_at = 0 WHERE visible_at > 0');
  }

  /** Runs `work` in one transaction: all of it is kept, or none. */
  transaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Adds messages; call it inside a transaction where there are several. */
  add(message: NewMessage & { reason?: string }): void {
    this.#statement(
      'INSERT INTO messages (queue, message_id, body, attributes, sent_at, visible_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(
      message.queue,
      message.messageId,
      message.body,
      JSON.stringify(message.attributes),
      Date.now(),
      message.visibleAtMs,
      message.reason ?? null,
    );
  }

  /** Takes up to `limit` visible messages, oldest first, counts the receive and hides them until `hiddenUntilMs`. */
  receive(queue: string, limit: number, nowMs: number, hiddenUntilMs: number): Message[] {
    const rows = this.#statement(
      `UPDATE messages SET receive_count = receive_count + 1, visible_at = ?
       WHERE id IN (SELECT id FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?)
       RETURNING *`,
    ).all(hiddenUntilMs, queue, nowMs, limit) as unknown as Row[];
    return rows.map(messageOf).sort((one, other) => one.id - other.id);
  }

  remove(id: number): void {
    this.#statement('DELETE FROM messages WHERE id = ?').run(id);
  }

  /** A message where it stands, as long as nobody has received it once more than `receiveCount` times. */
  received(queue: string, id: number, receiveCount: number): Message | undefined {
    const row = this.#statement('SELECT * FROM messages WHERE id = ? AND queue = ? AND receive_count = ?').get(
      id,
      queue,
      receiveCount,
    );
    return row === undefined ? undefined : messageOf(row as unknown as Row);
  }

  /** Lets a received message be received again from `visibleAtMs` on. */
  release(id: number, visibleAtMs: number): void {
    this.#statement('UPDATE messages SET visible_at = ? WHERE id = ?').run(visibleAtMs, id);
  }

  /** Moves a message to a dead-letter queue, body and attributes unchanged. */
  moveToDeadLetters(id: number, queue: string, reason: string): void {
    this.#statement('UPDATE messages SET queue = ?, reason = ?, visible_at = 0 WHERE id = ?').run(queue, reason, id);
  }

  /** How many messages a queue holds, visible or not. */
  depth(queue: string): number {
    const row = this.#statement('SELECT count(*) AS depth FROM messages WHERE queue = ?').get(queue);
    return Number(row?.depth ?? 0);
  }

  /** How many messages of a queue can be received at `nowMs`. */
  visible(queue: string, nowMs: number): number {
    const sql = 'SELECT count(*) AS visible FROM messages WHERE queue = ? AND visible_at <= ?';
    return Number(this.#statement(sql).get(queue, nowMs)?.visible ?? 0);
  }

  /** When the oldest message of a queue was sent; undefined where the queue is empty. */
  oldestSentMs(queue: string): number | undefined {
    const at = this.#statement('SELECT min(sent_at) AS at FROM messages WHERE queue = ?').get(queue)?.at;
    return typeof at === 'number' ? at : undefined;
  }

  /** When the next message of a queue becomes visible; undefined where the queue is empty. */
  nextVisibleAtMs(queue: string): number | undefined {
    const row = this.#statement('SELECT min(visible_at) AS at FROM messages WHERE queue = ?').get(queue);
    const at = row?.at;
    return typeof at === 'number' ? at : undefined;
  }

  /** The messages of a queue without receiving them, oldest first. */
  list(queue: string, limit: number): Message[] {
    const rows = this.#statement('SELECT * FROM messages WHERE queue = ? ORDER BY id LIMIT ?').all(queue, limit);
    return (rows as unknown as Row[]).map(messageOf);
  }

  /** Keeps a line for the lake until it is written there. */
  addToLake(deliveryStream: string, line: string): void {
    this.#statement('INSERT INTO lake (delivery_stream, line) VALUES (?, ?)').run(deliveryStream, line);
  }

  /** The oldest lines on their way to the lake. */
  lakeLines(limit: number): { id: number; deliveryStream: string; line: string }[] {
    const rows = this.#statement(
      'SELECT id, delivery_stream AS deliveryStream, line FROM lake ORDER BY id LIMIT ?',
    ).all(limit);
    return rows as { id: number; deliveryStream: string; line: string }[];
  }

  /** Forgets the lines up to this one: they are in the lake. */
  removeLakeLines(upToId: number): void {
    this.#statement('DELETE FROM lake WHERE id <= ?').run(upToId);
  }

  /** Keeps an event, as a text, under the time that it names; compressed, because a shop's events are many and much alike. */
  addToArchive(archive: string, atMs: number, event: string): void {
    this.#statement('INSERT INTO archive (archive, at, event) VALUES (?, ?, ?)').run(
      archive,
      atMs,
      deflateRawSync(event, { level: 1 }),
    );
  }

  /** Archived events of a span of time, in its order, that come after a place in it; `toMs` belongs to it. */
  archived(
    archive: string,
    { fromMs, toMs }: { fromMs: number; toMs: number },
    after: { atMs: number; id: number },
    limit: number,
  ): { id: number; atMs: number; event: string }[] {
    const rows = this.#statement(
      `SELECT id, at, event FROM archive
       WHERE archive = ? AND at >= ? AND at <= ? AND (at, id) > (?, ?) ORDER BY at, id LIMIT ?`,
    ).all(archive, fromMs, toMs, after.atMs, after.id, limit) as { id: number; at: number; event: Uint8Array }[];
    return rows.map(({ id, at, event }) => ({ id, atMs: at, event: inflateRawSync(event).toString('utf8') }));
  }

  mark(name: string): string | undefined {
    const value = this.#statement('SELECT value FROM marks WHERE name = ?').get(name)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  setMark(name: string, value: string): void {
    this.#statement(
      'INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ).run(name, value);
  }

  /** Forgets everything. */
  clear(): void {
    this.#database.exec('DELETE FROM messages; DELETE FROM lake; DELETE FROM archive; DELETE FROM marks;');
  }

  close(): void {
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

function messageOf(row: Row): Message {
  return {
    id: row.id,
    queue: row.queue,
    messageId: row.message_id,
    body: row.body,
    attributes: JSON.parse(row.attributes) as Message['attributes'],
    sentAtMs: row.sent_at,
    visibleAtMs: row.visible_at,
    receiveCount: row.receive_count,
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}
