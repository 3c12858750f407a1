import * as z from 'zod/mini';
import { couponIdSchema } from '../ids.ts';
import { currencySchema, freeTextSchema, moneySchema } from '../values.ts';

const NOTE_LENGTH = 300;

/** What a member is given: money back (minor units), points, a coupon, goods, or whatever a sentence says. */
const parts = {
  kind: z.optional(z.enum(['refund', 'replacement', 'repair', 'points', 'coupon', 'other'])),
  amount: z.optional(moneySchema()),
  /** Of the amount; the shop's own where left out. */
  currency: z.optional(currencySchema),
  points: z.optional(z.int().check(z.gte(0), z.lte(1_000_000))),
  couponId: z.optional(couponIdSchema),
  note: z.optional(freeTextSchema(NOTE_LENGTH)),
};
const object = z.object(parts);

/** An amount by itself is money in minor units of the shop's currency; a sentence by itself is a note. */
export const compensationSchema = z.union([object, moneySchema(), freeTextSchema(NOTE_LENGTH)]);
/** The same of a command, where a field that nobody knows is refused. */
export const compensationCommand = z.union([z.strictObject(parts), moneySchema(), freeTextSchema(NOTE_LENGTH)]);

export type Compensation = z.output<typeof object>;

/** The same, spelled out. */
export function compensationOf(given: z.output<typeof compensationSchema>): Compensation {
  if (typeof given === 'number') return { amount: given };
  return typeof given === 'string' ? { note: given } : given;
}
