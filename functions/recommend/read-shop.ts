import type { LakeEngine } from '../../shared/adapters/lake/lake-engine.ts';
import { readTrainingData } from '../../shared/adapters/lake/training-data.ts';
import type { Model } from '../../shared/domain/recommend/model.ts';
import type { TrainingData } from '../../shared/domain/recommend/train-model.ts';
import type { RecommendationPolicy } from '../../shared/policy/recommend-schema.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Around = {
  openLake(fromDay: string | undefined): Promise<LakeEngine>;
  policy: RecommendationPolicy;
  serving: Model | undefined;
  nowMs: number;
};

/** What the lake holds of the policy's window. What a model knows of products already need not be read again: then the window's days are enough. */
export async function readShop({ openLake, policy, serving, nowMs }: Around): Promise<TrainingData | undefined> {
  const { windowDays } = policy.training;
  const fromDay = new Date(nowMs - windowDays * DAY_MS).toISOString().slice(0, 10);
  const lake = await openLake(serving === undefined ? undefined : fromDay);
  try {
    return await readTrainingData(lake, {
      nowMs,
      windowDays,
      gapMs: policy.sessionGapMinutes * MINUTE_MS,
      known: serving?.products.filter((facts) => facts !== undefined) ?? [],
    });
  } finally {
    await lake.close();
  }
}
