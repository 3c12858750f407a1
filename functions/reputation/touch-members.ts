import { readRecord } from '../../shared/adapters/dynamo/profile-records.ts';
import type { ReviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import type { ReviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import { knownSinceMs, type Registration } from '../../shared/domain/member/registration.ts';
import type { ItemChange } from '../../shared/runtime/stream-handler.ts';

/** Where it turns out that a member has been known for longer than was thought, all that the member has reviewed is looked at again. */
export async function touchMembers(
  changes: readonly ItemChange[],
  { reviews, reviewers }: { reviews: Pick<ReviewStore, 'touch'>; reviewers: ReviewerStore },
): Promise<void> {
  for (const { keys, before, after } of changes) {
    const since = sinceOf(after);
    if (keys.sk?.S !== 'REGISTRATION' || since === sinceOf(before)) continue;
    const memberId = (keys.pk?.S ?? '').slice('MEMBER#'.length);
    const rows = (await reviewers.load(memberId))?.rows ?? [];
    const reviewIds = rows.map(({ reviewId }) => reviewId);
    await reviews.touch(reviewIds, `member ${memberId} ${since}`);
  }
}

function sinceOf(item: ItemChange['after']): number | undefined {
  return knownSinceMs(readRecord<Omit<Registration, 'version'>>(item));
}
