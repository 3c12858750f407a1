import { fitsOneUnit, WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { type ClosedFact, newCause } from '../../shared/domain/loyalty/cause-facts.ts';
import { decideCause } from '../../shared/domain/loyalty/decide-cause.ts';
import { commandTime } from '../../shared/domain/loyalty/decide-redemption.ts';
import { nextDueMs } from '../../shared/domain/loyalty/fold.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { ErasureStores } from './stores.ts';

const CAUSE = 'erasure';

/**
 * Closes a member's account: what is left on it goes out of the books by entries of its own, and what becomes known later of the member's
 * orders finds it closed. A member who never had one is given one that is closed, for the same reason.
 */
export async function closeAccount(
  memberId: string,
  receiptId: string,
  { profile, due, policies: source }: Pick<ErasureStores, 'profile' | 'due' | 'policies'>,
  clockMs: number,
): Promise<void> {
  const policies = await source.load();
  await retryConflicts(WriteConflict, async () => {
    const found = await profile.loadCauseTogether({ memberId, causeId: CAUSE, consistent: true });
    const account = found.account ?? newAccountRecord(memberId, policies);
    if (account.account.closedAtMs !== undefined) return;
    const cause = found.cause ?? newCause(memberId, CAUSE);
    const atMs = commandTime(account.account, presentMs(policies, clockMs));
    const fact: ClosedFact = { kind: 'closed', eventId: receiptId, hash: '', atMs, data: {} };
    const dueMs = nextDueMs(account.account, policies);
    let decision = decideCause({ cause, account, fits: fitsOneUnit }, fact, policies);
    if (decision.kind === 'need') {
      const { record, history } = await profile.loadHistory(memberId);
      decision = decideCause({ cause, account: record, history, fits: fitsOneUnit }, fact, policies);
    }
    if (decision.kind !== 'write') throw new Fault(`An account cannot be closed: ${decision.kind}`);
    // First: of an account that is closed nobody can tell any more when something was due.
    if (dueMs !== undefined) await due.forget(memberId, dueMs);
    await profile.save(decision);
  });
}
