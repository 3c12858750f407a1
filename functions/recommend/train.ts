import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { modelVersionStore } from '../../shared/adapters/dynamo/model-version-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { openLake } from '../../shared/adapters/lake/open-lake.ts';
import { s3Client } from '../../shared/adapters/s3/client.ts';
import { modelCache } from '../../shared/adapters/s3/model-cache.ts';
import { modelStore } from '../../shared/adapters/s3/model-store.ts';
import { latestPolicy } from '../../shared/policy/policies.ts';
import { optionalEnv, readEnv } from '../../shared/runtime/env.ts';
import { modelSource } from '../../shared/runtime/model-source.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { publishModel } from './publish-model.ts';
import { readShop } from './read-shop.ts';

function open() {
  const env = readEnv('LAKE_BUCKET', 'MODEL_BUCKET', 'PROFILE_TABLE', 'RECOMMEND_TABLE', 'STAGE');
  const dynamo = dynamoClient();
  const s3 = s3Client();
  const store = modelStore(s3, env.MODEL_BUCKET);
  const directory = join(tmpdir(), `rapport-lake-${env.LAKE_BUCKET}`);
  const athena = { workGroup: optionalEnv('ATHENA_WORK_GROUP', ''), database: optionalEnv('ATHENA_DATABASE', '') };
  return {
    shop: env.STAGE,
    store,
    serving: modelSource({ store, cache: modelCache(`${env.STAGE}-training`), shop: env.STAGE }),
    versions: modelVersionStore(dynamo, env.RECOMMEND_TABLE),
    policies: policyStore(dynamo, env.PROFILE_TABLE),
    openLake: (fromDay: string | undefined) => openLake({ s3, bucket: env.LAKE_BUCKET, directory, athena, fromDay }),
  };
}

/**
 * Learns the shop's model anew from what is in the lake, and lets it serve unless it is worse than the one that does. The same data gives the same model, so
 * to run twice changes nothing; of two runs at once one publishes.
 */
export const handler = scheduleHandler(open, async (dependencies, { nowMs, log }) => {
  const { versions, serving, policies, shop } = dependencies;
  const pointer = await versions.serving();
  const [model, all] = await Promise.all([serving.current(pointer?.version), policies.load()]);
  const policy = latestPolicy(all).recommendations;
  const read = await readShop({ ...dependencies, nowMs, policy, serving: model });
  const outcome = await publishModel(read, { ...dependencies, nowMs, policy, serving: model, shop, pointer });
  const { counts, figures, ...told } = outcome;
  log.info('model_trained', { ...told, ...counts, ...figures });
  return outcome;
});
