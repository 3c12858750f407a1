import * as z from 'zod/mini';
import { memberIdSchema, redemptionIdSchema } from '../../events/ids.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { releaseAnswer } from './command-answers.ts';
import { release } from './redeem.ts';
import type { LoyaltyStores } from './stores.ts';

export const postRedemptionRelease = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/redemptions/{redemptionId}/release',
  summary: 'Gives the points of a redemption back whose order was never placed, such as a checkout that was abandoned.',
  access: { kind: 'service', scopes: ['members:write'] },
  pathSchema: z.object({ id: memberIdSchema, redemptionId: redemptionIdSchema }),
  answers: { 200: { description: 'What was given back; the same again has the same answer.', schema: releaseAnswer } },
  problems: ['invalid_request', 'not_found', 'redemption_in_use', 'unavailable'],
  async handle({ path, nowMs }, { profile, policies: source, turn }: LoyaltyStores) {
    const { id: memberId, redemptionId } = path;
    const policies = await source.load();
    const around = { profile, policies, nowMs: presentMs(policies, nowMs) };
    const outcome = await turn(memberId, () => release({ memberId, redemptionId }, around));
    if (outcome === undefined || outcome.kind === 'unknown_member') {
      throw new Problem('not_found', 'The member has no redemption of this id.');
    }
    if (outcome.kind === 'refused') throw new Problem(outcome.code, outcome.detail);
    return { status: 200, body: outcome.receipt };
  },
});
