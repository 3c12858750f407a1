import type { ModelVersionStore, Serving } from '../../shared/adapters/dynamo/model-version-store.ts';
import type { ModelStore } from '../../shared/adapters/s3/model-store.ts';
import type { Model } from '../../shared/domain/recommend/model.ts';
import { encodeModel } from '../../shared/domain/recommend/model-format.ts';
import { decideTraining } from '../../shared/domain/recommend/train-decision.ts';
import type { TrainingData } from '../../shared/domain/recommend/train-model.ts';
import type { RecommendationPolicy } from '../../shared/policy/recommend-schema.ts';

type Around = {
  store: ModelStore;
  versions: ModelVersionStore;
  policy: RecommendationPolicy;
  serving: Model | undefined;
  pointer: Serving | undefined;
  shop: string;
  nowMs: number;
};

/** What came of a training: which model serves now, and why. */
export type TrainingOutcome = {
  outcome: 'published' | 'kept';
  reason: 'first' | 'not_worse' | 'nothing_to_compare' | 'worse' | 'unchanged' | 'nothing_to_learn' | 'overtaken';
  version?: string | undefined;
  bytes?: number;
  counts?: Model['header']['counts'];
  figures?: Model['header']['figures'];
};

/** Trains on what was read, and lets the model serve where it should. The file comes before whoever points to it. */
export async function publishModel(data: TrainingData | undefined, around: Around): Promise<TrainingOutcome> {
  const { store, versions, policy, serving, pointer, nowMs } = around;
  if (data === undefined) return { outcome: 'kept', reason: 'nothing_to_learn', version: pointer?.version };
  const decision = decideTraining(data, { shop: around.shop, serving, policy });
  const { kind, model, reason } = decision;
  if (model === undefined) return { outcome: 'kept', reason, version: pointer?.version };
  const { version, counts } = model.header;
  const { figures } = decision;
  const bytes = encodeModel(model);
  const record = { version, publishedAt: new Date(nowMs).toISOString(), bytes: bytes.byteLength, counts, figures };
  const told = { version, bytes: bytes.byteLength, counts, figures };
  if (kind === 'keep') {
    await versions.reject(record, reason);
    return { outcome: 'kept', reason, ...told };
  }
  await store.put(version, bytes);
  if ((await versions.publish(record, pointer?.version)) === 'conflict') {
    // With a record its file goes when it is among the oldest; without one nobody would know of it.
    await versions.reject(record, 'overtaken');
    return { outcome: 'kept', reason: 'overtaken', ...told };
  }
  const { keptVersions } = policy.training;
  await versions.prune({ keptVersions, removeFile: (gone) => store.remove(gone) });
  return { outcome: 'published', reason, ...told };
}
