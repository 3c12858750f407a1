import { fitsOneUnit, WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { type CauseFact, newCause } from '../../shared/domain/loyalty/cause-facts.ts';
import { decideCause, type KnownCause } from '../../shared/domain/loyalty/decide-cause.ts';
import { MemberErased, PermanentFailure } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { Surroundings } from './book-order.ts';

/** A fact, and the member's cause that it is of. */
export type CauseOf = { memberId: string; causeId: string; fact: CauseFact };

/**
 * Books a fact of a cause that is no order: load, decide, save, and again from the start where somebody else has
 * written one of the records in between.
 */
export async function bookCause({ memberId, causeId, fact }: CauseOf, around: Surroundings): Promise<void> {
  const { profile, policies } = around;
  await retryConflicts(WriteConflict, async (attempt) => {
    const found = await profile.loadCauseTogether({ memberId, causeId, consistent: attempt > 0 });
    const known: KnownCause = {
      cause: found.cause ?? newCause(memberId, causeId),
      account: found.account ?? newAccountRecord(memberId, policies),
      fits: fitsOneUnit,
    };
    let decision = decideCause(known, fact, policies);
    if (decision.kind === 'need') {
      const { record, history } = await profile.loadHistory(memberId);
      decision = decideCause({ ...known, account: record, history }, fact, policies);
    }
    if (decision.kind === 'erased') throw new MemberErased();
    if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.detail);
    if (decision.kind === 'write') await profile.save(decision);
  });
}
