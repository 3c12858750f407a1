/** The archive of a backend: what it holds of a span of time, read or replayed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeArchiveCommand, DescribeReplayCommand, StartReplayCommand } from '@aws-sdk/client-eventbridge';
import { UsageError } from '../../commands/usage-error.ts';
import { nameOf } from '../../config.ts';
import { PREVIEW, previewPrefix } from '../../constructs/wiring.ts';
import type { RepairBackend } from '../backend.ts';
import { parsed, textAt } from '../letter.ts';
import { hold, remove } from '../peek.ts';

/** Times of events, in milliseconds since 1970; both of them belong to the span. */
export type Span = { fromMs: number; toMs: number };

/** An event as it is archived: its type, and the whole CloudEvent as JSON. */
export type ArchivedEvent = { type: string; body: string };

export type Archive = {
  /** Hands everything on that is archived of a span, some at a time, without anything reacting to it. */
  read(span: Span, onEvents: (events: readonly ArchivedEvent[]) => Promise<void>): Promise<void>;
  /**
   * Sends everything that is archived of a span through the rules of the bus again, and waits until that is done.
   * @param rules the names of the only rules that get it; all where left out
   */
  replay(span: Span, options: { rules?: readonly string[]; onProgress?: (reachedMs: number) => void }): Promise<void>;
};

const DAY_MS = 86_400_000;
const LOOK_MS = { local: 100, deployed: 5_000 };
/** Messages of a preview that are read together. */
const READ_AT_ONCE = 200;
/** What a replay has sent may be on its way to the queue for a while: so many looks in vain are the end of it. */
const LOOKS_IN_VAIN = { local: 1, deployed: 5 };

/**
 * The archive of a backend.
 * @throws UsageError for a span that is none, that has not begun, or that the archive no longer holds
 */
export async function openArchive(backend: RepairBackend, { fromMs, toMs }: Span): Promise<Archive> {
  const { events, stage, local } = backend;
  if (fromMs >= toMs) throw new UsageError('--from is not before --to.');
  const nowMs = await backend.nowMs();
  if (fromMs > nowMs) {
    throw new UsageError(`${instant(fromMs)} has not come yet: it is ${instant(nowMs)} for ${backend.name}.`);
  }
  const ArchiveName = nameOf(stage, 'archive');
  const {
    ArchiveArn,
    EventSourceArn,
    RetentionDays = 0,
  } = await events.send(new DescribeArchiveCommand({ ArchiveName }));
  const keptMs = RetentionDays === 0 ? Number.NEGATIVE_INFINITY : nowMs - RetentionDays * DAY_MS;
  if (toMs < keptMs) {
    throw new UsageError(`${ArchiveName} keeps ${RetentionDays} days: nothing from before ${instant(keptMs)}.`);
  }
  const arn = ArchiveArn ?? '';
  const bus = EventSourceArn?.split('/').at(-1) ?? '';
  const pace = local ? 'local' : 'deployed';

  const run = async (
    ReplayName: string,
    span: Span,
    { rules, onProgress }: { rules?: readonly string[]; onProgress?: (reachedMs: number) => void },
  ): Promise<void> => {
    const FilterArns = rules?.map((rule) => arn.replace(/archive\/.*/, `rule/${bus}/${rule}`));
    await events.send(
      new StartReplayCommand({
        ReplayName,
        EventSourceArn: arn,
        EventStartTime: new Date(span.fromMs),
        EventEndTime: new Date(span.toMs),
        Destination: { Arn: EventSourceArn, ...(FilterArns === undefined ? {} : { FilterArns }) },
      }),
    );
    for (;;) {
      const { State, StateReason, EventLastReplayedTime } = await events.send(
        new DescribeReplayCommand({ ReplayName }),
      );
      if (State === 'COMPLETED') return;
      if (State === 'FAILED' || State === 'CANCELLED' || State === 'CANCELLING') {
        throw new Error(`The replay ${ReplayName} was broken off: ${StateReason ?? State}`);
      }
      if (EventLastReplayedTime !== undefined) onProgress?.(EventLastReplayedTime.getTime());
      await sleep(LOOK_MS[pace]);
    }
  };

  /** Takes what is in the queue of previews: what is of this one is handed on, what an earlier one left behind is dropped. */
  const take = async (name: string, url: string, onEvents: (events: readonly ArchivedEvent[]) => Promise<void>) => {
    const held = await hold(backend.sqs, url, READ_AT_ONCE);
    const found = held.flatMap(({ message }): ArchivedEvent[] => {
      const envelope = parsed(message.Body ?? '') as { detail?: unknown } | undefined;
      const type = textAt(envelope, 'detail-type');
      const ours = textAt(envelope, 'replay-name') === name && type !== undefined;
      return ours ? [{ type, body: JSON.stringify(envelope?.detail ?? null) }] : [];
    });
    if (found.length > 0) await onEvents(found);
    await Promise.all(held.map((it) => remove(backend.sqs, it)));
    return held.length;
  };

  return {
    async read(span, onEvents) {
      const url = await backend.queueUrl(nameOf(stage, PREVIEW));
      if (url === undefined)
        throw new UsageError(`${backend.name} has no queue ${nameOf(stage, PREVIEW)}: deploy it anew.`);
      const name = `${previewPrefix(stage)}${unique()}`;
      let done = false;
      const replaying = run(name, span, { rules: [nameOf(stage, PREVIEW)] }).finally(() => {
        done = true;
      });
      // Whoever reads meanwhile is told of a failure below.
      replaying.catch(() => undefined);
      for (let inVain = 0; inVain < LOOKS_IN_VAIN[pace]; ) {
        const before = done;
        const count = await take(name, url, onEvents);
        inVain = count === 0 && before ? inVain + 1 : 0;
        if (count === 0) await sleep(LOOK_MS[pace]);
      }
      await replaying;
    },

    async replay(span, options) {
      await run(`rapport-${stage}-replay-${unique()}`, span, options);
    },
  };
}

/** What tells a replay from every other, within the 64 characters that its name may have. */
function unique(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}

export const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
