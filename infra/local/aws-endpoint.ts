/**
 * What handlers, and people who mend, reach of AWS besides the tables: PutEvents and replays of EventBridge, messages of SQS
 * and invocations of Lambda, in the protocols that the SDK speaks. Anything else is an error that says so.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Bus, type PutEventsEntry, PutEventsRefused, type PutEventsResult } from './bus.ts';
import type { Chaos } from './chaos.ts';
import { readBody, sendJson } from './http-body.ts';
import { ReplayRefused, type Replays } from './replays.ts';
import { steadyNowMs } from './steady-time.ts';
import type { Message, MessageAttribute, Store } from './store.ts';
import type { FunctionModel, QueueModel } from './wiring/model.ts';

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** What SQS hands out at once at most, and how long it hides that where nothing else is said. */
const MAX_RECEIVED = 10;
const VISIBILITY_SECONDS = 30;
/** Invocations are posted to `/2015-03-31/functions/NAME/invocations`. */
const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export type AwsEndpointOptions = {
  bus: () => Bus;
  store: Store;
  queues: () => readonly QueueModel[];
  onSent: (queue: string) => void;
  functions?: () => readonly FunctionModel[];
  /** Runs a function and waits for its answer. */
  invoke?: (functionName: string, event: unknown) => Promise<unknown>;
  replays?: () => Replays;
  /** Misfortune that may strike the bus and what is sent to queues; none where left out. */
  chaos?: () => Chaos | undefined;
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
      const refused = error instanceof Refused || error instanceof PutEventsRefused || error instanceof ReplayRefused;
      sendError(response, refused ? 400 : 500, refused ? error.code : 'InternalFailure', messageOf(error));
    });
  });
}

async function answer(options: AwsEndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) throw new Refused('RequestEntityTooLarge', 'The request is too large');
  const [, invoked] = INVOCATION.exec(new URL(request.url ?? '/', 'http://local').pathname) ?? [];
  if (request.method === 'POST' && invoked !== undefined) {
    return answerInvocation(options, decodeURIComponent(invoked), body, response);
  }
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
  'AWSEvents.PutEvents': ({ bus, chaos }, input) => {
    if (!Array.isArray(input.Entries)) throw new Refused('ValidationException', 'Entries is a required list');
    const misfortune = chaos?.();
    if (misfortune?.strikes('busDown') === true) throw new Error('chaos: the bus has failed');
    const results = putEach(bus(), input.Entries as PutEventsEntry[], misfortune);
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  },

  'AWSEvents.DescribeArchive': ({ replays }, input) => replaysOf(replays).describeArchive(String(input.ArchiveName)),

  'AWSEvents.StartReplay': ({ replays }, input) => {
    const { Destination } = input as { Destination?: { Arn?: unknown; FilterArns?: unknown } };
    const rules = Destination?.FilterArns;
    return replaysOf(replays).start({
      name: String(input.ReplayName),
      archiveArn: String(input.EventSourceArn),
      busArn: String(Destination?.Arn),
      fromMs: Number(input.EventStartTime) * 1000,
      toMs: Number(input.EventEndTime) * 1000,
      ...(Array.isArray(rules) ? { rules: rules.map((arn) => String(arn).split('/').at(-1) ?? '') } : {}),
    });
  },

  'AWSEvents.DescribeReplay': ({ replays }, input) => replaysOf(replays).describe(String(input.ReplayName)),

  'AmazonSQS.SendMessage': (options, input) => {
    const { store, onSent, chaos } = options;
    if (chaos?.()?.strikes('queueDown') === true) throw new Error('chaos: the queue has failed');
    const queue = queueOf(options, input);
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
      visibleAtMs: delay > 0 ? steadyNowMs() + delay * 1000 : 0,
    });
    onSent(queue.name);
    return { MessageId: messageId, MD5OfMessageBody: md5(body) };
  },

  'AmazonSQS.ReceiveMessage': (options, input) => {
    const { name } = queueOf(options, input);
    const limit = Math.min(MAX_RECEIVED, Number(input.MaxNumberOfMessages ?? 1));
    const nowMs = steadyNowMs();
    const hiddenMs = Number(input.VisibilityTimeout ?? VISIBILITY_SECONDS) * 1000;
    const messages = options.store.receive(name, limit, nowMs, nowMs + hiddenMs);
    return messages.length === 0 ? {} : { Messages: messages.map(receivedOf) };
  },

  'AmazonSQS.DeleteMessage': (options, input) => {
    const message = messageAt(options, input);
    // What is gone, or was received by somebody else meanwhile, is not deleted; SQS answers the same.
    if (message !== undefined) options.store.remove(message.id);
    return {};
  },

  'AmazonSQS.ChangeMessageVisibility': (options, input) => {
    const message = messageAt(options, input);
    if (message === undefined) {
      throw new Refused('com.amazonaws.sqs#MessageNotInflight', 'The message is not held by this receipt');
    }
    const seconds = Number(input.VisibilityTimeout ?? 0);
    options.store.release(message.id, seconds === 0 ? 0 : steadyNowMs() + seconds * 1000);
    options.onSent(message.queue);
    return {};
  },

  'AmazonSQS.GetQueueUrl': ({ queues }, input) => {
    const queue = queues().find(({ name }) => name === input.QueueName);
    if (queue === undefined) throw noQueue(input.QueueName);
    return { QueueUrl: queue.url };
  },

  'AmazonSQS.GetQueueAttributes': (options, input) => {
    const queue = queueOf(options, input);
    const all = options.store.depth(queue.name);
    const visible = options.store.visible(queue.name, steadyNowMs());
    const known = {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(all - visible),
      ApproximateNumberOfMessagesDelayed: '0',
    };
    const names = Array.isArray(input.AttributeNames) ? input.AttributeNames : [];
    const asked = Object.entries(known).filter(([name]) => names.includes('All') || names.includes(name));
    return { Attributes: Object.fromEntries(asked) };
  },
};

