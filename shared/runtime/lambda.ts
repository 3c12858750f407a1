import type { Context } from 'aws-lambda';

/** An ordinary Lambda handler, as the platform and the local runtime call it. */
export type LambdaHandler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;
