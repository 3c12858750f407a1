import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import type { InboxStore } from '../adapters/dynamo/inbox-store.ts';
import type { DeadLetters } from '../adapters/sqs/dead-letters.ts';
import type { Vault } from '../adapters/vault/vault.ts';
import { readMessage } from '../domain/intake/read-message.ts';
import { traceOf } from '../domain/trace/trace.ts';
import { admitBatch } from './admission.ts';
import { nowMs } from './clock.ts';
import { startDeadline } from './deadline.ts';
import { MemberErased, PermanentFailure } from './errors.ts';
import { inTurn, onceEach } from './in-turn.ts';
import type { LambdaHandler } from './lambda.ts';
import { createLogger, errorFields, follows, type Logger, traceFields, writeLine } from './log.ts';
import { writeMetrics } from './metrics.ts';
import { openMessage } from './open-message.ts';

/** What every reaction needs to take a message in, and to be rid of one it cannot take. */
export type QueueDependencies = {
  inbox: Pick<InboxStore, 'standingOf' | 'claim' | 'refuse'>;
  deadLetters: DeadLetters;
  /** Opens what is sealed of an event; only reactions that are in need of it have it. */
  vault?: Pick<Vault, 'open'>;
  /** How often the queue delivers a message before it gives up on it. */
  maxReceiveCount: number;
  /** Receives lines of JSON; standard output where left out. */
  write?: (line: string) => void;
};

export type ReactionContext<Before = undefined> = {
  nowMs: number;
  /** It runs through everything that goes back to the same beginning: the event's own, or its id where it is a beginning itself. */
  correlationId: string;
  /** What the event says, as a hash; a reaction that keeps the fact keeps it too. */
  contentHash: string;
  /** Its lines name the event and what it goes back to. */
  log: Logger;
  /** What `before` read for the whole batch. */
  before: Before;
};

export type Reaction<Event, Dependencies, Before = undefined> = (
  event: Event,
  dependencies: Dependencies,
  context: ReactionContext<Before>,
) => Promise<void>;

export type QueueOptions<Event, Dependencies, Before> = {
  /**
   * Events of one batch that share this key are reacted to one after another, in their order in the batch: side by
   * side they would only run into each other's conditional writes. Default: the event's id.
   */
  serialKey?: (event: Event) => string;
  /**
   * Reads what every event of the batch needs, once for each batch and never for longer: such as the policies, of which
   * a change has to count for the very next event. Where it fails, every event of the batch fails by itself.
   */
  before?: (dependencies: Dependencies) => Promise<Before>;
};

/**
 * The Lambda handler of one reaction. A batch is read, its ids are checked against the Inbox, and each event is given
 * to `react`, which may be called again with the same event at any time and must then change nothing.
 *
 * - What can never succeed (unreadable, or a PermanentFailure), and what fails for the last time, goes to the
 *   dead-letter queue with its code and reason, and counts as done.
 * - An id that stands for other content is refused: kept in the Inbox for the desk, never reacted to.
 * - What is of a member who has been erased is counted, and never reacted to; whose an event is that names nobody, `react` may find out
 *   on its way (a MemberErased).
 * - Any other failure, running out of time among them, is reported alone, and the queue delivers that message again.
 *
 * `open` is called once, when the entry module is loaded.
 */
