import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeAnswer = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut';

export type FakeRequest = {
  route: string;
  headers: IncomingMessage['headers'];
  body: string;
  events: { id: string }[];
};

/** A backend that answers as it is told, and remembers what it was asked. */
export class FakeShop {
  readonly requests: FakeRequest[] = [];
  readonly #server: Server;

  private constructor(answer: (request: FakeRequest, attempt: number) => FakeAnswer) {
    const attempts = new Map<string, number>();
    this.#server = createServer((request, response) => {
      readRequest(request)
        .then((asked) => {
          this.requests.push(asked);
          const attempt = (attempts.get(asked.body) ?? 0) + 1;
          attempts.set(asked.body, attempt);
          send(response, localAnswer(asked) ?? answer(asked, attempt));
        })
        .catch(() => response.destroy());
    });
  }

  /** @param answer to each `POST /v1/events` and whatever else is asked; `attempt` counts the same body */
  static async start(answer: (request: FakeRequest, attempt: number) => FakeAnswer = acceptAll): Promise<FakeShop> {
    const shop = new FakeShop(answer);
    await new Promise<void>((resolve) => {
      shop.#server.listen(0, '127.0.0.1', resolve);
    });
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get posts(): FakeRequest[] {
    return this.requests.filter(({ route }) => route === 'POST /v1/events');
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** Takes everything; knows no route but the one for events. */
export function acceptAll({ route, events }: FakeRequest): FakeAnswer {
  if (route !== 'POST /v1/events') return { status: 404, body: { status: 404, code: 'not_found' } };
  return { status: 202, body: { accepted: events.map(({ id }) => id), rejected: [] } };
}

function localAnswer({ route }: FakeRequest): FakeAnswer | undefined {
  if (route === 'GET /v1/health') return { status: 200, body: { status: 'ok', version: 'fake' } };
  return route === 'POST /local/token' ? { status: 200, body: { token: 'local-token' } } : undefined;
}

async function readRequest(request: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const route = `${request.method} ${request.url}`;
  const events = route === 'POST /v1/events' ? (JSON.parse(body) as { id: string }[]) : [];
  return { route, headers: request.headers, body, events };
}

function send(response: ServerResponse, answer: FakeAnswer): void {
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(JSON.stringify(answer.body ?? {}));
}
