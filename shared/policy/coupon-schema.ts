import * as z from 'zod/mini';
import { brandIdSchema } from '../../events/ids.ts';
import { categorySchema, instantSchema, LIMITS } from '../../events/values.ts';
import { factor, issue, name } from './policy-parts.ts';

const money = z.int().check(z.positive(), z.lte(LIMITS.orderNet));

const common = {
  id: name,
  /** The least net, in minor units of the base currency, of the lines it applies to. */
  minimum: z.optional(money),
  /** Only lines of these categories, and what lies below them, or of these brands; without either, all lines. */
  categories: z.optional(z.array(categorySchema).check(z.minLength(1), z.maxLength(50))),
  brands: z.optional(z.array(brandIdSchema).check(z.minLength(1), z.maxLength(50))),
  /** When units can be issued and used; left out, always. The end is not part of it. */
  from: z.optional(instantSchema),
  until: z.optional(instantSchema),
  /** How long a unit can be used after it was issued, within `until`. */
  validDays: z.optional(z.int().check(z.gte(1), z.lte(3_650))),
  /** How many units one member may be given, for ever or in a calendar year. */
  perMember: z.int().check(z.gte(1), z.lte(1_000)),
  perMemberPeriod: z.optional(z.enum(['ever', 'year'])),
  /** How many units there are in all; left out, no end of them. */
  budget: z.optional(z.int().check(z.gte(1), z.lte(1_000_000_000))),
};

const coupon = z
  .discriminatedUnion('kind', [
    /** So much off, in minor units of the base currency. */
    z.strictObject({ kind: z.literal('amount'), amount: money, ...common }),
    /** So many percent off, at most `limit` minor units of the base currency. */
    z.strictObject({ kind: z.literal('percent'), percent: factor(2, 100), limit: z.optional(money), ...common }),
  ])
  .check(
    z.refine((it) => it.from === undefined || it.until === undefined || Date.parse(it.from) < Date.parse(it.until), {
      path: ['until'],
      message: 'A coupon ends after it begins.',
    }),
  );

/** The kinds of coupons a shop gives; a member's coupon is one unit of such a definition. */
export const couponsSchema = z.array(coupon).check(z.maxLength(200), (context) => {
  context.value.forEach((definition, index) => {
    if (context.value.findIndex((other) => other.id === definition.id) !== index) {
      context.issues.push(issue([index, 'id'], definition.id, 'Two coupons share an id.'));
    }
  });
});

export type CouponDefinition = z.output<typeof couponsSchema>[number];
