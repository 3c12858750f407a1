import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { AthenaClient } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { athenaLake } from '../../shared/adapters/lake/athena-lake.ts';
import { readTrainingData } from '../../shared/adapters/lake/training-data.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../support/dynoxide.ts';

const NOON = Date.parse('2026-02-01T12:00:00Z');
const SECOND = NOON / 1_000;

type Table = { types: string[]; rows: (string | null)[][] };
type Call = { operation: string; input: Record<string, unknown> };

/** The service as it is on the wire: JSON 1.1, one operation a request, results in pages whose first row holds the names. */
const calls: Call[] = [];
const started: string[] = [];
let states: string[] = [];
let answerTo: (sql: string) => Table = () => ({ types: [], rows: [] });
let pageRows = 1_000;

const server = createServer(async (request, response) => {
  const operation = String(request.headers['x-amz-target']).replace('AmazonAthena.', '');
  const input = (await json(request)) as Record<string, unknown>;
  calls.push({ operation, input });
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  response.end(JSON.stringify(answers[operation]?.(input) ?? {}));
});

const answers: Readonly<Record<string, (input: Record<string, unknown>) => object>> = {
  StartQueryExecution: ({ QueryString }) => ({ QueryExecutionId: `q${started.push(String(QueryString)) - 1}` }),
  GetQueryExecution: () => {
    const State = states.shift() ?? 'SUCCEEDED';
    return { QueryExecution: { Status: { State, StateChangeReason: 'TABLE_NOT_FOUND: events' } } };
  },
  GetQueryResults: ({ QueryExecutionId, NextToken }) => {
    const { types, rows } = answerTo(started[Number(String(QueryExecutionId).slice(1))] ?? '');
    const all = [types.map((_, at) => `_col${at}`), ...rows];
    const from = Number(NextToken ?? 0);
    const next = from + pageRows;
    return {
      ...(next < all.length && { NextToken: String(next) }),
      ResultSet: {
        Rows: all
          .slice(from, next)
          .map((row) => ({ Data: row.map((text) => (text === null ? {} : { VarCharValue: text })) })),
        ResultSetMetadata: { ColumnInfo: types.map((Type, at) => ({ Name: `_col${at}`, Type })) },
      },
    };
  },
};

let endpoint = '';
beforeAll(async () => {
  endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
});
beforeEach(() => {
  calls.length = 0;
  started.length = 0;
  states = [];
  pageRows = 1_000;
});
afterAll(() => closeServer(server));

const open = () =>
  athenaLake({
    workGroup: 'training',
    database: 'rapport',
    fromDay: '2026-01-02',
    client: new AthenaClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS, maxAttempts: 1 }),
    pollMs: 1,
  });

async function rowsOf(sql: string) {
  const lake = open();
  const parts: unknown[] = [];
  for await (const part of lake.query(sql, [{ name: 'items', sql: 'SELECT 1 FROM facts' }])) parts.push(part);
  await lake.close();
  return parts;
}

describe('a query', () => {
  it('is sent as one text, with all that it reads from, to the work group and database', async () => {
    await rowsOf('WITH bought AS (SELECT 2 FROM items) SELECT * FROM bought');
    const [{ operation, input }] = calls as [Call];
    expect(operation).toBe('StartQueryExecution');
    expect(input).toMatchObject({ WorkGroup: 'training', QueryExecutionContext: { Database: 'rapport' } });
    const sql = started[0]?.replaceAll(/\s+/g, ' ') ?? '';
    expect(sql).toMatch(/^WITH facts AS \( ?SELECT id AS event_id/);
    expect(sql).toContain("FROM events WHERE type IN ('product.viewed.v1',");
    expect(sql).toContain("AND day >= '2026-01-02' GROUP BY id");
    expect(sql).toMatch(
      /, items AS \( SELECT 1 FROM facts \), bought AS \(SELECT 2 FROM items\) SELECT \* FROM bought$/,
    );
  });

  it('is asked after until it is done, and its pages are read to the last', async () => {
    states = ['QUEUED', 'RUNNING', 'SUCCEEDED'];
    pageRows = 2;
    answerTo = () => ({
      types: ['bigint', 'varchar'],
      rows: [
        ['1', 'one'],
        ['2', null],
        ['3', ''],
      ],
    });
    expect(await rowsOf('SELECT 1')).toEqual([
      [[1], ['one']],
      [
        [2, 3],
        [null, ''],
      ],
    ]);
    expect(calls.map(({ operation }) => operation)).toEqual([
      'StartQueryExecution',
      ...Array.from({ length: 3 }, () => 'GetQueryExecution'),
      ...Array.from({ length: 2 }, () => 'GetQueryResults'),
    ]);
  });

  it.each(['FAILED', 'CANCELLED'])('that ends as %s fails with the reason that the service gives', async (state) => {
    states = ['RUNNING', state];
    await expect(rowsOf('SELECT 1')).rejects.toThrow(`${state}, TABLE_NOT_FOUND: events`);
  });
});

describe('a training over Athena', () => {
  it('asks the queries that DuckDB is asked, and reads the same columns', async () => {
    answerTo = (sql) => {
      if (sql.includes('max(at_ms)')) return { types: ['bigint'], rows: [[String(NOON)]] };
      if (sql.endsWith('SELECT product_id FROM items ORDER BY item'))
        return { types: ['varchar'], rows: [['cup'], ['pot']] };
      if (sql.includes('before_ms IS NULL')) {
        const row = (item: number, kind: number, second: number, begins: number) =>
          [item, kind, second, begins].map(String);
        return {
          types: ['integer', 'integer', 'integer', 'integer'],
          rows: [row(1, 0, SECOND - 60, 1), row(0, 4, SECOND, 0), row(0, 0, SECOND - 30, 1)],
        };
      }
      if (sql.includes('person_before')) {
        return { types: ['integer', 'integer', 'integer', 'integer'], rows: [['1', '1', '0', String(SECOND)]] };
      }
      const said = JSON.stringify({ productId: 'cup', name: 'Cup', categories: [] });
      return { types: ['bigint', 'varchar', 'varchar'], rows: [[String(NOON), 'e1', said]] };
    };
    const lake = open();
    const data = await readTrainingData(lake, { nowMs: NOON, windowDays: 30, gapMs: 1_800_000 });
    await lake.close();
    expect(started).toHaveLength(5);
    expect(data).toMatchObject({ newestMs: NOON, ids: ['cup', 'pot'], products: [{ productId: 'cup', name: 'Cup' }] });
    expect(data?.interactions).toEqual({
      itemCount: 2,
      items: Uint32Array.of(1, 0, 0),
      kinds: Uint8Array.of(0, 4, 0),
      at: Uint32Array.of(SECOND - 60, SECOND, SECOND - 30),
    });
    expect(data?.sessions).toEqual({
      itemCount: 2,
      from: Uint32Array.of(0, 1, 3),
      items: Uint32Array.of(0, 1, 0),
      endedAt: Uint32Array.of(SECOND - 30, SECOND),
    });
    expect(data?.purchases).toMatchObject({ items: Uint32Array.of(0), boughtAt: Uint32Array.of(SECOND) });
  });
});
