/**
 * What handlers reach of AWS besides the tables: PutEvents of EventBridge and SendMessage of SQS, in the JSON protocols
 * that the SDK speaks. Anything else is an error that says so.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Bus, type PutEventsEntry, PutEventsRefused } from './bus.ts';
import { readBody, sendJson } from './http-body.ts';
import type { MessageAttribute, Store } from './store.ts';
import type { QueueModel } from './wiring/model.ts';

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 1024 * 1024;

export type AwsEndpointOptions = {
  bus: () => Bus;
  store: Store;
  queues: () => readonly QueueModel[];
  onSent: (queue: string) => void;
};

class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Input = Readonly<Record<string, unknown>>;

export function createAwsEndpoint(options: AwsEndpointOptions): Server {
  return createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      const refused = error instanceof Refused || error instanceof PutEventsRefused;
      sendError(response, refused ? 400 : 500, refused ? error.code : 'InternalFailure', messageOf(error));
    });
  });
}

async function answer(options: AwsEndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) throw new Refused('RequestEntityTooLarge', 'The request is too large');
  const call = operations[target];
  if (call === undefined) {
    throw new Refused(
      'UnknownOperationException',
      `The local endpoint does not know ${target === '' ? 'this request' : target}`,
    );
  }
  sendJson(response, 200, call(options, parse(body.toString('utf8'))), {
    'content-type': String(request.headers['content-type'] ?? 'application/x-amz-json-1.0'),
    'x-amzn-requestid': randomUUID(),
  });
}

const operations: Readonly<Record<string, (options: AwsEndpointOptions, input: Input) => unknown>> = {
  'AWSEvents.PutEvents': ({ bus }, input) => {
    if (!Array.isArray(input.Entries)) throw new Refused('ValidationException', 'Entries is a required list');
    const results = bus().putEvents(input.Entries as PutEventsEntry[]);
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  },

  'AmazonSQS.SendMessage': ({ queues, store, onSent }, input) => {
    const queue = queues().find(({ url }) => new URL(url).pathname === pathOf(input.QueueUrl));
    if (queue === undefined) {
      throw new Refused('com.amazonaws.sqs#QueueDoesNotExist', `There is no queue ${String(input.QueueUrl)}`);
    }
    const body = input.MessageBody;
    if (typeof body !== 'string' || body === '') throw new Refused('MissingParameter', 'MessageBody is required');
    if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
      throw new Refused('InvalidMessageContents', 'The message is too long');
    const messageId = randomUUID();
    const delay = Number(input.DelaySeconds ?? 0);
    store.add({
      queue: queue.name,
      messageId,
      body,
      attributes: attributesOf(input.MessageAttributes),
      visibleAtMs: delay > 0 ? Date.now() + delay * 1000 : 0,
    });
    onSent(queue.name);
    return { MessageId: messageId, MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
  },
};

function attributesOf(input: unknown): Record<string, MessageAttribute> {
  if (typeof input !== 'object' || input === null) return {};
  return Object.fromEntries(
    Object.entries(input as Record<string, Record<string, unknown>>).map(([name, attribute]) => [
      name,
      {
        dataType: String(attribute.DataType),
        ...(typeof attribute.StringValue === 'string' ? { stringValue: attribute.StringValue } : {}),
        ...(typeof attribute.BinaryValue === 'string' ? { binaryValue: attribute.BinaryValue } : {}),
      },
    ]),
  );
}

function parse(text: string): Input {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Input;
  } catch {
    // Falls through to the error that AWS gives for it.
  }
  throw new Refused('SerializationException', 'The body is no JSON object');
}

function pathOf(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : undefined;
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
  if (!response.headersSent) sendJson(response, status, { __type: code, message }, headers);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
