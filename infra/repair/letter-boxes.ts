import { nameOf, type StageName } from '../config.ts';
import { type ChangeFilter, type DomainSpec, PREVIEW, type TableName } from '../constructs/wiring.ts';
import { domains } from '../domains/domains.ts';

/** What a letter was meant for, and so where it goes when it is sent again. */
export type Addressee =
  | { kind: 'queue'; queue: string; functionName: string }
  | { kind: 'function'; functionName: string }
  | { kind: 'stream'; functionName: string; table: TableName; changes: readonly ChangeFilter[] }
  | { kind: 'lake'; deliveryStream: string }
  /** Events of a preview that could not be read: nobody waits for them. */
  | { kind: 'nobody' };

/** A queue in which something ends that nobody could take or deliver. */
export type LetterBox = { queue: string; addressee: Addressee };

/**
 * The dead-letter queues of a stage, by the lists of the domains that the stacks are built from: `-dead` of reactions and of
 * readers of a stream, `-undelivered` of rules and schedules, and the lake's.
 */
export function letterBoxesOf(stage: StageName, specs: readonly DomainSpec[] = domains): LetterBox[] {
  const boxes = specs.flatMap(({ reactions = [], relays = [], streamReactions = [], scheduledReactions = [] }) => [
    ...[...reactions, ...relays].flatMap(({ name }): LetterBox[] => {
      const addressee = { kind: 'queue', queue: nameOf(stage, name), functionName: nameOf(stage, name) } as const;
      return ['dead', 'undelivered'].map((end) => ({ queue: nameOf(stage, name, end), addressee }));
    }),
    ...streamReactions.map(({ name, table, changes }): LetterBox => {
      const addressee = { kind: 'stream', functionName: nameOf(stage, name), table, changes } as const;
      return { queue: nameOf(stage, name, 'dead'), addressee };
    }),
    ...scheduledReactions.map(({ name }): LetterBox => {
      const addressee = { kind: 'function', functionName: nameOf(stage, name) } as const;
      return { queue: nameOf(stage, name, 'undelivered'), addressee };
    }),
  ]);
  const lake: LetterBox = {
    queue: nameOf(stage, 'lake', 'undelivered'),
    addressee: { kind: 'lake', deliveryStream: nameOf(stage, 'lake') },
  };
  const previews: LetterBox = { queue: nameOf(stage, PREVIEW, 'dead'), addressee: { kind: 'nobody' } };
  return [...boxes, lake, previews];
}
