import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { openMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { reviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../shared/adapters/vault/words.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { openErasedMembers } from '../../shared/runtime/erased-members.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, () => {
  const { REPUTATION_TABLE, PROFILE_TABLE } = readEnv('REPUTATION_TABLE', 'PROFILE_TABLE');
  const dynamo = dynamoClient();
  const vault = openVault(dynamo);
  return {
    ...openErasedMembers(dynamo),
    reviews: reviewStore(dynamo, REPUTATION_TABLE),
    reviewers: reviewerStore(dynamo, REPUTATION_TABLE),
    members: openMemberStore(dynamo, PROFILE_TABLE),
    vault,
    words: wordsStore(vault),
    policies: policyStore(dynamo, PROFILE_TABLE),
  };
});
