import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { addFact, openedComplaint } from '../../shared/domain/complaint/complaint.ts';
import type { Told } from '../../shared/domain/complaint/decide-complaint.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import { MemberErased, PermanentFailure } from '../../shared/runtime/errors.ts';
import type { Logger } from '../../shared/runtime/log.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { ComplaintStores } from './stores.ts';
import { besideFact } from './words-of.ts';

/**
 * Keeps a fact of a complaint, with the words that came with it. A fact that contradicts what counts is kept too and never
 * applied: the desk sees it with the reason.
 */
export async function keepFact(
  complaintId: string,
  told: Told,
  {
    complaints,
    words,
    policies,
    log,
  }: Pick<ComplaintStores, 'complaints' | 'words'> & { policies: Policies; log: Logger },
): Promise<void> {
  const { eventId } = told.fact;
  await retryConflicts(WriteConflict, async () => {
    const stored = await complaints.load(complaintId);
    if (stored.record.erased === true) throw new MemberErased();
    const added = addFact(stored.record, told.fact, policies);
    if (added.kind === 'refused') throw new PermanentFailure(added.code, added.detail);
    if (added.kind === 'known') return;
    await complaints.save(stored, added.record, await besideFact(complaintId, told, words));
    const refused = openedComplaint(added.record)?.folded.refused.find(({ fact }) => fact.eventId === eventId);
    if (refused !== undefined) log.warn('complaint_refused', { complaintId, code: refused.code });
  });
}
