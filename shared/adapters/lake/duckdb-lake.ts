import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type Cell, factTypeList, type LakeEngine } from './lake-engine.ts';

/** Of the memory of the function; what does not fit is put on its disk. */
const MEMORY_LIMIT = '1GB';

/**
 * Queries over files of events, in this process. Lines that are no events are passed over: a lake outlives many versions of whoever
 * writes to it.
 * @param files JSON lines, plain or gzipped
 * @param directory for what does not fit into memory
 */
export async function duckDbLake(files: readonly string[], directory: string): Promise<LakeEngine> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    temp_directory: directory,
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE fact_rows AS ${files.length === 0 ? NO_ROWS : rowsOf(files)}`);
  return {
    name: 'duckdb',
    query: (body) => rows(connection, `WITH facts AS (SELECT * FROM fact_rows)${body}`),
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
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

const COLUMNS = 'event_id, type, at_ms, member_id, anonymous_id, product_id, order_id, data';

const NO_ROWS = `SELECT ${COLUMNS.split(', ')
  .map((name) => `CAST(NULL AS ${name === 'at_ms' ? 'BIGINT' : 'VARCHAR'}) AS ${name}`)
  .join(', ')} WHERE false`;

/** `facts`, out of files of JSON lines. */
function rowsOf(files: readonly string[]): string {
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');
  return `
WITH lines AS (
  SELECT id, type, epoch_ms(try_cast(time AS TIMESTAMPTZ)) AS at_ms, data
  FROM read_json([${list}], format = 'newline_delimited', ignore_errors = true, maximum_object_size = 4194304,
    columns = {id: 'VARCHAR', type: 'VARCHAR', time: 'VARCHAR', data: 'JSON'})
  WHERE type IN (${factTypeList}) AND id IS NOT NULL
), events AS (
  SELECT id, any_value(type) AS type, any_value(at_ms) AS at_ms, any_value(data) AS data FROM lines WHERE at_ms IS NOT NULL GROUP BY id
), order_lines AS (
  SELECT id, type, at_ms, data, unnest(from_json(data -> 'lines', '["JSON"]')) AS line FROM events WHERE type = 'order.placed.v1'
)
SELECT id AS event_id, type, at_ms, data ->> 'memberId' AS member_id, data ->> 'anonymousId' AS anonymous_id,
  data ->> 'productId' AS product_id, data ->> 'orderId' AS order_id,
  CASE WHEN type = 'product.upserted.v1' THEN CAST(data AS VARCHAR) END AS data
FROM events WHERE type <> 'order.placed.v1'
UNION ALL
SELECT id, type, at_ms, data ->> 'memberId', data ->> 'anonymousId', line ->> 'productId', data ->> 'orderId', NULL
FROM order_lines`;
}
