import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { knownSinceMs } from '../../shared/domain/member/registration.ts';
import { reviewerView } from '../../shared/domain/review/reviewer-view.ts';
import { latestPolicy, presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { reviewerAnswer } from './reviewer-answer.ts';
import type { ReviewStores } from './stores.ts';

export const getReviewer = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/reviewer',
  summary: "A member's credit as a reviewer: what it comes of, what it gives, and what was lost for what.",
  access: { kind: 'member', scopes: ['members:read', 'reputation:read', 'desk'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  answers: { 200: { description: 'The credit.', schema: reviewerAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path, nowMs }, { reviewers, members, policies: source }: ReviewStores) {
    const [reviewer, { account, registration }, policies] = await Promise.all([
      reviewers.load(path.id),
      members.load(path.id, ['account', 'registration'], false),
      source.load(),
    ]);
    if (reviewer === undefined && account === undefined && registration === undefined) {
      throw new Problem('not_found', 'The shop knows no member of this id.');
    }
    const about = { nowMs: presentMs(policies, nowMs), policy: latestPolicy(policies) };
    const rows = reviewer?.rows ?? [];
    return { status: 200, body: reviewerView(path.id, rows, { ...about, registeredAtMs: knownSinceMs(registration) }) };
  },
});
