import { afterEach, expect, it } from 'vitest';
import { setClock } from '../../shared/runtime/clock.ts';
import { createLogger, errorFields } from '../../shared/runtime/log.ts';
import { writeMetrics } from '../../shared/runtime/metrics.ts';
import { lineCollector } from '../support/lambda.ts';

afterEach(() => {
  delete process.env.LOG_LEVEL;
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

it('says of an error its name, its reason and a stack of limited length', () => {
  const fields = errorFields(new RangeError('x'.repeat(10_000)));
  expect(fields).toMatchObject({ error: 'RangeError', reason: 'x'.repeat(500) });
  expect(String(fields.stack).length).toBeLessThanOrEqual(1_500);
  expect(errorFields('text')).toEqual({ error: 'string' });
});

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
