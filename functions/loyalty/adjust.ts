import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import {
  type AdjustmentCommand,
  type AdjustmentReceipt,
  causeOfAdjustment,
  decideAdjustment,
  reusedAdjustment,
  wordsOfAdjustment,
} from '../../shared/domain/loyalty/decide-adjustment.ts';
import type { Surroundings } from './book-order.ts';
import { commandHash, type Outcome, runCommand } from './run-command.ts';

/** Gives or takes points by hand, or says why not; the same command again is answered as before. */
export function adjust(
  { reason, ...command }: Omit<AdjustmentCommand, 'hash'> & { reason: string },
  { words, ...around }: Surroundings & { words: WordsStore },
): Promise<Outcome<'id_reused' | 'insufficient_points', AdjustmentReceipt>> {
  const { memberId, adjustmentId, points } = command;
  // Of the reason no trace is kept outside the vault, not even a hash: it is compared where it stands.
  const hash = commandHash({ points });
  const place = { owner: `MEMBER#${memberId}`, eventId: wordsOfAdjustment(adjustmentId) };
  return runCommand(
    { memberId, causeId: causeOfAdjustment(adjustmentId) },
    async (known) => {
      const decision = decideAdjustment(known, { ...command, hash }, around.policies, around.nowMs);
      if (decision.kind !== 'again') return decision;
      const before = (await words.load<{ reason: string }>([place], { consistent: true })).get(place.eventId)?.reason;
      return before === undefined || before === reason ? decision : reusedAdjustment(adjustmentId);
    },
    around,
    () => words.beside([{ ...place, words: { reason } }]),
  );
}
