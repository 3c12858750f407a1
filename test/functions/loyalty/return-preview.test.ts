import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { previewAnswer } from '../../../functions/loyalty/command-answers.ts';
import { routes } from '../../../functions/loyalty/routes.ts';
import type { ProfileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { canonicalJson } from '../../../shared/domain/intake/content-hash.ts';
import { balanceOf } from '../../../shared/domain/loyalty/decide-redemption.ts';
import { accountAt } from '../../../shared/domain/loyalty/fold.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { inTurn } from '../../../shared/runtime/in-turn.ts';
import { book } from '../../support/book.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { memoryProfileStore } from '../../support/memory-profile-store.ts';
import { shopHistory } from '../../support/order-histories.ts';
import { scanTable } from '../../support/profile-table.ts';
import { at, cancelled, completed, guestPlaced, placed, returned } from '../../support/shop-story.ts';

let dynoxide: Dynoxide;
let table: string;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));
afterAll(() => dynoxide.stop());

const policies = always(currentPolicy);

async function ask(profile: ProfileStore, orderId: string, pieces: Record<string, number>) {
  const stores = { profile, policies: { load: async () => policies }, turn: inTurn(), write: lineCollector().write };
  const lines = Object.entries(pieces).map(([lineId, quantity]) => ({ lineId, quantity }));
  const event = httpEvent('POST /v1/orders/{id}/return-preview', {
    path: { id: orderId },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ lines }),
    claims: { sub: 'storefront', scope: 'members:read' },
  });
  const answer = await httpHandler(routes, () => stores)(event, lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

describe('POST /v1/orders/{id}/return-preview', () => {
  const order = placed('2026-01-05', { lines: [{ quantity: 3, unitPrice: 40_000 }, { unitPrice: 999 }] });

  it('is what would go, where it would leave the member, and why; nothing is written', async () => {
    const profile = profileStore(dynoxide.client, table);
    await book(profile, [order, completed('2026-01-06')]);
    const before = canonicalJson(await scanTable(dynoxide.endpoint, table));
    const { status, body } = await ask(profile, 'ord-1', { 1: 1 });
    expect(status).toBe(200);
    expect(z.parse(previewAnswer, body)).toEqual(body);
    expect(body).toMatchObject({
      orderId: 'ord-1',
      memberId: 'ann',
      returned: { net: 40_000, points: 399, arithmetic: 'line 1: floor(1199 x 1 / 3) = 399' },
      balance: { before: { available: 1_209 }, after: { available: 810, pending: 0, debt: 0 } },
      tier: { before: 'silver', after: 'basic', spendAfter: 80_999 },
      entries: [{ kind: 'reverse', points: -399, state: 'available' }],
    });
    expect(canonicalJson(await scanTable(dynoxide.endpoint, table))).toBe(before);
  });

  it('of a guest is what would go back, without an account', async () => {
    const profile = memoryProfileStore();
    await book(profile, [guestPlaced('2026-01-05', { total: 5_000 })]);
    const { body } = await ask(profile, 'ord-1', { 1: 1 });
    expect(body).toEqual({
      orderId: 'ord-1',
      returned: { net: 5_000, points: 50, arithmetic: 'line 1: floor(50 x 1 / 1) = 50' },
    });
  });

  it.each([
    { what: 'an order nobody knows', told: [], orderId: 'ord-9', pieces: { 1: 1 }, status: 404, code: 'not_found' },
    {
      what: 'an order known by its delivery alone',
      told: [completed('2026-01-06')],
      pieces: { 1: 1 },
      status: 404,
      code: 'not_found',
    },
    { what: 'a line it does not have', told: [order], pieces: { 9: 1 }, status: 409, code: 'unknown_line' },
    {
      what: 'more than is left of a line',
      told: [order, returned('2026-01-07', { 1: 2 })],
      pieces: { 1: 2 },
      status: 409,
      code: 'return_exceeds_purchase',
    },
    {
      what: 'an order that was cancelled',
      told: [order, cancelled('2026-01-06')],
      pieces: { 1: 1 },
      status: 409,
      code: 'order_cancelled',
    },
    { what: 'no pieces', told: [order], pieces: { 1: 0 }, status: 400, code: 'invalid_request' },
  ])('$status $code for $what', async ({ told, orderId = 'ord-1', pieces, status, code }) => {
    const profile = memoryProfileStore();
    await book(profile, told);
    expect(await ask(profile, orderId, pieces)).toMatchObject({ status, body: { code } });
  });
});

it('what a preview says is what the return then does, over random histories', async () => {
  const NOW = '2027-06-01T00:00:00.000Z';
  await fc.assert(
    fc.asyncProperty(shopHistory({ maxOrders: 5 }), fc.nat(30), async (history, number) => {
      setClock(() => at(NOW));
      const profile = memoryProfileStore();
      // What is dated ahead of the clock would come between the preview and the return.
      await book(
        profile,
        history.filter(({ time }) => time < NOW),
      );
      const orders = [...profile.orders.values()];
      const quantity = 1 + (number % 3);
      for (const { orderId } of orders.slice(number % orders.length, (number % orders.length) + 1)) {
        const { status, body } = await ask(profile, orderId, { 1: quantity });
        const back = returned(NOW, { 1: quantity }, { orderId, returnId: 'after-preview', id: 'after-preview' });
        await book(profile, [back]);
        const told = body as { memberId?: string; balance?: { after: unknown }; tier?: { after: string } };
        if (status !== 200 || told.memberId === undefined) continue;
        const record = profile.accounts.get(told.memberId);
        if (record === undefined) throw new Error('no account');
        const { account } = accountAt(record.account, at(NOW), policies);
        expect(balanceOf(account)).toEqual(told.balance?.after);
        expect(account.tier.id).toBe(told.tier?.after);
      }
    }),
    { numRuns: 100 },
  );
});
