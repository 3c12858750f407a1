import type { Context } from 'aws-lambda';
import { optionalEnv } from './env.ts';

/** An ordinary Lambda handler, as the platform and the local runtime call it. */
export type LambdaHandler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

/** Whether this runs as a deployed function does, in Lambda or the local runtime, and not in a test of one file. */
export function inLambda(): boolean {
  return optionalEnv('AWS_LAMBDA_FUNCTION_NAME', '') !== '';
}
