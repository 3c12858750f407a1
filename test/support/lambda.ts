import type { Context, SQSEvent } from 'aws-lambda';
import type { HttpEvent } from '../../shared/runtime/http-handler.ts';

/** The context of an invocation that has all the time in the world, unless told otherwise. */
export function lambdaContext(parts: Partial<Context> = {}): Context {
  return { functionName: 'rapport-test', awsRequestId: 'req-1', ...parts } as Context;
}

export type MessageParts = { body: unknown; messageId?: string; receiveCount?: number };

/** An SQS batch; a body that is no text is written as JSON. Messages are named m0, m1 and so on. */
export function sqsBatch(...messages: MessageParts[]): SQSEvent {
  return {
    Records: messages.map(({ body, messageId, receiveCount = 1 }, index) => ({
      messageId: messageId ?? `m${index}`,
      receiptHandle: `handle-${index}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: '0',
        SenderId: 'sender',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:queue',
      awsRegion: 'eu-west-1',
    })),
  };
}

export type RequestParts = {
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  isBase64Encoded?: boolean;
  /** The claims of a verified token; none means that there was no token. */
  claims?: Record<string, unknown> | undefined;
};

/** A request as the HTTP API hands it on, payload format 2.0; `routeKey` such as `GET /v1/members/{id}`. */
export function httpEvent(routeKey: string, parts: RequestParts = {}): HttpEvent {
  const template = routeKey.split(' ')[1] ?? routeKey;
  const rawPath = template.replace(/\{(\w+)\}/g, (_, name: string) => parts.path?.[name] ?? '');
  return {
    routeKey,
    rawPath,
    headers: parts.headers ?? {},
    ...(parts.path === undefined ? {} : { pathParameters: parts.path }),
    ...(parts.query === undefined ? {} : { queryStringParameters: parts.query }),
    ...(parts.body === undefined ? {} : { body: parts.body }),
    isBase64Encoded: parts.isBase64Encoded ?? false,
    requestContext: {
      requestId: 'request-1',
      ...(parts.claims === undefined ? {} : { authorizer: { jwt: { claims: parts.claims } } }),
    },
  };
}

/** Collects lines of JSON instead of printing them. */
export function lineCollector(): { write: (line: string) => void; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
}
