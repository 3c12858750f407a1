/** Reading and writing bodies with node:http, with a limit on what is read. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** @returns the body, or undefined where it is longer than `limitBytes`; the rest is not read */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  response.end(text);
}

/** An error as RFC 9457 problem details. */
export function sendProblem(
  response: ServerResponse,
  problem: { status: number; code: string; title: string; detail: string },
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(
    response,
    problem.status,
    { type: 'about:blank', ...problem },
    {
      'content-type': 'application/problem+json',
      ...headers,
    },
  );
}

/** The backend starts or stops. */
export function sendUnavailable(response: ServerResponse, detail: string): void {
  sendProblem(
    response,
    { status: 503, code: 'unavailable', title: 'Please try again', detail },
    { 'retry-after': '1' },
  );
}
