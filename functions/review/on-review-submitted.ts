import { reviewSubmitted } from '../../events/review/review-submitted.v1.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { submittedFact } from '../../shared/domain/review/review-facts.ts';
import { type PolicySource, policyAt } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { readWords } from './read-words.ts';
import { keepFact, openReviews, type ReviewDependencies } from './review-reaction.ts';

const loadPolicies = ({ policies }: { policies: PolicySource }) => policies.load();

function open(): ReviewDependencies & { policies: PolicySource } {
  return { ...openReviews(), policies: policyStore(dynamoClient(), readEnv('PROFILE_TABLE').PROFILE_TABLE) };
}

/** What a review says is read once, when it comes in; its words are kept apart from all that is made of them. */
export const handler = queueHandler(
  reviewSubmitted,
  open,
  async (event, { reviews }, { contentHash, before: policies }) => {
    const { reviewId, title, text } = event.data;
    const words = { ...(title !== undefined && { title }), ...(text !== undefined && { text }) };
    const fact = submittedFact(event, contentHash, await readWords(words, policyAt(policies, Date.parse(event.time))));
    await keepFact(reviews, reviewId, fact, Object.keys(words).length === 0 ? undefined : words);
  },
  { serialKey: ({ data }) => data.reviewId, before: loadPolicies },
);
