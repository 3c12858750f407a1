import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { Fault } from '../domain/fault.ts';
import { nowMs } from './clock.ts';
import type { LambdaHandler } from './lambda.ts';
import { createLogger, errorFields, type Logger, writeLine } from './log.ts';

export type ScheduleContext = {
  nowMs: number;
  correlationId: string;
  log: Logger;
  functionName: string;
  /** How long the run may still take. */
  timeLeftMs: () => number;
  /** Receives lines of JSON, such as metrics. */
  write: (line: string) => void;
};

export type ScheduleDependencies = { write?: (line: string) => void };

/**
 * The Lambda handler of a schedule. A schedule may fire twice or late, so `run` goes by the clock it is given. A
 * failure is logged and thrown, for the scheduler to try again; what Lambda itself would write of it is a Fault, because that is the whole
 * error with whatever it carries. What `run` returns is for whoever starts the function by hand. `open` is called once, when the entry module is
 * loaded.
 */
export function scheduleHandler<Dependencies extends object, Outcome = void>(
  open: () => Dependencies & ScheduleDependencies,
  run: (dependencies: Dependencies, context: ScheduleContext) => Promise<Outcome>,
): LambdaHandler<ScheduledEvent, Outcome> {
  const dependencies = open();
  const write = dependencies.write ?? writeLine;
  const log = createLogger({ write });
  return middy<ScheduledEvent, Outcome>(async (event: ScheduledEvent, context: Context) => {
    const { functionName } = context;
    const timeLeftMs = () => context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
    try {
      return await run(dependencies, { nowMs: nowMs(), correlationId: event.id, log, functionName, write, timeLeftMs });
    } catch (error) {
      const fields = errorFields(error);
      log.error('failed', { function: functionName, ...fields });
      throw error instanceof Fault ? error : new Fault(`${fields.error}: the log says where.`);
    }
  });
}
