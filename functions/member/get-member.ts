import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { memberView } from '../../shared/domain/member/member-view.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { memberAnswer } from './answers.ts';
import type { MemberStores } from './stores.ts';

export const getMember = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}',
  summary: 'All that the shop knows of a member: tier, points, lifetime figures, preferences, consents.',
  access: { kind: 'member', scopes: ['members:read'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  answers: { 200: { description: 'The member.', schema: memberAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path, nowMs }, stores: MemberStores) {
    const [{ account, registration, person }, policies] = await Promise.all([
      stores.members.load(path.id, ['account', 'registration', 'person'], false),
      stores.policies.load(),
    ]);
    if (account === undefined && registration === undefined && person === undefined) {
      throw new Problem('not_found', 'The shop knows no member of this id.');
    }
    const records = { account: account?.account, registration, person };
    return { status: 200, body: memberView(path.id, records, presentMs(policies, nowMs), policies) };
  },
});
