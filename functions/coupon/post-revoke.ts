import * as z from 'zod/mini';
import { couponIdSchema, memberIdSchema } from '../../events/ids.ts';
import { LIMITS } from '../../events/values.ts';
import type { WordsPlace, WordsStore } from '../../shared/adapters/vault/words.ts';
import { newCoupon } from '../../shared/domain/coupon/coupon.ts';
import { couponView } from '../../shared/domain/coupon/coupon-view.ts';
import { decideRevoke, wordsOfRevoke } from '../../shared/domain/coupon/decide-coupon.ts';
import { newWallet } from '../../shared/domain/coupon/wallet.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { couponAnswer } from './answers.ts';
import { accepted, decideAnew } from './refusals.ts';
import type { CouponStores } from './stores.ts';

export const postRevoke = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/coupons/{couponId}/revoke',
  summary: 'Takes a coupon back from a member: its unit returns to the pool and no longer counts for the cap.',
  access: { kind: 'service', scopes: ['members:write', 'desk'] },
  pathSchema: z.object({ id: memberIdSchema, couponId: couponIdSchema }),
  bodySchema: z.strictObject({ reason: z.string().check(z.minLength(1), z.maxLength(LIMITS.textLength)) }),
  answers: { 200: { description: 'The coupon, taken back.', schema: couponAnswer } },
  problems: ['invalid_request', 'unknown_coupon', 'id_reused', 'coupon_redeemed', 'coupon_expired'],
  async handle({ path, body, nowMs }, { coupons, words }: CouponStores) {
    const { id: memberId, couponId } = path;
    const place = { owner: `MEMBER#${memberId}`, eventId: wordsOfRevoke(couponId) };
    const { coupon } = await decideAnew(async () => {
      const known = await coupons.loadWithWallet(couponId, memberId);
      const { coupon = newCoupon(couponId), wallet = newWallet(memberId) } = known;
      const reason = coupon.ended?.kind === 'revoked' ? await reasonAt(place, words) : undefined;
      const decision = accepted(decideRevoke({ coupon, wallet, reason }, { memberId, ...body }, nowMs));
      if (decision.kind === 'changed') {
        await coupons.saveCoupon(decision, await words.beside([{ ...place, words: body }]));
      }
      return decision;
    });
    return { status: 200, body: couponView(coupon, nowMs) };
  },
});

async function reasonAt(place: WordsPlace, words: WordsStore): Promise<string | undefined> {
  const told = await words.load<{ reason: string }>([place], { consistent: true });
  return told.get(place.eventId)?.reason;
}
