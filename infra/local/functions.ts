/**
 * The functions of the app, in this process. Each entry module is imported once with exactly the environment that its
 * function is deployed with, so that a variable nobody bound is missing here as it would be there.
 */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { type LogSink, logged } from './log.ts';
import type { FunctionModel } from './wiring/model.ts';

type Handler = (event: unknown, context: Context) => unknown;

export class FunctionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FunctionError';
  }
}

export type LoadOptions = {
  functions: readonly FunctionModel[];
  /** The directory that `entry` paths start from. */
  root: string;
  /** What Lambda itself sets, and the local endpoints. */
  surroundings: Readonly<Record<string, string>>;
  sink: LogSink;
};

let generation = 0;
const searchPath = process.env.PATH ?? '';

export class Functions {
  readonly #handlers: ReadonlyMap<string, { model: FunctionModel; handler: Handler }>;
  readonly #sink: LogSink;
  readonly #invocations = new Set<Promise<unknown>>();
  /** Called after every invocation: it may have written to a table. */
  onInvoked: () => void = () => undefined;
  /** Told of every run: which function, by the name it is deployed under, how long it took, and whether it failed. */
  onRun: (physicalName: string, run: { ms: number; failed: boolean }) => void = () => undefined;

  private constructor(handlers: ReadonlyMap<string, { model: FunctionModel; handler: Handler }>, sink: LogSink) {
    this.#handlers = handlers;
    this.#sink = sink;
  }

  /**
   * Imports every entry. One after another, because each needs the process environment to itself while it loads.
   * @throws FunctionError naming the function whose module fails, or has no `handler`
   */
  static async load({ functions, root, surroundings, sink }: LoadOptions): Promise<Functions> {
    generation += 1;
    const handlers = new Map<string, { model: FunctionModel; handler: Handler }>();
    const kept = process.env;
    try {
      for (const model of functions) {
        process.env = { ...surroundings, ...lambdaEnvironment(model), ...model.environment };
        // The query makes it a module of its own: neither an earlier runtime nor another function shares it.
        const url = pathToFileURL(`${root}/${model.entry}`);
        url.search = `?function=${model.name}&runtime=${generation}`;
        handlers.set(model.name, { model, handler: await importHandler(model, url.href) });
      }
    } finally {
      process.env = kept;
    }
    return new Functions(handlers, sink);
  }

  /**
   * Invokes a function and waits for its answer, no longer than its timeout.
   * @returns the answer after a round trip through JSON, as Lambda would hand it on
   * @throws FunctionError when the function throws or runs out of time
   */
  async invoke(name: string, event: unknown): Promise<unknown> {
    const found = this.#handlers.get(name);
    if (found === undefined) throw new FunctionError(`There is no function ${name}`);
    const invocation = this.#run(found.model, found.handler, event);
    this.#invocations.add(invocation);
    try {
      return await invocation;
    } finally {
      this.#invocations.delete(invocation);
      this.onInvoked();
    }
  }

  /** How many invocations are under way. */
  get busy(): number {
    return this.#invocations.size;
  }

  /** Waits until nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#invocations.size > 0) await Promise.allSettled(this.#invocations);
  }

  async #run(model: FunctionModel, handler: Handler, event: unknown): Promise<unknown> {
    const requestId = randomUUID();
    const deadlineMs = performance.now() + model.timeoutMs;
    const { promise: timedOut, reject } = Promise.withResolvers<never>();
    const startedMs = performance.now();
    let failed = false;
    const timer = setTimeout(
      () => reject(new FunctionError(`${model.name} ran longer than ${model.timeoutMs / 1000} s`)),
      model.timeoutMs,
    );
    try {
      const context = contextOf(model, requestId, deadlineMs);
      const answer = await Promise.race([
        logged({ functionName: model.name, requestId }, this.#sink, async () => handler(event, context)),
        timedOut,
      ]);
      return answer === undefined ? null : (JSON.parse(JSON.stringify(answer)) as unknown);
    } catch (error) {
      failed = true;
      this.#sink({
        at: new Date().toISOString(),
        function: model.name,
        requestId,
        level: 'error',
        line: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      if (error instanceof FunctionError) throw error;
      throw new FunctionError(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      clearTimeout(timer);
      this.onRun(model.physicalName, { ms: performance.now() - startedMs, failed });
    }
  }
}

async function importHandler(model: FunctionModel, href: string): Promise<Handler> {
  try {
    const module = (await import(href)) as { handler?: unknown };
    if (typeof module.handler !== 'function') throw new Error('it exports no handler');
    return module.handler as Handler;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new FunctionError(`${model.name} (${model.entry}) cannot be loaded: ${message}`, { cause: error });
  }
}

function lambdaEnvironment(model: FunctionModel): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: model.physicalName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${model.physicalName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    PATH: searchPath,
    TZ: ':UTC',
  };
}

function contextOf(model: FunctionModel, requestId: string, deadlineMs: number): Context {
  const unsupported = (): never => {
    throw new Error('A function answers by returning; done, fail and succeed belong to the Node.js of 2016');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: model.physicalName,
    functionVersion: '$LATEST',
    invokedFunctionArn: model.arn,
    memoryLimitInMB: String(model.memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${model.physicalName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadlineMs - performance.now())),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}
