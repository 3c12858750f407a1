import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import {
  type AdjustmentCommand,
  type AdjustmentReceipt,
  causeOfAdjustment,
  decideAdjustment,
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
  const hash = commandHash({ points, reason });
  const place = { owner: `MEMBER#${memberId}`, eventId: wordsOfAdjustment(adjustmentId) };
  return runCommand(
    { memberId, causeId: causeOfAdjustment(adjustmentId) },
    async (known) => decideAdjustment(known, { ...command, hash }, around.policies, around.nowMs),
    around,
    () => words.beside([{ ...place, words: { reason } }]),
  );
}