export function queueHandler<Type extends string, Data, Dependencies extends QueueDependencies, Before = undefined>(
  definition: EventDefinition<Type, Data>,
  open: () => Dependencies,
  react: Reaction<CloudEvent<Type, Data>, Dependencies, Before>,
  options: QueueOptions<CloudEvent<Type, Data>, Dependencies, Before> = {},
): LambdaHandler<SQSEvent, SQSBatchResponse> {
  const dependencies = open();
  const write = dependencies.write ?? writeLine;
  const log = createLogger({ write });
  const serialKey = options.serialKey ?? ((event) => event.id);

  return middy<SQSEvent, SQSBatchResponse>(async (batch: SQSEvent, context: Context) => {
    const startedMs = nowMs();
    const deadline = startDeadline(context);
    const readings = batch.Records.map(({ body }) => ({ body, ...readMessage(definition, body) }));
    const admit = admitBatch(
      readings.filter((it) => it.ok),
      dependencies.inbox,
    );
    const readable = readings.some(({ ok }) => ok);
    const before = (readable && options.before?.(dependencies)) || Promise.resolve(undefined as Before);
    before.catch(() => undefined);
    const turn = inTurn();
    const once = onceEach<void>();

    const logOf = (reading: (typeof readings)[number]): Logger =>
      reading.ok ? createLogger({ write, fields: traceFields(reading.event) }) : log;

    const take = async (reading: (typeof readings)[number]): Promise<Outcome> => {
      if (!reading.ok) throw new PermanentFailure(reading.code, reading.reason);
      const { event, contentHash } = reading;
      const admission = await admit(reading);
      if (admission === 'refused') {
        logOf(reading).warn('refused', { function: context.functionName, code: 'id_reused' });
        return 'refused';
      }
      if (admission === 'erased') return 'erased';
      const whole = await openMessage(definition, reading, dependencies.vault);
      if (whole === 'erased') return 'erased';
      const reaction = async () => {
        deadline.check();
        const { correlationId } = traceOf(event);
        const log = logOf(reading);
        await react(whole, dependencies, { nowMs: nowMs(), correlationId, contentHash, log, before: await before });
      };
      await once(`${event.id} ${contentHash}`, () => turn(serialKey(event), reaction));
      return 'done';
    };

    const outcomes = await Promise.all(
      batch.Records.map(async (record, index): Promise<Outcome> => {
        const reading = readings[index];
        if (reading === undefined) return 'retry';
        try {
          return await Promise.race([take(reading), deadline.passed]);
        } catch (error) {
          if (error instanceof MemberErased) return 'erased';
          const { functionName } = context;
          return giveUpOrRetry(record, error, { dependencies, functionName, log: logOf(reading) });
        }
      }),
    );
    deadline.stop();

    const count = (outcome: Outcome) => outcomes.filter((it) => it === outcome).length;
    const counts = {
      Retried: count('retry'),
      DeadLettered: count('dead_lettered'),
      Refused: count('refused'),
      ErasedMember: count('erased'),
    };
    writeMetrics(context.functionName, counts, write);
    for (const [index, reading] of readings.entries()) {
      if (outcomes[index] !== 'done' || !reading.ok || !follows(traceOf(reading.event))) continue;
      logOf(reading).info('done', { function: context.functionName });
    }
    log.debug('batch', { function: context.functionName, records: outcomes.length, ms: nowMs() - startedMs });
    const again = batch.Records.filter((_, index) => outcomes[index] === 'retry');
    return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
}

type Outcome = 'done' | 'refused' | 'erased' | 'dead_lettered' | 'retry';

/** A failed send of the dead letter leaves the message to the queue, whose own redrive is the safety net. */
export async function giveUpOrRetry(
  record: SQSRecord,
  error: unknown,
  {
    dependencies,
    functionName,
    log,
  }: { dependencies: Pick<QueueDependencies, 'deadLetters' | 'maxReceiveCount'>; functionName: string; log: Logger },
): Promise<'dead_lettered' | 'retry'> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const fields = { function: functionName, messageId: record.messageId, receiveCount };
  if (!(error instanceof PermanentFailure) && receiveCount < dependencies.maxReceiveCount) {
    log.warn('retry', { ...fields, ...errorFields(error) });
    return 'retry';
  }
  const { code, reason } = lastWords(error);
  const why = error instanceof PermanentFailure ? { code } : { code, ...errorFields(error) };
  try {
    await dependencies.deadLetters.send({ body: record.body, code, reason, function: functionName });
    log.error('dead_lettered', { ...fields, ...why });
    return 'dead_lettered';
  } catch (sendError) {
    log.error('dead_letter_unsent', { ...fields, ...errorFields(sendError), code });
    return 'retry';
  }
}

/** The reason stands beside the message, for whoever looks at it; a log says the code alone, as a reason names fields of what came in. */
function lastWords(error: unknown): { code: string; reason: string } {
  if (error instanceof PermanentFailure) return { code: error.code, reason: error.message };
  const { error: name, reason = 'The log says where it happened.' } = errorFields(error);
  return { code: 'retries_exhausted', reason: `${name}: ${reason}` };
}
