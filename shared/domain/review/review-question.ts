import { type Policies, policyAt } from '../../policy/policies.ts';
import { bandsOf } from '../moderation/fingerprint.ts';
import { submissionOf } from './review-facts.ts';
import type { ReviewRecord } from './review-record.ts';
import { spansAround } from './review-window.ts';

/** What a review names, and with it what judging it has to read. */
export type ReviewQuestion = {
  reviewId: string;
  memberId: string;
  productId: string;
  orderId?: string | undefined;
  spans: readonly number[];
  bands: readonly string[];
};

/** What has to be read to look at a review: also where it stood before it was edited, so that it stands there no longer. */
export function questionOf({ reviewId, facts }: ReviewRecord, policies: Policies): ReviewQuestion {
  const { memberId = '', productId = '', orderId } = submissionOf(facts)?.data ?? {};
  const submissions = facts.filter((it) => it.kind === 'submitted');
  const spans = submissions.flatMap(({ atMs }) => spansAround(atMs, policyAt(policies, atMs).moderation.windowDays));
  const bands = submissions.flatMap(({ data: { text } }) =>
    text?.fingerprint === undefined ? [] : bandsOf(text.fingerprint),
  );
  return { reviewId, memberId, productId, orderId, spans: [...new Set(spans)], bands: [...new Set(bands)] };
}
