import {
  type AdjustmentCommand,
  type AdjustmentReceipt,
  causeOfAdjustment,
  decideAdjustment,
} from '../../shared/domain/loyalty/decide-adjustment.ts';
import type { Surroundings } from './book-order.ts';
import { commandHash, type Outcome, runCommand } from './run-command.ts';

/** Gives or takes points by hand, or says why not; the same command again is answered as before. */
export function adjust(
  command: Omit<AdjustmentCommand, 'hash'>,
  around: Surroundings,
): Promise<Outcome<'id_reused' | 'insufficient_points', AdjustmentReceipt>> {
  const { points, reason } = command;
  const hash = commandHash({ points, reason });
  return runCommand(
    { memberId: command.memberId, causeId: causeOfAdjustment(command.adjustmentId) },
    async (known) => decideAdjustment(known, { ...command, hash }, around.policies, around.nowMs),
    around,
  );
}
