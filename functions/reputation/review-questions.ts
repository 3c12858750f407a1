import type { Asked } from '../../shared/adapters/dynamo/review-surroundings.ts';
import { bandsOf } from '../../shared/domain/moderation/fingerprint.ts';
import { submissionOf } from '../../shared/domain/review/review-facts.ts';
import type { ReviewRecord } from '../../shared/domain/review/review-record.ts';
import type { ReviewSurroundings } from '../../shared/domain/review/review-surroundings.ts';
import { spansAround } from '../../shared/domain/review/review-window.ts';
import { type Policies, policyAt } from '../../shared/policy/policies.ts';
import type { FoldStores } from './fold-stores.ts';

/** What has to be read to look at a review: also where it stood before it was edited, so that it stands there no longer. */
export function askedOf({ reviewId, facts }: ReviewRecord, policies: Policies): Asked {
  const { memberId = '', productId = '', orderId } = submissionOf(facts)?.data ?? {};
  const submissions = facts.filter((it) => it.kind === 'submitted');
  const spans = submissions.flatMap(({ atMs }) => spansAround(atMs, policyAt(policies, atMs).moderation.windowDays));
  const bands = submissions.flatMap(({ data: { text } }) =>
    text?.fingerprint === undefined ? [] : bandsOf(text.fingerprint),
  );
  return { reviewId, memberId, productId, orderId, spans: [...new Set(spans)], bands: [...new Set(bands)] };
}

/** Reviews of which something they waited for has come to be known since it was looked for: whoever told of it may not have met them. */
export async function overtaken(
  questions: readonly Asked[],
  answers: readonly ReviewSurroundings[],
  { surroundings }: Pick<FoldStores, 'surroundings'>,
): Promise<string[]> {
  const open = questions
    .map((question, index) => ({ question, before: answers[index] }))
    .filter(({ before }) => awaitsFacts(before));
  const since = open.length === 0 ? [] : await surroundings.load(open.map(({ question }) => question));
  return open
    .filter(({ before }, index) => knownOf(before) !== knownOf(since[index]))
    .map(({ question }) => question.reviewId);
}

/** Whether a review waits for its product, for a delivery, or for its author to become known. */
function awaitsFacts(around: ReviewSurroundings | undefined): boolean {
  const delivered = around?.orders.some(({ facts }) => facts.some(({ kind }) => kind === 'completed'));
  return around?.product === undefined || around.knownSinceMs === undefined || delivered !== true;
}

function knownOf(around: ReviewSurroundings | undefined): string {
  const orders = around?.orders.map(({ orderId, version }) => [orderId, version]);
  return JSON.stringify([around?.product, around?.knownSinceMs, orders]);
}
