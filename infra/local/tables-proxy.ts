/** Stands in front of the tables when chaos asks for it, and answers now and then as an overloaded DynamoDB would. */
import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type Chaos, HUNG_MS } from './chaos.ts';
import { readBody, sendJson } from './http-body.ts';

const MAX_BODY_BYTES = 20 * 1024 * 1024;
const namespace = 'com.amazonaws.dynamodb.v20120810#';
const singleWrites: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** @param endpoint where the tables really are */
export function createTablesProxy(endpoint: string, chaos: () => Chaos | undefined): Server {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    pass(endpoint, agent, chaos(), request, response).catch((error: unknown) => {
      if (!response.headersSent) sendFault(response, 500, 'InternalServerError', String(error));
      else response.destroy();
    });
  });
  server.once('close', () => agent.destroy());
  return server;
}

async function pass(
  endpoint: string,
  agent: Agent,
  chaos: Chaos | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) return sendFault(response, 413, 'ValidationException', 'The request is too large');
  const operation = /^DynamoDB_20120810\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1];
  const writes = operation === 'TransactWriteItems' || singleWrites.has(operation ?? '');
  if (operation !== undefined && chaos?.strikes('throttle') === true) {
    return sendFault(response, 400, 'ProvisionedThroughputExceededException', 'chaos: throttled');
  }
  if (operation !== undefined && chaos?.isOutage() === true) {
    return sendFault(response, 503, 'ServiceUnavailable', 'chaos: the tables are not available');
  }
  const isBrokenOff = operation !== undefined && chaos?.strikes('brokenOff') === true;
  if (isBrokenOff && chaos?.either() === true) return void response.destroy();
  const slowMs = chaos?.slowByMs() ?? 0;
  if (slowMs > 0) await new Promise((done) => setTimeout(done, slowMs));
  if (operation !== undefined && chaos?.strikes('failed') === true) {
    return sendFault(response, 500, 'InternalServerError', 'chaos: nothing was done');
  }
  if (writes && chaos?.strikes('conflict') === true) return sendConflict(response, operation, body);
  const answer = await send(endpoint, agent, request, body);
  if (isBrokenOff) return void response.destroy();
  if (operation !== undefined && chaos?.strikes('hung') === true) {
    await new Promise((done) => setTimeout(done, HUNG_MS));
    return void response.destroy();
  }
  if (writes && chaos?.strikes('lostAnswer') === true) {
    return sendFault(response, 500, 'InternalServerError', 'chaos: the answer is lost');
  }
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

type Answer = { status: number; headers: Record<string, string | string[]>; body: Buffer };

function send(endpoint: string, agent: Agent, request: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, headers } = request;
    const onward = forward(new URL(request.url ?? '/', endpoint), { method, headers, agent }, (incoming) => {
      readBody(incoming, Number.POSITIVE_INFINITY).then((answered) => {
        const kept = Object.entries(incoming.headers).filter(
          (header): header is [string, string | string[]] =>
            header[1] !== undefined && !['transfer-encoding', 'connection', 'keep-alive'].includes(header[0]),
        );
        resolve({
          status: incoming.statusCode ?? 502,
          headers: Object.fromEntries(kept),
          body: answered ?? Buffer.alloc(0),
        });
      }, reject);
    });
    onward.once('error', reject);
    onward.end(body);
  });
}

/** A transaction names the reason per item; a single write that meets a transaction has an error of its own. */
function sendConflict(response: ServerResponse, operation: string | undefined, body: Buffer): void {
  if (operation !== 'TransactWriteItems') {
    sendFault(response, 400, 'TransactionConflictException', 'Transaction is ongoing for the item');
    return;
  }
  const { TransactItems = [] } = JSON.parse(body.toString('utf8')) as { TransactItems?: unknown[] };
  const reasons = TransactItems.map((_item, index) =>
    index === 0 ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' } : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  sendFault(
    response,
    400,
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

function sendFault(response: ServerResponse, status: number, code: string, message: string, more: object = {}): void {
  sendJson(
    response,
    status,
    { __type: `${namespace}${code}`, message, ...more },
    { 'content-type': 'application/x-amz-json-1.0' },
  );
}
