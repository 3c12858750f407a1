/**
 * A shop that uses a backend from outside, wherever that runs: over its HTTP API, its bus and its queues. The journeys beside
 * this file are walked in the local runtime and in a deployed stage alike, so they know nothing of either.
 */
import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { findEvent } from '../../../events/catalogue.ts';

export type Place = {
  /** The base of every route, without a slash at its end. */
  api: string;
  bus: string;
  /** How the names of queues begin: `rapport-dev`. */
  prefix: string;
  /** Where EventBridge and SQS are spoken to, and by whom; left out, as the SDK finds it. */
  aws?: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  token(request: { scope: string; member?: string }): Promise<string>;
  /** Returns when nothing is under way any more, as far as that can be seen. */
  settled(): Promise<void>;
  /** How long what is on its way may take. */
  patienceMs: number;
};

export type Reply = { status: number; body: Record<string, unknown> };
export type ShopEvent = { id: string; type: string; time: string; data: Record<string, unknown> };
export type DeadLetter = { body: string; code?: string; reason?: string; function?: string };

export type Journey = { name: string; walk(shop: Shop): Promise<void> };

const DAY_MS = 24 * 3_600 * 1_000;
const PAUSE_MS = 250;
const STAFF = 'events:write members:read members:write desk admin';

export class Shop {
  readonly #place: Place;
  readonly #bridge: EventBridgeClient;
  readonly #queues: SQSClient;
  readonly #run = randomUUID().slice(0, 8);
  #staff: string | undefined;

  constructor(place: Place) {
    this.#place = place;
    this.#bridge = new EventBridgeClient(place.aws ?? {});
    this.#queues = new SQSClient({ ...place.aws, useQueueUrlAsEndpoint: false });
  }

  close(): void {
    this.#bridge.destroy();
    this.#queues.destroy();
  }

  /** An id that no other run has used: a deployed stage remembers. */
  id(name: string): string {
    return `${name}-${this.#run}`;
  }

  /** So many days ago, in RFC 3339. */
  daysAgo(days: number): string {
    return new Date(Date.now() - days * DAY_MS).toISOString();
  }

  event(type: string, time: string, data: Record<string, unknown>, id: string): ShopEvent {
    return { id: this.id(id), type, time, data };
  }

  token(request: { scope: string; member?: string }): Promise<string> {
    return this.#place.token(request);
  }

  async ask(
    method: string,
    path: string,
    { body, token, type = 'application/json' }: { body?: unknown; token?: string | null; type?: string } = {},
  ): Promise<Reply> {
    this.#staff ??= await this.token({ scope: STAFF });
    const bearer = token === undefined ? this.#staff : token;
    const answer = await fetch(`${this.#place.api}${path}`, {
      method,
      headers: {
        'content-type': type,
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Reply['body']) };
  }

  get(path: string): Promise<Reply> {
    return this.ask('GET', path);
  }

  /** Sends events as a storefront does, all of them at once. */
  send(...events: ShopEvent[]): Promise<Reply> {
    return this.ask('POST', '/v1/events', {
      body: events.map(cloudEvent),
      type: 'application/cloudevents-batch+json',
    });
  }

  /** Puts events straight on the bus, as a service with the right to does. */
  async putEvents(...events: ShopEvent[]): Promise<void> {
    const { FailedEntryCount } = await this.#bridge.send(
      new PutEventsCommand({
        Entries: events.map((event) => ({
          EventBusName: this.#place.bus,
          Source: findEvent(event.type)?.busSource,
          DetailType: event.type,
          Detail: JSON.stringify(cloudEvent(event)),
        })),
      }),
    );
    if (FailedEntryCount !== 0) throw new Error(`The bus took all but ${FailedEntryCount} events`);
  }

  /** Puts a message into the queue of a reaction, past every rule. */
  async slip(reaction: string, body: string): Promise<void> {
    await this.#queues.send(new SendMessageCommand({ QueueUrl: await this.#queue(reaction), MessageBody: body }));
  }

  /** What the reaction has given up on and mentions `about`; taken out of the queue, so that a stage is left as it was found. */
  async deadLetters(reaction: string, about: string): Promise<DeadLetter[]> {
    const QueueUrl = await this.#queue(`${reaction}-dead`);
    const found: DeadLetter[] = [];
    for (;;) {
      const { Messages = [] } = await this.#queues.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 2,
          MessageAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) return found;
      for (const { Body = '', MessageAttributes = {}, ReceiptHandle } of Messages) {
        if (!Body.includes(about)) continue;
        const texts = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]);
        found.push({ body: Body, ...Object.fromEntries(texts) });
        await this.#queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  settled(): Promise<void> {
    return this.#place.settled();
  }

  /** Reads until what was read holds, as long as things may be under way; then what does not hold is an error. */
  async eventually<Value>(read: () => Promise<Value>, holds: (value: Value) => void): Promise<Value> {
    const until = Date.now() + this.#place.patienceMs;
    for (;;) {
      await this.settled();
      const value = await read();
      try {
        holds(value);
        return value;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #queue(name: string): Promise<string> {
    const QueueName = `${this.#place.prefix}-${name}`;
    const { QueueUrl } = await this.#queues.send(new GetQueueUrlCommand({ QueueName }));
    if (QueueUrl === undefined) throw new Error(`There is no queue ${QueueName}`);
    return QueueUrl;
  }
}

function cloudEvent(event: ShopEvent): Record<string, unknown> {
  return { specversion: '1.0', source: '/journeys', ...event };
}
