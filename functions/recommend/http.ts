import { randomUUID } from 'node:crypto';
import { catalogueFeedStore } from '../../shared/adapters/dynamo/catalogue-feed-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { openMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { modelVersionStore } from '../../shared/adapters/dynamo/model-version-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { recommendReader } from '../../shared/adapters/dynamo/recommend-reader.ts';
import { spendStore } from '../../shared/adapters/dynamo/spend-store.ts';
import { pseudonyms } from '../../shared/adapters/kms/pseudonyms.ts';
import { managedRecommender } from '../../shared/adapters/personalize/managed-recommender.ts';
import { s3Client } from '../../shared/adapters/s3/client.ts';
import { modelCache } from '../../shared/adapters/s3/model-cache.ts';
import { modelStore } from '../../shared/adapters/s3/model-store.ts';
import { optionalEnv, readEnv } from '../../shared/runtime/env.ts';
import { openErasedMembers } from '../../shared/runtime/erased-members.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { tally } from '../../shared/runtime/metrics.ts';
import { modelSource } from '../../shared/runtime/model-source.ts';
import { recommenderSource } from '../../shared/runtime/recommender-source.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, () => {
  const env = readEnv('CATALOG_TABLE', 'MODEL_BUCKET', 'PROFILE_TABLE', 'PSEUDONYM_KEY_ID', 'RECOMMEND_TABLE', 'STAGE');
  const dynamo = dynamoClient();
  const store = modelStore(s3Client(), env.MODEL_BUCKET);
  const models = modelSource({ store, cache: modelCache(env.STAGE), shop: env.STAGE });
  const spend = spendStore(dynamo, env.RECOMMEND_TABLE, 'personalize');
  return {
    ...openErasedMembers(dynamo),
    reader: recommendReader(dynamo, env.RECOMMEND_TABLE),
    recommenders: recommenderSource({ models, feed: catalogueFeedStore(dynamo, env.CATALOG_TABLE) }),
    members: openMemberStore(dynamo, env.PROFILE_TABLE),
    versions: modelVersionStore(dynamo, env.RECOMMEND_TABLE),
    policies: policyStore(dynamo, env.PROFILE_TABLE),
    pseudonyms: pseudonyms(env.PSEUDONYM_KEY_ID),
    managed: managedRecommender(optionalEnv('PERSONALIZE_CAMPAIGN_ARN', ''), spend),
    tally: tally(),
    newId: () => `rec-${randomUUID()}`,
  };
});
