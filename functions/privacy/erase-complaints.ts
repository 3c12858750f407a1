import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { eraseComplaint } from '../../shared/domain/complaint/erase-complaint.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { ErasureStores } from './stores.ts';

/** Takes the member off a complaint; what it counts for stays, and the desk does not see it any more. */
export async function eraseComplaintOf(
  complaintId: string,
  { complaints }: Pick<ErasureStores, 'complaints'>,
): Promise<void> {
  await retryConflicts(WriteConflict, async () => {
    const stored = await complaints.load(complaintId);
    const record = stored.record.version === 0 ? undefined : eraseComplaint(stored.record);
    if (record !== undefined) await complaints.save(stored, record);
  });
}
