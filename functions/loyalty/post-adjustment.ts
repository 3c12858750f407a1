import * as z from 'zod/mini';
import { adjustmentIdSchema, memberIdSchema } from '../../events/ids.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { adjust } from './adjust.ts';
import { adjustmentAnswer } from './command-answers.ts';
import type { LoyaltyStores } from './stores.ts';

const POINTS_LIMIT = 1_000_000;
const REASON_LIMIT = 300;

export const postAdjustment = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/adjustments',
  summary: 'Points given (more than 0) or taken by a person at the desk, with the reason the member will read.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: memberIdSchema }),
  bodySchema: z.strictObject({
    adjustmentId: adjustmentIdSchema,
    points: z.int().check(
      z.gte(-POINTS_LIMIT),
      z.lte(POINTS_LIMIT),
      z.refine((points) => points !== 0, 'An adjustment gives or takes something.'),
    ),
    reason: z.string().check(z.minLength(1), z.maxLength(REASON_LIMIT)),
  }),
  answers: {
    201: { description: 'The receipt; the same command again has the same answer.', schema: adjustmentAnswer },
  },
  problems: ['invalid_request', 'not_found', 'id_reused', 'insufficient_points', 'unavailable'],
  async handle({ path, body, caller, nowMs }, { profile, words, policies: source, turn }: LoyaltyStores) {
    const policies = await source.load();
    const around = { profile, words, policies, nowMs: presentMs(policies, nowMs) };
    const by = (caller.kind === 'service' ? caller.subject : undefined) ?? 'desk';
    const outcome = await turn(path.id, () => adjust({ memberId: path.id, by, ...body }, around));
    if (outcome.kind === 'unknown_member') throw new Problem('not_found', 'The shop knows no member of this id.');
    if (outcome.kind === 'refused') throw new Problem(outcome.code, outcome.detail);
    return { status: 201, body: { ...outcome.receipt, reason: body.reason } };
  },
});
