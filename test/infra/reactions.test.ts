import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { catalogue } from '../../events/catalogue.ts';
import type { EventDefinition } from '../../events/define-event.ts';
import type { ReactionSpec } from '../../infra/constructs/wiring.ts';
import { domains } from '../../infra/domains/domains.ts';
import { property, StageTemplates } from '../../infra/stacks/template.ts';
import { reactionsOf, templatesOf } from './stage-templates.ts';

const stage = new StageTemplates(await templatesOf('prod'));
const all = reactionsOf(stage).map(({ rule, functions }) => ({
  pattern: property(rule, 'EventPattern') as Record<string, unknown>,
  name: functions[0]!.name,
  entry: functions[0]!.entry,
  variables: property(functions[0]!.resource, 'Environment', 'Variables') as Record<string, unknown>,
}));
const relayed = new Set(domains.flatMap(({ relays = [] }) => relays).map(({ name }) => name));
const reactions = all.filter(({ name }) => !relayed.has(name));
const relays = all.filter(({ name }) => relayed.has(name));
const specs = new Map(domains.flatMap((domain) => domain.reactions ?? []).map((spec) => [spec.name, spec]));

/** An event as it is on the bus, once what a shop sends is sealed. */
function onBus(definition: EventDefinition, event = definition.sample): Record<string, unknown> {
  const detail = definition.direction === 'in' ? { ...event, rapportseal: 'none' } : event;
  return { source: definition.busSource, 'detail-type': definition.type, detail };
}

/** An event that a reaction asks for: the sample of its type, with the fields that it wants to be there. */
function askedFor({ on, having = {} }: ReactionSpec): EventDefinition['sample'] {
  const fields = Object.keys(having).map((field) => [field, FIELDS[field]]);
  return { ...on.sample, data: { ...(on.sample.data as object), ...Object.fromEntries(fields) } };
}

const FIELDS: Record<string, unknown> = { couponIds: ['coupon-1'], birthday: '02-29' };

/** EventBridge's matching, as far as patterns of plain values and of fields that are there go; any other is an error. */
function matches(pattern: Record<string, unknown>, event: Record<string, unknown>): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (!Array.isArray(expected)) return matches(expected as typeof pattern, (event[key] ?? {}) as typeof event);
    if (JSON.stringify(expected) === '[{"exists":true}]') return event[key] !== undefined;
    if (JSON.stringify(expected) === '[{"exists":false}]') return event[key] === undefined;
    if (expected.some((value) => typeof value !== 'string')) throw new Error(`${key} is no plain value`);
    return expected.includes(event[key]);
  });
}

test('every reaction that is declared is deployed', () => {
  expect(reactions.map(({ name }) => name).sort()).toEqual([...specs.keys()].sort());
});

test('what a shop sends reaches a reaction sealed, and the relay until then', () => {
  for (const definition of catalogue.filter(({ direction }) => direction === 'in')) {
    const sealed = onBus(definition);
    const unsealed = { ...sealed, detail: definition.sample };
    expect(relays.filter(({ pattern }) => matches(pattern, unsealed))).toHaveLength(1);
    expect(all.filter(({ pattern }) => matches(pattern, unsealed))).toEqual(relays);
    expect(relays.some(({ pattern }) => matches(pattern, sealed))).toBe(false);
  }
  const announced = catalogue.filter(({ direction }) => direction === 'out').map((definition) => onBus(definition));
  expect(announced.filter((event) => relays.some(({ pattern }) => matches(pattern, event)))).toEqual([]);
});

const dynamo = mockClient(DynamoDBClient);
const sqs = mockClient(SQSClient);

describe.each(reactions)('$name', ({ name, pattern, entry, variables }) => {
  const spec = specs.get(name)!;
  const { on: own, binds, having } = spec;

  async function handle(event: unknown): Promise<void> {
    const { handler } = (await import(/* @vite-ignore */ resolve(entry))) as {
      handler: (batch: unknown, context: unknown) => Promise<unknown>;
    };
    await handler({ Records: [record(event)] }, context);
  }

  beforeEach(() => {
    dynamo.reset();
    sqs.reset();
    dynamo.onAnyCommand().resolves({});
    sqs.onAnyCommand().resolves({});
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    for (const [variable, value] of Object.entries(variables)) {
      vi.stubEnv(variable, typeof value === 'string' ? value : `the-${variable}`);
    }
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  test('is sent its own event and no other', () => {
    const asked = (it: EventDefinition) => onBus(it, it.type === own.type ? askedFor(spec) : it.sample);
    const sent = catalogue.filter((definition) => matches(pattern, asked(definition)));
    expect(sent.map(({ type }) => type)).toEqual([own.type]);
  });

  test('is not sent an event that lacks what it asks for', () => {
    for (const field of Object.keys(having ?? {})) {
      const { [field]: _, ...data } = askedFor(spec).data as Record<string, unknown>;
      expect(matches(pattern, onBus(own, { ...own.sample, data }))).toBe(false);
    }
  });

  test('reads that event, with the variables it is deployed with and within its grants', async () => {
    await handle(askedFor(spec));
    // What a handler cannot read, it sends to its dead-letter queue at once.
    expect(sqs.calls()).toHaveLength(0);
    const granted = binds.flatMap((it) =>
      it.kind === 'table' ? it.actions.map((action) => `the-${it.variable} ${action}`) : [],
    );
    const asked = dynamo.calls().flatMap(({ args: [command] }) => accessOf(command));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((access) => !granted.includes(access))).toEqual([]);
  });

  test('gives any other event to its dead letters', async () => {
    await handle(catalogue.find(({ type }) => type !== own.type)!.sample);
    expect(sqs.calls().map(({ args: [{ input }] }) => input)).toMatchObject([
      { QueueUrl: 'the-DEAD_LETTER_QUEUE_URL' },
    ]);
    expect(dynamo.calls()).toHaveLength(0);
  });
});

/** Which rights a command asks for: a transaction asks for those of its parts. */
function accessOf(command: { constructor: { name: string }; input: object }): string[] {
  const action = command.constructor.name.replace(/Command$/, '');
  const input = command.input as {
    TableName?: string;
    RequestItems?: Record<string, unknown>;
    TransactItems?: Record<string, { TableName: string }>[];
  };
  const parts: Record<string, string> = {
    Put: 'PutItem',
    Update: 'UpdateItem',
    Delete: 'DeleteItem',
    ConditionCheck: 'ConditionCheckItem',
    Get: 'GetItem',
  };
  if (input.TransactItems !== undefined) {
    return input.TransactItems.flatMap((item) =>
      Object.entries(item).map(([part, { TableName }]) => `${TableName} ${parts[part]}`),
    );
  }
  const tables = input.RequestItems === undefined ? [input.TableName] : Object.keys(input.RequestItems);
  return tables.map((table) => `${table} ${action}`);
}

const context = { awsRequestId: 'request', functionName: 'test', getRemainingTimeInMillis: () => 20_000 };

function record(event: unknown): Record<string, unknown> {
  return {
    messageId: 'message',
    receiptHandle: 'receipt',
    body: JSON.stringify(event),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1767607200000',
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: '1767607200000',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:queue',
    awsRegion: 'eu-west-1',
  };
}
