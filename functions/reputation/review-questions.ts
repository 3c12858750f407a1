import type { ReviewQuestion } from '../../shared/domain/review/review-question.ts';
import type { ReviewSurroundings } from '../../shared/domain/review/review-surroundings.ts';
import type { FoldStores } from './fold-stores.ts';

/** Reviews of which something they waited for has come to be known since it was looked for: whoever told of it may not have met them. */
export async function overtaken(
  questions: readonly ReviewQuestion[],
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
