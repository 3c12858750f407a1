/** Looks at a stage that was just deployed: does it answer, does it refuse, and is there what it works on? */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { firstLine } from '../commands/usage-error.ts';

export type Outcome = { what: string; ok: boolean; says: string };

/** What a check looks at. `prefix`: how the names of the stage's functions begin. */
export type Deployed = { api: string; version: string; bus: string; tables: readonly string[]; prefix: string };

/** New code and a new API take a moment until every door knows of them. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 2_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** Runs every check, each until it holds or `patienceMs` are over. */
export async function smokeChecks(deployed: Deployed, patienceMs = PATIENCE_MS): Promise<Outcome[]> {
  const until = performance.now() + patienceMs;
  const outcomes: Outcome[] = [];
  for (const [what, look] of Object.entries(checksOf(deployed))) {
    outcomes.push(await untilItHolds(what, look, until));
  }
  return outcomes;
}

/** A check says what it found, and throws where that is not as it has to be. */
type Look = () => Promise<string>;

function checksOf({ api, version, bus, tables, prefix }: Deployed): Record<string, Look> {
  return {
    'GET /v1/health answers with this version': async () => {
      const { status, body } = await ask(`${api}/v1/health`);
      const { version: answered } = body as { version?: unknown };
      if (status !== 200 || answered !== version) throw new Error(`${status}, version ${String(answered)}`);
      return `version ${version}`;
    },
    'a member is not shown without a token': async () => mustBe(401, await ask(`${api}/v1/members/smoke-check`)),
    'a member is not shown to a token that nobody signed': async () =>
      mustBe(401, await ask(`${api}/v1/members/smoke-check`, 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzbW9rZS1jaGVjayJ9.')),
    'a path that is none is answered by the application': async () => {
      const answer = await ask(`${api}/v1/smoke-check`);
      mustBe(404, answer);
      const { code } = answer.body as { code?: unknown };
      if (typeof code !== 'string') throw new Error('404, but no problem document');
      return `404 ${code}`;
    },
    'the bus is there': async () => {
      const client = new EventBridgeClient({});
      try {
        const { Arn = '' } = await client.send(new DescribeEventBusCommand({ Name: bus }));
        return Arn;
      } finally {
        client.destroy();
      }
    },
    'the tables are there': async () => {
      const client = new DynamoDBClient({});
      try {
        for (const TableName of tables) {
          const { Table } = await client.send(new DescribeTableCommand({ TableName }));
          if (Table?.TableStatus !== 'ACTIVE') throw new Error(`${TableName} is ${Table?.TableStatus}`);
        }
      } finally {
        client.destroy();
      }
      if (tables.length === 0) throw new Error('no stack names a table');
      return tables.join(', ');
    },
    'functions are fed by their queues and streams': () => feeds(prefix),
  };
}

/** Every mapping of the stage's functions is on, whichever version or alias of them it feeds. */
async function feeds(prefix: string): Promise<string> {
  const client = new LambdaClient({});
  try {
    let mappings = 0;
    for await (const page of paginateListEventSourceMappings({ client }, {})) {
      for (const { State, FunctionArn = '', EventSourceArn } of page.EventSourceMappings ?? []) {
        const name = FunctionArn.split(':')[6] ?? '';
        if (!name.startsWith(prefix)) continue;
        if (State !== 'Enabled') throw new Error(`${name} is not fed by ${EventSourceArn}: ${State}`);
        mappings += 1;
      }
    }
    if (mappings === 0) throw new Error('no function is fed');
    return `${mappings} mappings`;
  } finally {
    client.destroy();
  }
}

type Answer = { status: number; body: unknown };

async function ask(url: string, token?: string): Promise<Answer> {
  const answer = await fetch(url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await answer.text();
  try {
    return { status: answer.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: answer.status, body: {} };
  }
}

function mustBe(expected: number, { status }: Answer): string {
  if (status !== expected) throw new Error(`${status} instead of ${expected}`);
  return String(status);
}

async function untilItHolds(what: string, look: Look, until: number): Promise<Outcome> {
  for (;;) {
    try {
      return { what, ok: true, says: await look() };
    } catch (error) {
      if (performance.now() >= until) return { what, ok: false, says: firstLine(error) };
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
