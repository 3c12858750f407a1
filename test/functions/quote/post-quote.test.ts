import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { issueCoupon } from '../../../functions/coupon/issue-coupon.ts';
import { quoteAnswer } from '../../../functions/quote/answers.ts';
import { routes } from '../../../functions/quote/routes.ts';
import { couponStore } from '../../../shared/adapters/dynamo/coupon-store.ts';
import { openMemberStore } from '../../../shared/adapters/dynamo/member-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { newCoupon } from '../../../shared/domain/coupon/coupon.ts';
import { decideHold } from '../../../shared/domain/coupon/decide-coupon.ts';
import { canonicalJson } from '../../../shared/domain/intake/content-hash.ts';
import { always } from '../../../shared/policy/policies.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { book } from '../../support/book.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { scanTable } from '../../support/profile-table.ts';
import { at, completed, placed, policyWith } from '../../support/shop-story.ts';

const policies = always(
  policyWith((it) => {
    it.coupons.push({ id: 'spring', kind: 'amount', amount: 500, minimum: 1_000, validDays: 5, perMember: 2 } as never);
  }),
);

let dynoxide: Dynoxide;
let table: string;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
  const profile = profileStore(dynoxide.client, table);
  await book(profile, [placed('2026-01-05', { total: 100_000 }), completed('2026-01-06')]);
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));
afterAll(() => dynoxide.stop());

const coupons = () => couponStore(dynoxide.client, table);
const SHOP = { sub: 'storefront', scope: 'members:read' };
const lines = [{ lineId: '1', productId: 'cup', quantity: 2, unitPrice: 1_000 }];

async function ask(body: unknown, claims: Record<string, unknown> = SHOP) {
  const handler = httpHandler(routes, () => ({
    members: openMemberStore(dynoxide.client, table),
    coupons: coupons(),
    policies: { load: async () => policies },
    write: lineCollector().write,
  }));
  const headers = { 'content-type': 'application/json' };
  const answer = await handler(
    httpEvent('POST /v1/quotes', { body: JSON.stringify(body), headers, claims }),
    lambdaContext(),
  );
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

describe('POST /v1/quotes', () => {
  it('is the quote of a member, with the coupons of that member, as its schema says, and writes nothing', async () => {
    const command = { couponId: 'c-1', memberId: 'ann', definitionId: 'spring' };
    await issueCoupon(command, { coupons: coupons(), policies, nowMs: at('2026-01-31') });
    const before = canonicalJson(await scanTable(dynoxide.endpoint, table));
    const { status, body } = await ask({ memberId: 'ann', currency: 'EUR', lines, couponIds: ['c-1', 'c-9'] });
    expect(status).toBe(200);
    expect(z.parse(quoteAnswer, body)).toEqual(body);
    expect(body).toMatchObject({
      total: { price: 2_000, memberDiscount: 100, couponDiscount: 500, net: 1_400 },
      pointsToEarn: 14,
      redeemable: { points: 700, amount: 700 },
      coupons: [
        { couponId: 'c-1', applies: true, discount: 500 },
        { couponId: 'c-9', applies: false, code: 'unknown_coupon' },
      ],
    });
    expect(canonicalJson(await scanTable(dynoxide.endpoint, table))).toBe(before);
    setClock(() => at('2026-02-20'));
    const later = await ask({ memberId: 'ann', currency: 'EUR', lines, couponIds: ['c-1'] });
    expect(later.body).toMatchObject({ coupons: [{ applies: false, code: 'coupon_expired' }] });
  });

  it('takes nothing off for a coupon that a checkout holds, or that is not of who asks, and is a quote all the same', async () => {
    const command = { couponId: 'c-1', memberId: 'ann', definitionId: 'spring' };
    await issueCoupon(command, { coupons: coupons(), policies, nowMs: at('2026-01-31') });
    const question = { currency: 'EUR', lines, couponIds: ['c-1'] };
    const none = { applies: false, code: 'unknown_coupon' };
    expect((await ask(question)).body).toMatchObject({ total: { net: 2_000 }, coupons: [none] });
    await book(profileStore(dynoxide.client, table), [placed('2026-01-07', { orderId: 'ord-2', memberId: 'bob' })]);
    const bobs = await ask({ ...question, memberId: 'bob' });
    expect(bobs).toMatchObject({ status: 200, body: { total: { couponDiscount: 0 }, coupons: [none] } });
    const issued = (await coupons().loadCoupons(['c-1'])).get('c-1') ?? newCoupon('c-1');
    const decision = decideHold(issued, { memberId: 'ann', orderId: 'ord-3' }, at('2026-02-01'));
    if (decision.kind !== 'hold') throw new Error('no hold');
    await coupons().saveCoupon({ coupon: decision.coupon, unitBack: false });
    const held = await ask({ ...question, memberId: 'ann' });
    expect(held).toMatchObject({ status: 200, body: { coupons: [{ applies: false, code: 'coupon_in_use' }] } });
  });

  it('is for members themselves too, of nobody else', async () => {
    const body = { memberId: 'ann', currency: 'EUR', lines };
    expect((await ask(body, { sub: 'ann', scope: 'member' })).status).toBe(200);
    expect((await ask(body, { sub: 'bob', scope: 'member' })).status).toBe(403);
    expect((await ask({ currency: 'EUR', lines }, { sub: 'bob', scope: 'member' })).status).toBe(403);
  });

  it.each([
    {
      what: 'a currency the policy does not know',
      body: { currency: 'XAU', lines },
      status: 400,
      code: 'unknown_currency',
    },
    {
      what: 'a member nobody knows',
      body: { memberId: 'eve', currency: 'EUR', lines },
      status: 404,
      code: 'not_found',
    },
    { what: 'no lines', body: { currency: 'EUR', lines: [] }, status: 400, code: 'invalid_request' },
    {
      what: 'two lines of one id',
      body: { currency: 'EUR', lines: [...lines, ...lines] },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'a discount above the line',
      body: { currency: 'EUR', lines: [{ ...lines[0], discount: 2_001 }] },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'a field that there is none of',
      body: { currency: 'EUR', lines: [{ ...lines[0], price: 1 }] },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'a coupon named twice',
      body: { currency: 'EUR', lines, couponIds: ['c-1', 'c-1'] },
      status: 400,
      code: 'invalid_request',
    },
  ])('$status $code for $what', async ({ body, status, code }) => {
    expect(await ask(body)).toMatchObject({ status, body: { code } });
  });
});
