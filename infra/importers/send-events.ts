import { batchesOf, type WrittenEvent } from './batches.ts';
import { ImportProblem, type OutgoingEvent } from './importer.ts';
import { backOff, DEFAULT_RETRY, type PostResult, type Rejection, type RetryPolicy } from './shop-connection.ts';

/** Events that were refused for the same reason, and the first of them. */
export type Refusal = { code: string; detail: string; events: number; firstId: string };

export type SendTally = { sent: number; accepted: number; refused: number; retries: number; refusals: Refusal[] };

export type SendOptions = {
  events: Iterable<OutgoingEvent>;
  post(batch: readonly WrittenEvent[]): Promise<PostResult>;
  /** Requests under way at a time. */
  concurrency?: number;
  retry?: RetryPolicy;
  onProgress?(tally: Readonly<SendTally>): void;
};

const CONCURRENCY = 4;

/**
 * Sends events in batches, in their order but several batches at a time: the shop ends in the same state in whatever
 * order they arrive. A batch that meets a busy shop or a broken connection is sent again, and of a batch that was
 * taken in part only what the shop may still take. Throws an ImportProblem once a batch has used up its attempts.
 */
export async function sendEvents(options: SendOptions): Promise<SendTally> {
  const { post, concurrency = CONCURRENCY, retry = DEFAULT_RETRY, onProgress } = options;
  const tally: SendTally = { sent: 0, accepted: 0, refused: 0, retries: 0, refusals: [] };
  const batches = batchesOf(options.events);
  let stopped = false;
  const work = async (): Promise<void> => {
    for (;;) {
      const next = stopped ? undefined : batches.next();
      if (next === undefined || next.done) return;
      await sendBatch(next.value, { post, retry, tally });
      onProgress?.(tally);
    }
  };
  const workers = Array.from({ length: concurrency }, async () => {
    try {
      await work();
    } catch (error) {
      stopped = true;
      throw error;
    }
  });
  // Every worker is waited for, so that nothing is still being sent when the first failure is told.
  const outcomes = await Promise.allSettled(workers);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return tally;
}

type BatchTools = Required<Pick<SendOptions, 'post' | 'retry'>> & { tally: SendTally };

async function sendBatch(batch: WrittenEvent[], { post, retry, tally }: BatchTools): Promise<void> {
  tally.sent += batch.length;
  let left = batch;
  for (let attempt = 1; ; attempt += 1) {
    const result = await post(left);
    const last = attempt >= retry.attempts;
    if (result.kind === 'busy') {
      if (last) throw new ImportProblem(`${result.reason}, ${attempt} times in a row.`);
    } else {
      const again = last ? [] : result.rejected.filter(mayPass);
      const refused = last ? result.rejected : result.rejected.filter((rejection) => !mayPass(rejection));
      for (const rejection of refused) note(rejection, left[rejection.index]?.id ?? '', tally);
      tally.refused += refused.length;
      tally.accepted += left.length - refused.length - again.length;
      left = again.flatMap(({ index }) => left[index] ?? []);
      if (left.length === 0) return;
    }
    tally.retries += 1;
    await backOff(attempt, retry, result.kind === 'busy' ? result.retryAfterMs : undefined);
  }
}

/** Whether the shop may take the same event at another time. */
const mayPass = ({ status }: Rejection): boolean => status === 429 || status >= 500;

function note({ code, detail }: Rejection, id: string, { refusals }: SendTally): void {
  const known = refusals.find((refusal) => refusal.code === code && refusal.detail === detail);
  if (known === undefined) refusals.push({ code, detail, events: 1, firstId: id });
  else known.events += 1;
}
