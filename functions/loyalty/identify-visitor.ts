import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type Identification, identify, newVisitor } from '../../shared/domain/loyalty/visitor.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { bookOrder, type Surroundings } from './book-order.ts';

/**
 * A visitor turns out to be a member: first the visitor is written, so that orders from now on find their member, then
 * each order of the visitor is booked to its member. A second delivery walks the same list and finds it done, so a
 * crash half way is mended by the next one.
 */
export async function identifyVisitor(
  anonymousId: string,
  identification: Identification,
  around: Surroundings,
): Promise<void> {
  const { profile } = around;
  const visitor = await retryConflicts(WriteConflict, async () => {
    const before = (await profile.loadVisitor(anonymousId)) ?? newVisitor(anonymousId);
    const decision = identify(before, identification);
    if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.detail);
    if (decision.kind === 'duplicate') return before;
    const after = { ...decision.visitor, version: before.version + 1 };
    const { memberId } = identification;
    if (before.identifications.every((it) => it.memberId !== memberId))
      await profile.noteVisitor(memberId, anonymousId);
    await profile.saveVisitor(after);
    return after;
  });
  for (const orderId of visitor.orderIds) await bookOrder(orderId, undefined, around);
}
