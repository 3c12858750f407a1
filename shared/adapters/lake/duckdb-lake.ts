import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type Cell, factTypeList, type LakeEngine, type Step } from './lake-engine.ts';

/** Of the memory of the function; what does not fit is put on its disk. */
const MEMORY_LIMIT = '1200MB';

/**
 * Queries over files of events, in this process. Lines that are no events are passed over: a lake outlives many versions of whoever
 * writes to it. What is read, and each step of a query, is kept in tables on the disk until the engine is closed.
 * @param files JSON lines, plain or gzipped
 * @param directory for those tables and for what does not fit into memory
 */
export async function duckDbLake(files: readonly string[], directory: string): Promise<LakeEngine> {
  await mkdir(directory, { recursive: true });
  const place = await mkdtemp(join(directory, 'work-'));
  const instance = await DuckDBInstance.create(join(place, 'facts.duckdb'), {
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(place, 'overflow'),
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  const close = async (): Promise<void> => {
    connection.closeSync();
    instance.closeSync();
    await rm(place, { recursive: true, force: true });
  };
  const kept = new Set<string>();
  const keep = async ({ name, sql }: Step): Promise<void> => {
    if (kept.has(name)) return;
    await connection.run(`CREATE TABLE ${name} AS ${sql}`);
    kept.add(name);
  };
  try {
    await keep({ name: 'lines', sql: files.length === 0 ? NO_LINES : linesOf(files) });
    for (const statement of FACTS) await connection.run(statement);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name: 'duckdb',
    async *query(sql, steps = []) {
      for (const step of steps) await keep(step);
      yield* rows(connection, sql);
    },
    close,
  };
}

async function* rows(connection: DuckDBConnection, sql: string): AsyncIterable<readonly (readonly Cell[])[]> {
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk.getColumns().map((column) => column.map(cellOf));
  }
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'string') return value;
  return value === null || value === undefined ? null : String(value);
}

/** Each line of the files that says what is of interest, cut down to that as it is read: whole events would be ten times as much. */
function linesOf(files: readonly string[]): string {
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');
  return `
SELECT id, type, epoch_ms(try_cast(time AS TIMESTAMPTZ)) AS at_ms, data ->> 'memberId' AS member_id,
  data ->> 'anonymousId' AS anonymous_id, data ->> 'productId' AS product_id, data ->> 'orderId' AS order_id,
  CASE type WHEN 'product.upserted.v1' THEN CAST(data AS VARCHAR) WHEN 'order.placed.v1' THEN CAST(data -> 'lines' AS VARCHAR) END AS data
FROM read_json([${list}], format = 'newline_delimited', ignore_errors = true, maximum_object_size = 4194304,
  columns = {id: 'VARCHAR', type: 'VARCHAR', time: 'VARCHAR', data: 'JSON'})
WHERE type IN (${factTypeList}) AND id IS NOT NULL AND try_cast(time AS TIMESTAMPTZ) IS NOT NULL`;
}

const NO_LINES = `SELECT ${['id', 'type', 'member_id', 'anonymous_id', 'product_id', 'order_id', 'data']
  .map((name) => `CAST(NULL AS VARCHAR) AS ${name}`)
  .join(', ')}, CAST(NULL AS BIGINT) AS at_ms WHERE false`;

/**
 * Of events that came more than once all but one line goes. Ids are compared by their hashes first: to group all events by id, with all
 * that they say, would take more memory than there is.
 */
const FACTS = [
  `CREATE TABLE repeated AS SELECT hash(id) AS id_hash FROM lines GROUP BY id_hash HAVING count(*) > 1`,
  `DELETE FROM lines WHERE rowid IN (
  SELECT line FROM (
    SELECT rowid AS line, row_number() OVER (
      PARTITION BY id ORDER BY at_ms, type, member_id, anonymous_id, product_id, order_id, data, rowid
    ) AS place
    FROM lines WHERE hash(id) IN (SELECT id_hash FROM repeated)
  ) WHERE place > 1
)`,
  `CREATE VIEW facts AS
SELECT id AS event_id, type, at_ms, member_id, anonymous_id, product_id, order_id, data FROM lines WHERE type <> 'order.placed.v1'
UNION ALL
SELECT id, type, at_ms, member_id, anonymous_id, line ->> 'productId', order_id, NULL
FROM (SELECT *, unnest(from_json(data, '["JSON"]')) AS line FROM lines WHERE type = 'order.placed.v1')`,
];
