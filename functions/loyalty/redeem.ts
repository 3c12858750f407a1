import {
  causeOfRedemption,
  decideRedemption,
  decideRelease,
  orderOfRedemption,
  type RedemptionCommand,
  type RedemptionReceipt,
  type RedemptionRefusal,
  type ReleaseReceipt,
} from '../../shared/domain/loyalty/decide-redemption.ts';
import type { Surroundings } from './book-order.ts';
import { commandHash, type Outcome, runCommand } from './run-command.ts';

/** Spends points, or says why not; the same command again is answered as before and changes nothing. */
export async function redeem(
  command: Omit<RedemptionCommand, 'hash'>,
  around: Surroundings,
): Promise<Outcome<RedemptionRefusal, RedemptionReceipt>> {
  const { memberId, redemptionId, points, orderId } = command;
  const hash = commandHash({ points, orderId });
  return runCommand(
    { memberId, causeId: causeOfRedemption(redemptionId) },
    async (known) => {
      const order = orderId === undefined ? undefined : await around.profile.loadOrder(orderId);
      return decideRedemption({ ...known, order }, { ...command, hash }, around.policies, around.nowMs);
    },
    around,
  );
}

/** Gives the points of a redemption back whose order was never placed; undefined where there is no such redemption. */
export async function release(
  { memberId, redemptionId }: { memberId: string; redemptionId: string },
  around: Surroundings,
): Promise<Outcome<RedemptionRefusal, ReleaseReceipt> | undefined> {
  const causeId = causeOfRedemption(redemptionId);
  const cause = await around.profile.loadCause(memberId, causeId);
  if (cause === undefined) return undefined;
  const orderId = orderOfRedemption(cause);
  return runCommand(
    { memberId, causeId },
    async (known) => {
      const order = orderId === undefined ? undefined : await around.profile.loadOrder(orderId);
      return decideRelease({ ...known, order }, redemptionId, around.policies, around.nowMs);
    },
    around,
  );
}
