import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { isIssued } from '../../shared/domain/coupon/coupon.ts';
import { couponView } from '../../shared/domain/coupon/coupon-view.ts';
import { newWallet, walletSlice } from '../../shared/domain/coupon/wallet.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { couponsAnswer, couponsCursor } from './answers.ts';
import type { CouponStores } from './stores.ts';

export const getCoupons = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/coupons',
  summary: "A member's coupons, newest first: how each stands and, where it cannot be used, why.",
  access: { kind: 'member', scopes: ['members:read'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  querySchema: listQuerySchema,
  answers: { 200: { description: 'A page of them.', schema: couponsAnswer } },
  problems: ['invalid_request', 'invalid_cursor', 'not_found'],
  async handle({ path, query, nowMs }, { coupons }: CouponStores) {
    const cursor = decodeCursor(couponsCursor, query.cursor);
    const { wallet = newWallet(path.id), memberKnown } = await coupons.loadWallet(path.id);
    if (!memberKnown) throw new Problem('not_found', 'The shop knows no member of this id.');
    const slice = walletSlice(wallet, cursor?.below ?? wallet.count, query.limit);
    const couponIds = slice.pick(await coupons.loadWalletPages(path.id, slice.pages));
    const found = await coupons.loadCoupons(couponIds);
    const items = couponIds.flatMap((couponId) => {
      const coupon = found.get(couponId);
      return isIssued(coupon) ? [couponView(coupon, nowMs)] : [];
    });
    const nextCursor = slice.next === undefined ? {} : { nextCursor: encodeCursor({ below: slice.next }) };
    return { status: 200, body: { items, ...nextCursor } };
  },
});
