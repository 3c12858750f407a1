import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Vault } from '../adapters/vault/vault.ts';
import { sealLetter } from '../domain/privacy/sealed-letter.ts';
import { startDeadline } from './deadline.ts';
import type { LambdaHandler } from './lambda.ts';
import { createLogger, writeLine } from './log.ts';
import { tally, writeMetrics } from './metrics.ts';
import { giveUpOrRetry, type QueueDependencies } from './queue-handler.ts';

export type RelayDependencies = Pick<QueueDependencies, 'deadLetters' | 'maxReceiveCount' | 'write'> & { vault: Vault };

/** What has become of one message: an error is a failure of it alone. */
export type RelayOutcome = 'done' | 'refused' | 'erased' | Error;

/**
 * The Lambda handler of a queue with events of every type that have not come through the door. Unlike the handler of a reaction it is given
 * a batch at once and reads no claims, because taking in writes them; failures end as there, but what goes among the dead letters is sealed.
 */
export function relayHandler<Dependencies extends RelayDependencies>(
  open: () => Dependencies,
  relay: (bodies: readonly string[], dependencies: Dependencies) => Promise<RelayOutcome[]>,
): LambdaHandler<SQSEvent, SQSBatchResponse> {
  const dependencies = open();
  const write = dependencies.write ?? writeLine;
  const log = createLogger({ write });
  const resealed = tally();
  const deadLetters: QueueDependencies['deadLetters'] = {
    async send(letter) {
      const body = await sealLetter(letter.body, dependencies.vault);
      if (body !== undefined) await dependencies.deadLetters.send({ ...letter, body });
    },
  };
  return middy<SQSEvent, SQSBatchResponse>(async ({ Records }: SQSEvent, { functionName, ...context }: Context) => {
    const deadline = startDeadline(context);
    const attempt = Promise.race([
      relay(
        Records.map(({ body }) => body),
        dependencies,
      ),
      deadline.passed,
    ]);
    const outcomes = await attempt.catch((error: unknown) =>
      Records.map(() => (error instanceof Error ? error : new Error(String(error)))),
    );
    const around = { dependencies: { ...dependencies, deadLetters }, functionName, log };
    const results = await Promise.all(
      Records.map((record, index) => {
        const outcome = outcomes[index] ?? 'done';
        return outcome instanceof Error ? giveUpOrRetry(record, outcome, around) : outcome;
      }),
    );
    deadline.stop();
    const count = (result: (typeof results)[number]) => results.filter((it) => it === result).length;
    const counts = { Retried: count('retry'), DeadLettered: count('dead_lettered'), Refused: count('refused') };
    writeMetrics(functionName, { ...counts, ErasedMember: count('erased') }, write);
    resealed({ Resealed: count('done') }, (sums) => writeMetrics(functionName, sums, write));
    const again = Records.filter((_, index) => results[index] === 'retry');
    return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
}
