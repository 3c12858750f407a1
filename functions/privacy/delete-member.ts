import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import type { KeptReceipt } from '../../shared/adapters/dynamo/erasure-store.ts';
import { nowMs as clockMs } from '../../shared/runtime/clock.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { beginErasure, goOn } from './run-erasure.ts';
import type { ErasureStores } from './stores.ts';

/** The API waits for no answer longer than 30 s; what is left then is done by the schedule. */
const TIME_MS = 15_000;

/** The receipt as it is shown. */
export function shown({ version: _, ...receipt }: KeptReceipt) {
  return receipt;
}

export const deleteMember = defineRoute({
  method: 'DELETE',
  path: '/v1/members/{id}',
  summary:
    'Erases a member: the key is destroyed first of all, then everything removed that says who they are. What was cut off goes on when asked again, and by itself.',
  access: { kind: 'member', scopes: ['admin'], memberParameter: 'id' },
  admitsErased: true,
  pathSchema: z.object({ id: memberIdSchema }),
  answers: {
    200: { description: 'The receipt: what was done in each store.', schema: receiptAnswer },
    202: { description: 'The receipt of an erasure that is still going on by itself.', schema: receiptAnswer },
  },
  problems: ['invalid_request', 'not_found', 'member_erased', 'unavailable'],
  async handle({ path: { id }, caller, nowMs }, stores: ErasureStores) {
    const startedMs = clockMs();
    const isTime = () => clockMs() - startedMs < TIME_MS;
    const by =
      caller.kind === 'service' ? { kind: 'service' as const, subject: caller.subject } : { kind: 'member' as const };
    const known = await stores.erasures.load(id);
    if (known?.state === 'done') {
      throw new Problem('member_erased', 'The member has been erased before.', [], { receipt: shown(known) });
    }
    const receipt = known ?? (await beginErasure(id, { receiptId: randomUUID(), by, nowMs }, stores));
    if (receipt === undefined) throw new Problem('not_found', 'The shop knows no member of this id.');
    const after = await goOn(id, receipt, { nowMs, isTime }, stores);
    return { status: after.state === 'done' ? 200 : 202, body: shown(after) };
  },
});
