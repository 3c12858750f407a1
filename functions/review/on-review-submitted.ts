import { reviewSubmitted } from '../../events/review/review-submitted.v1.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { type TextModelStore, textModelStore } from '../../shared/adapters/dynamo/text-model-store.ts';
import { submittedFact } from '../../shared/domain/review/review-facts.ts';
import { type PolicySource, policyAt } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { type ModelsInUse, modelsInUse } from './models-in-use.ts';
import { readWords } from './read-words.ts';
import { keepFact, openSpoken, type SpokenDependencies } from './review-reaction.ts';

type Submissions = SpokenDependencies & { policies: PolicySource; models: TextModelStore; inUse: ModelsInUse };

function open(): Submissions {
  const { PROFILE_TABLE, REPUTATION_TABLE } = readEnv('PROFILE_TABLE', 'REPUTATION_TABLE');
  const dynamo = dynamoClient();
  const models = textModelStore(dynamo, REPUTATION_TABLE);
  const policies = policyStore(dynamo, PROFILE_TABLE);
  return { ...openSpoken(), policies, models, inUse: modelsInUse(models) };
}

/** What every text of a batch is read by: the policies, and which models are in use. */
async function readBefore({ policies: source, models }: Submissions) {
  const [policies, heads] = await Promise.all([source.load(), models.heads()]);
  return { policies, heads };
}

/** What a review says is read once, when it comes in; its words are kept apart from all that is made of them. */
export const handler = queueHandler(
  reviewSubmitted,
  open,
  async (event, { reviews, words: store, inUse }, { contentHash, log, before: { policies, heads } }) => {
    const { reviewId, title, text } = event.data;
    const words = { ...(title !== undefined && { title }), ...(text !== undefined && { text }) };
    const policy = policyAt(policies, Date.parse(event.time));
    const reading = await readWords(words, policy, (language) => inUse.modelFor(language, heads, log));
    const fact = submittedFact(event, contentHash, reading);
    await keepFact({ reviews, words: store }, reviewId, fact, words);
  },
  { serialKey: ({ data }) => data.reviewId, before: readBefore },
);
