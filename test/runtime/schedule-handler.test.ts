import type { ScheduledEvent } from 'aws-lambda';
import { afterEach, expect, it } from 'vitest';
import { setClock } from '../../shared/runtime/clock.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { lambdaContext, lineCollector } from '../support/lambda.ts';

const event = { id: 'tick-1', time: '2026-01-05T10:00:00Z' } as ScheduledEvent;

afterEach(() => setClock(Date.now));

it('runs by the clock, not by the time of the schedule', async () => {
  setClock(() => 42);
  const seen: unknown[] = [];
  const handler = scheduleHandler(
    () => ({ name: 'store' }),
    async ({ name }, { nowMs, correlationId, functionName }) =>
      void seen.push([name, nowMs, correlationId, functionName]),
  );
  await handler(event, lambdaContext());
  expect(seen).toEqual([['store', 42, 'tick-1', 'rapport-test']]);
});

it('logs a failure and throws it, for the schedule to try again', async () => {
  const { write, lines } = lineCollector();
  const handler = scheduleHandler(
    () => ({ write }),
    () => Promise.reject(new RangeError('no table')),
  );
  await expect(handler(event, lambdaContext())).rejects.toThrow('RangeError: the log says where.');
  expect(JSON.stringify(lines)).not.toContain('no table');
  expect(lines).toMatchObject([{ level: 'error', message: 'failed', error: 'RangeError' }]);
});
