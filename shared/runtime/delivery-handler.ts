import middy from '@middy/core';
import type { Context, FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import type { LambdaHandler } from './lambda.ts';
import { createLogger, errorFields, writeLine } from './log.ts';

export type DeliveryDependencies = { write?: (line: string) => void };

/**
 * The Lambda handler of a delivery stream: each record is one JSON document, and what `transform` makes of it goes on as one line. A record that
 * cannot be read is reported by itself, and Firehose lays it aside; where the preparation fails, the batch is delivered again.
 * @param prepare what all records of a batch need, such as keys; it may fail
 */
export function deliveryHandler<Dependencies extends object, Prepared>(
  open: () => Dependencies & DeliveryDependencies,
  prepare: (dependencies: Dependencies) => Promise<Prepared>,
  transform: (document: Readonly<Record<string, unknown>>, prepared: Prepared) => unknown,
): LambdaHandler<FirehoseTransformationEvent, FirehoseTransformationResult> {
  const dependencies = open();
  const log = createLogger({ write: dependencies.write ?? writeLine });
  return middy<FirehoseTransformationEvent, FirehoseTransformationResult>(
    async ({ records }: FirehoseTransformationEvent, { functionName }: Context) => {
      const prepared = await prepare(dependencies);
      return {
        records: records.map(({ recordId, data }) => {
          try {
            const line = JSON.stringify(transform(documentOf(data), prepared));
            return { recordId, result: 'Ok' as const, data: Buffer.from(`${line}\n`).toString('base64') };
          } catch (error) {
            log.warn('undelivered', { function: functionName, ...errorFields(error) });
            return { recordId, result: 'ProcessingFailed' as const, data };
          }
        }),
      };
    },
  );
}

/** What is no object tells no reader which of its bytes are wrong: they are not ours to log. */
function documentOf(data: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
  } catch {
    document = undefined;
  }
  if (typeof document !== 'object' || document === null) throw new TypeError('A record is no JSON object.');
  return document as Readonly<Record<string, unknown>>;
}
