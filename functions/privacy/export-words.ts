import { openedComplaint } from '../../shared/domain/complaint/complaint.ts';
import { speakerOf, type Words } from '../../shared/domain/complaint/complaint-facts.ts';
import { complaintView } from '../../shared/domain/complaint/complaint-view.ts';
import { knownSinceMs } from '../../shared/domain/member/registration.ts';
import { type ReviewWords, wordsPlaces } from '../../shared/domain/review/review-facts.ts';
import { reviewDetails } from '../../shared/domain/review/review-view.ts';
import { reviewerView } from '../../shared/domain/review/reviewer-view.ts';
import { latestPolicy, type Policies } from '../../shared/policy/policies.ts';
import type { ExportStores } from './export-stores.ts';

const NOW = { consistent: true };

/** Reviews with their words, as their author sees them. */
export async function reviewsOf(reviewIds: readonly string[], { reviews, words }: ExportStores): Promise<unknown[]> {
  const found = await reviews.load(reviewIds);
  const places = found.flatMap(({ record }) => wordsPlaces(record.reviewId, record.facts));
  const told = await words.load<ReviewWords>(places, NOW);
  return found.map(({ record }) => reviewDetails(record, told));
}

/** Complaints with all that was written about them, as their member sees them. */
export async function complaintsOf(ids: readonly string[], nowMs: number, stores: ExportStores): Promise<unknown[]> {
  const found = await Promise.all(ids.map((id) => stores.complaints.load(id)));
  const views = found.map(async ({ record }) => {
    const complaint = openedComplaint(record);
    const spoken = record.facts.filter(({ words }) => words === true);
    const places = spoken.map((fact) => ({ owner: speakerOf(record.complaintId, fact), eventId: fact.eventId }));
    return complaint && complaintView(complaint, await stores.words.load<Words>(places, NOW), nowMs);
  });
  return (await Promise.all(views)).filter((it) => it !== undefined);
}

/** The credit as a reviewer. */
export async function reviewerOf(
  ids: readonly string[],
  { policies, nowMs }: { policies: Policies; nowMs: number },
  { reviewers, members }: ExportStores,
): Promise<unknown[]> {
  const about = { nowMs, policy: latestPolicy(policies) };
  const views = ids.map(async (id) => {
    const [reviewer, { registration }] = await Promise.all([
      reviewers.load(id),
      members.load(id, ['registration'], false),
    ]);
    return reviewerView(id, reviewer?.rows ?? [], { ...about, registeredAtMs: knownSinceMs(registration) });
  });
  return Promise.all(views);
}

/** Every text that is the member's own, by the event or command that brought it. */
export async function wordsOf(
  memberId: string,
  eventIds: readonly string[],
  { words }: ExportStores,
): Promise<unknown[]> {
  const places = eventIds.map((eventId) => ({ owner: `MEMBER#${memberId}`, eventId }));
  const told = await words.load(places, NOW);
  return [...told].map(([eventId, content]) => ({ eventId, content }));
}
