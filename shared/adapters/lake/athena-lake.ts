import { setTimeout as wait } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { clientSettings } from '../aws/client-settings.ts';
import { type Cell, factTypeList, type LakeEngine, type Step } from './lake-engine.ts';

export type AthenaLakeOptions = {
  workGroup: string;
  database: string;
  fromDay?: string | undefined;
  client?: AthenaClient;
  /** How long to wait before asking again whether a query is done. */
  pollMs?: number;
};

const POLL_MS = 500;
const NUMBERS = new Set(['bigint', 'integer', 'double', 'tinyint', 'smallint']);

/** Queries over the lake in Amazon Athena, for a lake that one machine cannot hold. The table `events` has id, type, time and, as text, data; it is partitioned by day. */
export function athenaLake({
  workGroup,
  database,
  fromDay,
  client = new AthenaClient(clientSettings()),
  pollMs = POLL_MS,
}: AthenaLakeOptions): LakeEngine {
  const finish = async (id: string): Promise<void> => {
    for (;;) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      const { State, StateChangeReason } = QueryExecution?.Status ?? {};
      if (State === 'SUCCEEDED') return;
      if (State === 'FAILED' || State === 'CANCELLED') {
        throw new Error(`Athena has not run the query: ${State}, ${StateChangeReason ?? 'for no reason given'}`);
      }
      await wait(pollMs);
    }
  };
  return {
    name: 'athena',
    async *query(sql, steps = []) {
      const started = await client.send(
        new StartQueryExecutionCommand({
          WorkGroup: workGroup,
          QueryExecutionContext: { Database: database },
          QueryString: withSteps([{ name: 'facts', sql: factsOf(fromDay) }, ...steps], sql),
        }),
      );
      const id = started.QueryExecutionId ?? '';
      await finish(id);
      let token: string | undefined;
      let isFirst = true;
      do {
        const page = await client.send(
          new GetQueryResultsCommand({ QueryExecutionId: id, ...(token !== undefined && { NextToken: token }) }),
        );
        const types = page.ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Type }) => Type ?? '') ?? [];
        // The first row of the first page holds the names of the columns.
        const rows = (page.ResultSet?.Rows ?? []).slice(isFirst ? 1 : 0);
        isFirst = false;
        yield types.map((type, column) => rows.map(({ Data }) => cellOf(Data?.[column]?.VarCharValue, type)));
        token = page.NextToken;
      } while (token !== undefined);
    },
    async close() {
      client.destroy();
    },
  };
}

/** One query with all that it reads from; relations of its own follow the steps. */
function withSteps(steps: readonly Step[], sql: string): string {
  return `WITH ${steps.map((step) => `${step.name} AS (\n${step.sql}\n)`).join(', ')}${sql.startsWith('WITH ') ? `, ${sql.slice(5)}` : `\n${sql}`}`;
}

function cellOf(text: string | undefined, type: string): Cell {
  if (text === undefined) return null;
  return NUMBERS.has(type) ? Number(text) : text;
}

/** `facts`, out of the table `events`. */
function factsOf(fromDay: string | undefined): string {
  const scalar = (field: string, of = 'data') => `json_extract_scalar(${of}, '$.${field}')`;
  return `
  SELECT id AS event_id, type, at_ms, ${scalar('memberId')} AS member_id, ${scalar('anonymousId')} AS anonymous_id,
    ${scalar('productId')} AS product_id, ${scalar('orderId')} AS order_id,
    CASE WHEN type = 'product.upserted.v1' THEN data END AS data
  FROM once WHERE type <> 'order.placed.v1'
  UNION ALL
  SELECT id, type, at_ms, ${scalar('memberId')}, ${scalar('anonymousId')}, ${scalar('productId', 'line')}, ${scalar('orderId')}, NULL
  FROM once CROSS JOIN UNNEST(CAST(json_extract(data, '$.lines') AS array(json))) AS t(line) WHERE type = 'order.placed.v1'`.replaceAll(
    'FROM once',
    `FROM (
    SELECT id, min(type) AS type, min(CAST(to_unixtime(try(from_iso8601_timestamp(time))) * 1000 AS bigint)) AS at_ms, min(data) AS data
    FROM events WHERE type IN (${factTypeList}) AND id IS NOT NULL${fromDay === undefined ? '' : ` AND day >= '${fromDay}'`} GROUP BY id
  ) AS only_once`,
  );
}
