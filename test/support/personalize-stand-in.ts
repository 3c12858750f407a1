import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * What the service does. `slow` answers when it is let go; the rest is at once: an error of the service's own, too many requests, text that is no JSON, JSON of
 * another shape, no items, a connection that is closed without an answer or in the middle of one, and the errors that a wrong question gets.
 */
export type StandInMode =
  | 'ok'
  | 'slow'
  | 'failing'
  | 'failing_html'
  | 'throttled'
  | 'garbage'
  | 'wrong_shape'
  | 'wrong_items'
  | 'null'
  | 'empty'
  | 'closing'
  | 'half'
  | 'not_found'
  | 'invalid_input'
  | 'access_denied';

export type StandInCall = { path: string; input: Record<string, unknown> };

/** Amazon Personalize's runtime as it is on the wire: `POST /recommendations` and `POST /personalize-ranking` in JSON. */
export type PersonalizeStandIn = {
  url: string;
  calls: StandInCall[];
  mode: StandInMode;
  /** The items of every answer, best first. */
  items: string[];
  /** Lets go of all answers that are held back. */
  release(): void;
  /** The next question to come in. */
  asked(): Promise<void>;
  stop(): Promise<void>;
};

export async function startPersonalizeStandIn(): Promise<PersonalizeStandIn> {
  let held: (() => void)[] = [];
  let listening: (() => void)[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const input = JSON.parse(await textOf(request)) as Record<string, unknown>;
    const list = lists[`${request.method} ${path}`];
    standIn.calls.push({ path, input });
    for (const heard of listening) heard();
    listening = [];
    const { mode } = standIn;
    if (mode === 'closing') return void request.socket.destroy();
    if (mode === 'slow') await new Promise<void>((done) => held.push(done));
    const fault =
      list === undefined ? { status: 404, body: { message: path }, type: 'UnknownOperationException' } : faults[mode];
    if (fault !== undefined) return send(response, fault.status, fault.body, fault.type);
    const items = mode === 'empty' ? [] : standIn.items;
    const body = JSON.stringify({ ...list?.(items, input), recommendationId: 'RID-1' });
    if (mode !== 'half') return send(response, 200, body);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.write(body.slice(0, 10), () => response.destroy());
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const standIn: PersonalizeStandIn = {
    url: `http://127.0.0.1:${address.port}`,
    calls: [],
    mode: 'ok',
    items: ['P1', 'P2', 'P3'],
    release() {
      for (const letGo of held) letGo();
      held = [];
    },
    asked: () => new Promise((heard) => listening.push(heard)),
    async stop() {
      standIn.release();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
}

type Lists = Record<string, (items: readonly string[], input: Record<string, unknown>) => object>;
const scored = (items: readonly string[]) => items.map((itemId, place) => ({ itemId, score: 1 / (place + 2) }));
const lists: Lists = {
  'POST /recommendations': (items, { numResults }) => ({ itemList: scored(items.slice(0, Number(numResults ?? 25))) }),
  'POST /personalize-ranking': (items, { inputList }) => ({
    personalizedRanking: scored(items.filter((item) => (inputList as string[]).includes(item))),
  }),
};

type Fault = { status: number; body: object | string; type?: string };
const faults: Partial<Record<StandInMode, Fault>> = {
  failing: { status: 500, body: { message: 'Something is wrong here' }, type: 'InternalServerException' },
  failing_html: { status: 502, body: '<html><body>Bad Gateway</body></html>' },
  throttled: { status: 429, body: { message: 'Rate exceeded' }, type: 'ThrottlingException' },
  garbage: { status: 200, body: '{"itemList": [{"itemId": "P1"' },
  wrong_shape: { status: 200, body: { itemList: 'P1', personalizedRanking: { P1: 1 } } },
  wrong_items: {
    status: 200,
    body: { itemList: [{ itemId: 'P1' }, { itemId: '<script>' }], personalizedRanking: [{ itemId: 'nobody-asked' }] },
  },
  null: { status: 200, body: 'null' },
  not_found: { status: 404, body: { message: 'No campaign' }, type: 'ResourceNotFoundException' },
  invalid_input: { status: 400, body: { message: 'userId is required' }, type: 'InvalidInputException' },
  access_denied: { status: 403, body: { message: 'Not authorised' }, type: 'AccessDeniedException' },
};

function send(response: ServerResponse, status: number, body: object | string, type?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': 'request-1',
    ...(type !== undefined && { 'x-amzn-errortype': type }),
  });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
