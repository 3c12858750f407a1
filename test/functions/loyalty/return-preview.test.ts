import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { previewAnswer } from '../../../functions/loyalty/command-answers.ts';
import { routes } from '../../../functions/loyalty/routes.ts';
import type { ProfileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { canonicalJson } from '../../../shared/domain/intake/content-hash.ts';
import { balanceOf } from '../../../shared/domain/loyalty/decide-redemption.ts';
import { isEntry } from '../../../shared/domain/loyalty/entries.ts';
import { accountAt } from '../../../shared/domain/loyalty/fold.ts';
import { type LedgerLine, lineOf } from '../../../shared/domain/loyalty/ledger.ts';
import { orderEffect } from '../../../shared/domain/loyalty/order-effect.ts';
import type { OrderRecord } from '../../../shared/domain/loyalty/order-facts.ts';
import { tierSpend } from '../../../shared/domain/loyalty/tiers.ts';
import { always, type Policies, policyAt } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { inTurn } from '../../../shared/runtime/in-turn.ts';
import { book } from '../../support/book.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { allPages, memoryProfileStore } from '../../support/memory-profile-store.ts';
import { memoryWords } from '../../support/memory-words.ts';
import { policiesInTime, shopHistory } from '../../support/order-histories.ts';
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

async function ask(
  profile: ProfileStore,
  orderId: string,
  pieces: Record<string, number>,
  policies: Policies = always(currentPolicy),
) {
  const words = memoryWords();
  const stores = {
    profile,
    words,
    policies: { load: async () => policies },
    turn: inTurn(),
    write: lineCollector().write,
  };
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

  it('meets no return that has come, whatever its id', async () => {
    const profile = memoryProfileStore();
    await book(profile, [order, returned('2026-01-07', { 1: 1 }, { returnId: 'preview-of-2', id: 'preview-of-2' })]);
    expect((await ask(profile, 'ord-1', { 1: 1 })).status).toBe(200);
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

type Told = {
  code?: string;
  memberId?: string;
  returned: { net: number; points: number; arithmetic: string };
  entries?: LedgerLine[];
  balance?: { after: unknown };
  tier?: { after: string; spendAfter: number };
};

/** What a line says beside the ids that a preview cannot know. */
const saidOf = ({ kind, points, state, availableAt, expiresAt, rule }: LedgerLine) => {
  return { kind, points, state, availableAt, expiresAt, rule };
};

it('what a preview says is what the return then does, over random histories under policies in time', async () => {
  const said = { members: 0, guests: 0, refused: 0 };
  const instants = ['2026-07-01T00:00:00.000Z', '2026-11-15T12:00:00.000Z', '2027-06-01T00:00:00.000Z'];
  const question = fc.record({
    now: fc.constantFrom(...instants),
    which: fc.nat(30),
    quantity: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      shopHistory({ maxOrders: 5, causes: true }),
      policiesInTime,
      question,
      async (history, all, asked) => {
        const { now, which, quantity } = asked;
        // What is dated ahead of the clock would come between the preview and the return.
        const known = history.filter(({ time }) => time < now);
        const inForce = all.filter(({ fromMs }) => fromMs <= at(now)) as unknown as Policies;
        const around = { policies: inForce, nowMs: at(now) };
        setClock(() => at(now));
        const profile = memoryProfileStore();
        await book(profile, known, around);
        const orders = [...profile.orders.keys()];
        const orderId = orders[which % orders.length];
        if (orderId === undefined) return;
        const counted = new Map([...profile.accounts].map(([id, { journal }]) => [id, journal.count]));

        const { status, body } = await ask(profile, orderId, { 1: quantity }, inForce);
        const told = body as Told;
        const back = { orderId, returnId: 'after-preview', id: 'after-preview' };
        await book(profile, [returned(now, { 1: quantity }, back)], around);

        const effect = orderEffect(profile.orders.get(orderId) as OrderRecord);
        if (status !== 200) {
          const refused = effect.refused.find(({ eventId }) => eventId === back.id);
          expect(told.code).toBe(effect.waiting ? 'not_found' : refused?.code);
          said.refused += 1;
          return;
        }
        const posting = effect.postings.find(({ eventId }) => eventId === back.id);
        expect(posting).toMatchObject({
          returned: told.returned.net,
          points: told.returned.points,
          arithmetic: told.returned.arithmetic,
        });
        if (told.memberId === undefined) {
          said.guests += 1;
          return;
        }
        said.members += 1;
        const record = profile.accounts.get(told.memberId);
        if (record === undefined) throw new Error('no account');
        const { account } = accountAt(record.account, at(now), inForce);
        expect(balanceOf(account)).toEqual(told.balance?.after);
        const spendAfter = tierSpend(account, at(now), policyAt(inForce, at(now)));
        expect({ after: account.tier.id, spendAfter }).toEqual({
          after: told.tier?.after,
          spendAfter: told.tier?.spendAfter,
        });
        const written = [...allPages(profile.pages, told.memberId), ...record.journal.tail]
          .filter(isEntry)
          .filter(({ eventId, seq }) => eventId === back.id && seq > (counted.get(record.memberId) ?? 0))
          .map(lineOf);
        expect(told.entries?.map(saidOf)).toEqual(JSON.parse(JSON.stringify(written.map(saidOf))));
      },
    ),
    { numRuns: 150 },
  );
  // A run that only ever refused would say nothing.
  expect(Math.min(said.members, said.refused)).toBeGreaterThan(0);
});
