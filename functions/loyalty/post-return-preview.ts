import * as z from 'zod/mini';
import { lineIdSchema, orderIdSchema } from '../../events/ids.ts';
import { ownLineIds } from '../../events/order/order-line.ts';
import { LIMITS } from '../../events/values.ts';
import { previewReturn } from '../../shared/domain/loyalty/return-preview.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { isProblemCode, Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { previewAnswer } from './command-answers.ts';
import { decideOnOrder } from './decide-on-order.ts';
import { previewedReturn } from './previewed-return.ts';
import type { LoyaltyStores } from './stores.ts';

const line = z.strictObject({ lineId: lineIdSchema, quantity: z.int().check(z.gte(1), z.lte(LIMITS.quantity)) });

export const postReturnPreview = defineRoute({
  method: 'POST',
  path: '/v1/orders/{id}/return-preview',
  summary:
    'What a return would take back and where it would leave the member, by the code that books it. Writes nothing.',
  access: { kind: 'service', scopes: ['members:read'] },
  pathSchema: z.object({ id: orderIdSchema }),
  bodySchema: z
    .strictObject({ lines: z.array(line).check(z.minLength(1), z.maxLength(LIMITS.linesPerOrder)) })
    .check(ownLineIds),
  answers: { 200: { description: 'What would happen.', schema: previewAnswer } },
  problems: [
    'invalid_request',
    'not_found',
    'unknown_line',
    'return_exceeds_purchase',
    'order_cancelled',
    'too_many_facts',
  ],
  async handle({ path, body, nowMs }, { profile, policies: source }: LoyaltyStores) {
    const [policies, order] = await Promise.all([source.load(), profile.loadOrder(path.id)]);
    if (order === undefined) throw new Problem('not_found', 'The shop knows no order of this id.');
    const around = { profile, policies, nowMs: presentMs(policies, nowMs) };
    const fact = previewedReturn(order, body.lines, around.nowMs);
    const { known, decision } = await decideOnOrder(path.id, fact, around, true);
    const owner = order.bookedTo?.kind === 'member' ? order.bookedTo.memberId : undefined;
    const before = owner === undefined ? undefined : known.accounts.get(owner);
    const preview = previewReturn(decision, fact, before, policies);
    if (preview.kind === 'preview') {
      const { kind: _, ...answer } = preview;
      return { status: 200, body: { orderId: path.id, ...answer } };
    }
    if (isProblemCode(preview.code)) throw new Problem(preview.code, preview.detail);
    throw new Error(`A return was refused for ${preview.code}, which no caller is to see.`);
  },
});
