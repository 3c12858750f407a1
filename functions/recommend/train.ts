import { rmSync } from 'node:fs';
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
import { inTurn } from '../../shared/runtime/in-turn.ts';
import { modelSource } from '../../shared/runtime/model-source.ts';
import { type ScheduleContext, scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { publishModel, type TrainingOutcome } from './publish-model.ts';
import { readShop } from './read-shop.ts';

function open() {
  const env = readEnv('LAKE_BUCKET', 'MODEL_BUCKET', 'PROFILE_TABLE', 'RECOMMEND_TABLE', 'STAGE');
  const dynamo = dynamoClient();
  const s3 = s3Client();
  const store = modelStore(s3, env.MODEL_BUCKET);
  // Of this process alone: several shops may run on one machine, each with a bucket of the same name.
  const directory = join(tmpdir(), `rapport-lake-${process.pid}`);
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const athena = { workGroup: optionalEnv('ATHENA_WORK_GROUP', ''), database: optionalEnv('ATHENA_DATABASE', '') };
  return {
    shop: env.STAGE,
    store,
    // A source of its own for each run: one that lives on would give the model before while it fetches the one that serves.
    servingModel: (version: string | undefined) =>
      modelSource({ store, cache: modelCache(`${env.STAGE}-training`), shop: env.STAGE }).current(version),
    turn: inTurn(),
    versions: modelVersionStore(dynamo, env.RECOMMEND_TABLE),
    policies: policyStore(dynamo, env.PROFILE_TABLE),
    openLake: (fromDay: string | undefined) => openLake({ s3, bucket: env.LAKE_BUCKET, directory, athena, fromDay }),
  };
}

/**
 * Learns the shop's model anew from what is in the lake, and lets it serve unless it is worse than the one that does. The same data gives the same model, so
 * to run twice changes nothing; of two runs at once one publishes.
 */
export const handler = scheduleHandler(open, (dependencies, context) =>
  // Two at once in one process would share the files of the lake, and all of its memory.
  dependencies.turn('training', () => train(dependencies, context)),
);

async function train(dependencies: ReturnType<typeof open>, { nowMs, log }: ScheduleContext): Promise<TrainingOutcome> {
  const { versions, servingModel, policies, shop } = dependencies;
  const pointer = await versions.serving();
  const [serving, all] = await Promise.all([servingModel(pointer?.version), policies.load()]);
  const policy = latestPolicy(all).recommendations;
  const read = await readShop({ ...dependencies, nowMs, policy, serving });
  const outcome = await publishModel(read, { ...dependencies, nowMs, policy, serving, shop, pointer });
  const { counts, figures, ...told } = outcome;
  log.info('model_trained', { ...told, ...counts, ...figures });
  return outcome;
}
