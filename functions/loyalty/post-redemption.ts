import * as z from 'zod/mini';
import { memberIdSchema, orderIdSchema, redemptionIdSchema } from '../../events/ids.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { redemptionAnswer } from './command-answers.ts';
import { redeem } from './redeem.ts';
import type { LoyaltyStores } from './stores.ts';

const POINTS_LIMIT = 1_000_000_000;

export const postRedemption = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/redemptions',
  summary: 'Spends points, those that expire first before the others; with an order, as money off that order.',
  access: { kind: 'member', scopes: ['members:write'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  bodySchema: z.strictObject({
    redemptionId: redemptionIdSchema,
    points: z.int().check(z.gte(1), z.lte(POINTS_LIMIT)),
    orderId: z.optional(orderIdSchema),
  }),
  answers: {
    201: { description: 'The receipt; the same command again has the same answer.', schema: redemptionAnswer },
  },
  problems: [
    'invalid_request',
    'not_found',
    'id_reused',
    'order_of_another',
    'order_cancelled',
    'redemption_too_large',
    'insufficient_points',
    'order_share_exceeded',
    'unavailable',
  ],
  async handle({ path, body, nowMs }, { profile, policies, turn }: LoyaltyStores) {
    const known = await policies.load();
    const command = { memberId: path.id, ...body };
    // Side by side the redemptions of one member would only run into each other's conditional writes.
    const outcome = await turn(path.id, () =>
      redeem(command, { profile, policies: known, nowMs: presentMs(known, nowMs) }),
    );
    if (outcome.kind === 'unknown_member') throw new Problem('not_found', 'The shop knows no member of this id.');
    if (outcome.kind === 'refused') throw new Problem(outcome.code, outcome.detail);
    return { status: 201, body: outcome.receipt };
  },
});
