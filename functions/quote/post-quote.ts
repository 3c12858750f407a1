import * as z from 'zod/mini';
import { couponIdSchema, memberIdSchema } from '../../events/ids.ts';
import { discountWithinLine, netWithinLimit, orderLineFields, ownLineIds } from '../../events/order/order-line.ts';
import { currencySchema, LIMITS } from '../../events/values.ts';
import { usableCoupon } from '../../shared/domain/coupon/decide-coupon.ts';
import { newAccount } from '../../shared/domain/loyalty/account.ts';
import { type AskedCoupon, quote } from '../../shared/domain/quote/quote.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { quoteAnswer } from './answers.ts';
import type { QuoteStores } from './stores.ts';

const couponIds = z.array(couponIdSchema).check(
  z.maxLength(LIMITS.couponsPerOrder),
  z.refine((ids) => new Set(ids).size === ids.length, 'A coupon is named twice.'),
);

export const postQuote = defineRoute({
  method: 'POST',
  path: '/v1/quotes',
  summary:
    'What a basket costs a member or a guest, what it earns and what points may pay, each line with its reasons.',
  access: { kind: 'member', scopes: ['members:read'], memberField: 'memberId' },
  bodySchema: z
    .strictObject({
      memberId: z.optional(memberIdSchema),
      currency: currencySchema,
      lines: z
        .array(z.strictObject(orderLineFields).check(discountWithinLine))
        .check(z.minLength(1), z.maxLength(LIMITS.linesPerOrder)),
      couponIds: z.optional(couponIds),
    })
    .check(ownLineIds, netWithinLimit),
  answers: { 200: { description: 'The quote; nothing is kept of it.', schema: quoteAnswer } },
  problems: ['invalid_request', 'unknown_currency', 'not_found'],
  async handle({ body, nowMs }, { members, coupons, policies: source }: QuoteStores) {
    const { memberId, couponIds: named = [] } = body;
    const [policies, known, found] = await Promise.all([
      source.load(),
      memberId === undefined ? undefined : members.load(memberId, ['account', 'registration'], false),
      coupons.loadCoupons(named),
    ]);
    if (known !== undefined && Object.keys(known).length === 0) {
      throw new Problem('not_found', 'The shop knows no member of this id.');
    }
    const atMs = presentMs(policies, nowMs);
    const account = known && (known.account?.account ?? newAccount(policies));
    const asked = named.map((couponId): AskedCoupon => {
      const usable = usableCoupon(found.get(couponId), memberId ?? '', nowMs);
      if (usable.kind === 'refused') return { couponId, ...usable };
      return { couponId, kind: 'usable', definition: usable.coupon.issued.definition };
    });
    const answer = quote({ ...body, account, coupons: asked, nowMs: atMs }, policies);
    if (answer === undefined) throw new Problem('unknown_currency', 'The policy has no rate for this currency.');
    return { status: 200, body: answer };
  },
});
