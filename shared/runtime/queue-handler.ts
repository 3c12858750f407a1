import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import type { InboxStore } from '../adapters/dynamo/inbox-store.ts';
import type { DeadLetters } from '../adapters/sqs/dead-letters.ts';
import { readMessage } from '../domain/intake/read-message.ts';
import { nowMs } from './clock.ts';
import { PermanentFailure } from './errors.ts';
import { createLogger, errorFields, type Logger, writeLine } from './log.ts';
import { writeMetrics } from './metrics.ts';

/** What every reaction needs to take a message in, and to be rid of one it cannot take. */
export type QueueDependencies = {
  inbox: Pick<InboxStore, 'claimsOf' | 'claim' | 'refuse'>;
  deadLetters: DeadLetters;
  /** How often the queue delivers a message before it gives up on it. */
  maxReceiveCount: number;
  /** Receives lines of JSON; standard output where left out. */
  write?: (line: string) => void;
};

export type ReactionContext = {
  nowMs: number;
  /** The id of the event: it runs through everything that the event sets off. */
  correlationId: string;
  log: Logger;
};

export type Reaction<Event, Dependencies> = (
  event: Event,
  dependencies: Dependencies,
  context: ReactionContext,
) => Promise<void>;

export type QueueOptions<Event> = {
  /**
   * Events of one batch that share this key are reacted to one after another, in their order in the batch: they would
   * only run into each other's conditional writes. Default: the event's subject, else its id.
   */
  serialKey?: (event: Event) => string;
};

/** Time kept back at the end of an invocation to report, or to dead-letter, what has not come to an end. */
const RESERVE_MS = 1_500;

/**
 * The Lambda handler of one reaction. A batch is read, its ids are checked against the Inbox, and each event is given
 * to `react`, which may be called again with the same event at any time and must then change nothing.
 *
 * - What can never succeed (unreadable, or a PermanentFailure), and what fails for the last time, goes to the
 *   dead-letter queue with its code and reason, and counts as done.
 * - An id that stands for other content is refused: kept in the Inbox for the desk, never reacted to.
 * - Any other failure is reported alone, and the queue delivers that message again.
 *
 * `open` is called once, when the entry module is loaded.
 */
export function queueHandler<Type extends string, Data, Dependencies extends QueueDependencies>(
  definition: EventDefinition<Type, Data>,
  open: () => Dependencies,
  react: Reaction<CloudEvent<Type, Data>, Dependencies>,
  options: QueueOptions<CloudEvent<Type, Data>> = {},
) {
  const dependencies = open();
  const write = dependencies.write ?? writeLine;
  const log = createLogger({ write });
  const serialKey = options.serialKey ?? ((event) => event.id);
  return middy<SQSEvent, SQSBatchResponse>(async (batch, context) => {
    const startedMs = nowMs();
    const deadline = startDeadline(context);
    const admit = admission(definition, batch.Records, dependencies);
    const inLine = lines();
    const once = firstCalls<void>();

    const take = async (record: SQSRecord): Promise<Outcome> => {
      const reading = readMessage(definition, record.body);
      if (!reading.ok) throw new PermanentFailure(reading.code, reading.reason);
      const { event, contentHash } = reading;
      if ((await admit(reading, record)) === 'refused') {
        log.warn('refused', { code: 'id_reused', eventId: event.id, type: event.type });
        return 'refused';
      }
      const correlationId = event.id;
      await once(`${event.id} ${contentHash}`, () =>
        inLine(serialKey(event), async () => {
          deadline.check();
          await react(event, dependencies, { nowMs: nowMs(), correlationId, log });
        }),
      );
      return 'done';
    };

    const settle = async (record: SQSRecord): Promise<Outcome> => {
      try {
        return await Promise.race([take(record), deadline.passed]);
      } catch (error) {
        return giveUpOrRetry(record, error, dependencies, context.functionName, log);
      }
    };

    const outcomes = await Promise.all(batch.Records.map(settle));
    deadline.stop();
    const count = (outcome: Outcome) => outcomes.filter((it) => it === outcome).length;
    const counts = { Retried: count('retry'), DeadLettered: count('dead_lettered'), Refused: count('refused') };
    writeMetrics(context.functionName, counts, write);
    log.info('batch', { function: context.functionName, records: outcomes.length, ms: nowMs() - startedMs });
    const failures = batch.Records.filter((_, index) => outcomes[index] === 'retry');
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
}

type Outcome = 'done' | 'refused' | 'dead_lettered' | 'retry';
type Read = { event: CloudEvent; contentHash: string };

/**
 * Checks ids against the Inbox: one read for the whole batch, and a claim for an event that came straight to the bus
 * and has none. A failed read fails each record by itself.
 */
function admission(
  definition: EventDefinition,
  records: readonly SQSRecord[],
  { inbox }: QueueDependencies,
): (read: Read, record: SQSRecord) => Promise<'admitted' | 'refused'> {
  const readings = records.map((record) => readMessage(definition, record.body));
  const ids = new Set(readings.flatMap((it) => (it.ok ? [it.event.id] : [])));
  const claims = ids.size === 0 ? Promise.resolve(new Map<string, string>()) : inbox.claimsOf([...ids]);
  claims.catch(() => undefined);
  return async ({ event, contentHash }, record) => {
    const known = (await claims).get(event.id);
    if (known === contentHash) return 'admitted';
    const { id: eventId, type, subject } = event;
    if (known === undefined && (await inbox.claim({ eventId, contentHash, type })) === 'claimed') return 'admitted';
    await inbox.refuse({
      eventId,
      contentHash,
      type,
      subject,
      code: 'id_reused',
      reason: 'The id of this event stands for other content.',
      content: record.body,
      since: new Date(nowMs()).toISOString(),
    });
    return 'refused';
  };
}