function replaysOf(replays: (() => Replays) | undefined): Replays {
  if (replays === undefined) throw new Refused('ResourceNotFoundException', 'There is no archive here');
  return replays();
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function noQueue(queue: unknown): Refused {
  return new Refused('com.amazonaws.sqs#QueueDoesNotExist', `There is no queue ${String(queue)}`);
}

function queueOf({ queues }: AwsEndpointOptions, input: Input): QueueModel {
  const queue = queues().find(({ url }) => new URL(url).pathname === pathOf(input.QueueUrl));
  if (queue === undefined) throw noQueue(input.QueueUrl);
  return queue;
}

/** A receipt holds as long as nobody else has received the message: it names the message, and the how-manieth receive it is of. */
function receivedOf(message: Message): Record<string, unknown> {
  const attributes = Object.entries(message.attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
    name,
    {
      DataType: dataType,
      ...(stringValue === undefined ? {} : { StringValue: stringValue }),
      ...(binaryValue === undefined ? {} : { BinaryValue: binaryValue }),
    },
  ]);
  // What the queue's own redrive knows of the last failure; deployed, nobody says it.
  const why = message.reason === undefined || attributes.length > 0 ? [] : [['reason', textOf(message.reason)]];
  return {
    MessageId: message.messageId,
    ReceiptHandle: `${message.id}.${message.receiveCount}`,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: {
      SentTimestamp: String(message.sentAtMs),
      ApproximateReceiveCount: String(message.receiveCount),
    },
    MessageAttributes: Object.fromEntries([...attributes, ...why]) as Record<string, unknown>,
  };
}

function textOf(value: string): Record<string, string> {
  return { DataType: 'String', StringValue: value };
}

function messageAt(options: AwsEndpointOptions, input: Input): Message | undefined {
  const { name } = queueOf(options, input);
  const [, id, receiveCount] = /^(\d+)\.(\d+)$/.exec(String(input.ReceiptHandle)) ?? [];
  if (id === undefined) throw new Refused('com.amazonaws.sqs#ReceiptHandleIsInvalid', 'This is no receipt handle');
  return options.store.received(name, Number(id), Number(receiveCount));
}

/** Answers as Lambda does: an error of the function is an answer, with a header that says so. */
async function answerInvocation(
  { functions, invoke }: AwsEndpointOptions,
  named: string,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const [name = ''] = named.split(':');
  const model = functions?.().find(({ physicalName }) => physicalName === name);
  if (model === undefined || invoke === undefined) {
    throw new Refused('ResourceNotFoundException', `There is no function ${name}`);
  }
  const event = body.length === 0 ? {} : parse(body.toString('utf8'));
  try {
    sendJson(response, 200, (await invoke(model.name, event)) ?? null, { 'x-amz-executed-version': '$LATEST' });
  } catch (error) {
    const failed = { errorType: error instanceof Error ? error.name : 'Error', errorMessage: messageOf(error) };
    sendJson(response, 200, failed, { 'x-amz-function-error': 'Unhandled', 'x-amz-executed-version': '$LATEST' });
  }
}

/** Puts the entries that no misfortune strikes; the others fail by themselves, as the bus may have it. */
function putEach(bus: Bus, entries: readonly PutEventsEntry[], misfortune: Chaos | undefined): PutEventsResult[] {
  const struck = entries.map(() => misfortune?.strikes('entryFailed') === true);
  const spared = entries.filter((_, index) => struck[index] !== true);
  const results = struck.length > 0 && spared.length === 0 ? [] : bus.putEvents(spared);
  return struck.map((failed) => {
    if (failed) return { ErrorCode: 'InternalFailure', ErrorMessage: 'chaos: this entry has failed' };
    return results.shift() ?? { ErrorCode: 'InternalFailure', ErrorMessage: 'No result' };
  });
}

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
