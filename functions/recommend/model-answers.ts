import * as z from 'zod/mini';
import type { KeptModel } from '../../shared/adapters/dynamo/model-version-store.ts';
import { isModelVersion } from '../../shared/domain/recommend/model-format.ts';
import { listAnswerSchema } from '../../shared/runtime/list.ts';

const count = z.int();

const modelAnswer = z.object({
  version: z.string(),
  /** `published` may serve; `rejected` was worse than the one that served, and has no file; `leaving` is about to lose its own. */
  state: z.enum(['published', 'rejected', 'leaving']),
  serving: z.boolean(),
  publishedAt: z.string(),
  /** Of its file. */
  bytes: count,
  counts: z.object({ items: count, sessions: count, interactions: count, purchases: count }),
  /** What it reached on the days that were held out. */
  figures: z.record(z.string(), z.number()),
  /** Why it was not published. */
  reason: z.optional(z.string()),
});

/** `GET /v1/models`, newest first: all of them, as no more are kept than the policy says. */
export const modelsAnswer = listAnswerSchema(modelAnswer);

/** `POST /v1/models/rollback` */
export const rollbackBody = z.strictObject({
  version: z.string().check(z.refine(isModelVersion, 'A version such as 20260105T100000-3f2a9c01.')),
});

export const rollbackAnswer = z.object({
  /** The one that serves now. */
  version: z.string(),
  since: z.string(),
  /** The one that served before. */
  previous: z.optional(z.string()),
});

export function answerModel(model: KeptModel): z.output<typeof modelAnswer> {
  const { version, state, serving, publishedAt, bytes, counts, figures, reason } = model;
  return { version, state, serving, publishedAt, bytes, counts, figures: { ...figures }, ...(reason && { reason }) };
}
