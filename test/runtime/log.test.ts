import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it } from 'vitest';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { setClock } from '../../shared/runtime/clock.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { createLogger, errorFields, follows } from '../../shared/runtime/log.ts';
import { tally, writeMetrics } from '../../shared/runtime/metrics.ts';
import { lineCollector } from '../support/lambda.ts';

afterEach(() => {
  delete process.env.LOG_LEVEL;
  delete process.env.FOLLOW_ONE_IN;
  delete process.env.AWS_LAMBDA_LOG_LEVEL;
  setClock(Date.now);
});

it('writes one line of JSON with level and time, and leaves out what is undefined', () => {
  setClock(() => 0);
  const { write, lines } = lineCollector();
  createLogger({ write }).warn('refused', { code: 'id_reused', subject: undefined });
  expect(lines).toEqual([
    { level: 'warn', timestamp: '1970-01-01T00:00:00.000Z', message: 'refused', code: 'id_reused' },
  ]);
});

it.each([
  [{ LOG_LEVEL: 'ERROR' }, ['error']],
  [{ LOG_LEVEL: 'debug' }, ['debug', 'info', 'warn', 'error']],
  [{ LOG_LEVEL: 'silent' }, []],
  [{ AWS_LAMBDA_LOG_LEVEL: 'WARN' }, ['warn', 'error']],
  [{ LOG_LEVEL: 'nonsense' }, ['info', 'warn', 'error']],
  [{}, ['info', 'warn', 'error']],
])('goes by the level of the environment: %o', (env, levels) => {
  Object.assign(process.env, env);
  const { write, lines } = lineCollector();
  const log = createLogger({ write });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('x');
  expect(lines.map((it) => it.level)).toEqual(levels);
});

it('says of an error its name and its place, and its message where it is one of ours', () => {
  expect(errorFields(new RangeError('Ann\n    at home'))).toEqual({ error: 'RangeError', stack: expect.any(String) });
  expect(errorFields(new Fault('The bus is full.'))).toMatchObject({ error: 'Fault', reason: 'The bus is full.' });
  expect(errorFields('text')).toEqual({ error: 'string' });
});

/** What somebody has written, in each place where an error may repeat it. */
const leaks: [what: string, error: unknown][] = [
  ['what JSON.parse was given', caught(() => JSON.parse('Ann Smith'))],
  [
    'a value that a table refuses',
    new DynamoDBServiceException({
      name: 'ValidationException',
      $fault: 'client',
      message: 'Invalid: Ann Smith',
      $metadata: {},
    }),
  ],
  [
    'the item that stands there',
    new ConditionalCheckFailedException({ message: 'no', $metadata: {}, Item: { name: { S: 'Ann Smith' } } }),
  ],
  [
    'an item of a transaction',
    new TransactionCanceledException({
      message: 'Ann Smith',
      $metadata: { httpStatusCode: 400, requestId: 'req-1' },
      CancellationReasons: [
        { Code: 'ConditionalCheckFailed', Message: 'Ann Smith', Item: { name: { S: 'Ann Smith' } } },
      ],
    }),
  ],
  [
    'a field of an event',
    caught(() => orderPlaced.build({ id: 'Ann Smith', source: 's', time: 'Ann Smith', data: {} })),
  ],
  ['a body', new Problem('invalid_request', 'name: Ann Smith')],
  ['a name', Object.assign(new Error('x'), { name: 'Ann Smith', code: 'Ann Smith' })],
  ['a message of several lines', new Error('Ann Smith\n    at Ann Smith (home)')],
  ['no error at all', { toString: () => 'Ann Smith' }],
];

it.each(leaks)('does not repeat %s', (_what, error) => {
  expect(JSON.stringify(errorFields(error))).not.toMatch(/Ann|Smith/);
});

it('says why a transaction was cancelled, and which request it was', () => {
  expect(errorFields(leaks[3]?.[1])).toMatchObject({
    reasons: 'ConditionalCheckFailed',
    status: 400,
    awsRequestId: 'req-1',
  });
});

it('follows one of sixteen from its first event to its last, or what it is told to', () => {
  const ids = Array.from({ length: 16_000 }, (_, n) => `evt-${n}`);
  const followed = ids.filter((id) => follows({ eventId: 'any', correlationId: id }));
  expect(followed.length / ids.length).toBeGreaterThan(0.05);
  expect(followed.length / ids.length).toBeLessThan(0.075);
  process.env.FOLLOW_ONE_IN = '1';
  expect(ids.every((id) => follows({ eventId: id, correlationId: id }))).toBe(true);
  process.env.FOLLOW_ONE_IN = 'none';
  expect(ids.filter((id) => follows({ eventId: 'any', correlationId: id }))).toEqual(followed);
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

it('writes counts in the embedded metric format, and none of zero', () => {
  setClock(() => 5);
  const { write, lines } = lineCollector();
  writeMetrics('fn', { Retried: 2, Refused: 0 }, write);
  writeMetrics('fn', { Retried: 0 }, write);
  expect(lines).toEqual([
    {
      level: 'warn',
      timestamp: '1970-01-01T00:00:00.005Z',
      _aws: {
        Timestamp: 5,
        CloudWatchMetrics: [
          { Namespace: 'Rapport', Dimensions: [['function']], Metrics: [{ Name: 'Retried', Unit: 'Count' }] },
        ],
      },
      function: 'fn',
      Retried: 2,
    },
  ]);
});

it('gathers what happens on every request, and hands the sums on once a minute', () => {
  const told: unknown[] = [];
  const pages = tally();
  const page = (atMs: number) => {
    setClock(() => atMs);
    pages({ Recommended: 1, FellBack: Number(atMs === 30_000) }, (sums) => told.push(sums));
  };
  for (const atMs of [0, 1, 30_000, 59_999]) page(atMs);
  expect(told).toEqual([{ Recommended: 1, FellBack: 0 }]);
  page(60_000);
  expect(told[1]).toEqual({ Recommended: 4, FellBack: 1 });
});
