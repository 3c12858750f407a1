import * as z from 'zod/mini';
import { type InputError, inputErrors } from '../../events/envelope.ts';
import { brandIdSchema } from '../../events/ids.ts';
import { categorySchema, currencySchema, LIMITS, timeZoneSchema } from '../../events/values.ts';
import { complaintsSchema } from './complaint-schema.ts';
import { couponsSchema } from './coupon-schema.ts';
import { moderationSchema } from './moderation-schema.ts';
import { factor, issue, name } from './policy-parts.ts';
import { recommendationsSchema } from './recommend-schema.ts';
import { reputationSchema } from './reputation-schema.ts';
import { sanctionsSchema } from './sanction-schema.ts';
import { textSchema } from './text-schema.ts';

const tierStep = z.strictObject({
  id: name,
  /** Minor units of the base currency. */
  threshold: z.int().check(z.nonnegative(), z.lte(LIMITS.orderNet)),
  discountPercent: z.number().check(z.gte(0), z.lte(100)),
  benefits: z.array(name).check(z.maxLength(20)),
});

const tiers = z
  .strictObject({
    /**
     * The spend a tier is judged on: all there ever was; that of the current month and the twelve before it; or that of
     * the current calendar year. Months and years are those of the shop's time zone.
     */
    basis: z.enum(['accumulated', 'rolling_12_months', 'calendar_year']),
    /** How long a tier is kept after spend has lapsed below its threshold. What a return takes away has no grace. */
    graceDays: z.int().check(z.gte(0), z.lte(366)),
    /** Where a lapsed tier falls to: the tier that spend reaches, or one step, and the next after another grace. */
    stepDown: z.enum(['to_fit', 'one']),
    steps: z.array(tierStep).check(z.minLength(1), z.maxLength(20)),
  })
  .check(
    z.refine((it) => it.steps[0]?.threshold === 0, {
      path: ['steps', 0, 'threshold'],
      message: 'The first tier starts at 0, so that every member has one.',
    }),
    z.refine((it) => it.stepDown !== 'one' || it.graceDays > 0, {
      path: ['graceDays'],
      message: 'To fall one step at a time takes a grace of at least a day between two steps.',
    }),
    (context) => {
      const steps = context.value.steps;
      steps.forEach((step, index) => {
        const before = steps[index - 1];
        if (before !== undefined && step.threshold <= before.threshold) {
          const path = ['steps', index, 'threshold'];
          const name = step.threshold === before.threshold ? 'tiers_overlap' : 'thresholds_fall';
          context.issues.push(issue(path, step.threshold, 'A tier starts above the one before it.', name));
        }
        if (steps.findIndex((other) => other.id === step.id) !== index) {
          context.issues.push(issue(['steps', index, 'id'], step.id, 'Two tiers share an id.'));
        }
      });
    },
  );

const multipliers = z
  .array(
    z
      .strictObject({
        id: name,
        /** The first and the last day of the period, in the shop's time zone. */
        from: z.iso.date(),
        to: z.iso.date(),
        factor: factor(2, 100),
        /** Only lines of these categories, and what lies below them, or of these brands; without either, all lines. */
        categories: z.optional(z.array(categorySchema).check(z.minLength(1), z.maxLength(50))),
        brands: z.optional(z.array(brandIdSchema).check(z.minLength(1), z.maxLength(50))),
      })
      .check(z.refine((it) => it.from <= it.to, { path: ['to'], message: 'A period ends on or after its first day.' })),
  )
  .check(z.maxLength(50), (context) => {
    context.value.forEach((multiplier, index) => {
      if (context.value.findIndex((other) => other.id === multiplier.id) !== index) {
        context.issues.push(issue([index, 'id'], multiplier.id, 'Two periods share an id.'));
      }
    });
  });

/** What a tier gives beside its discount, as data: who shows or delivers it reads what kind it is. */
const benefit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('discount') }),
  z.strictObject({
    kind: z.literal('birthday_voucher'),
    coupon: name,
    /** Whether members get it who never said anything about marketing; allowed where left out. Who has said no gets none. */
    withoutStatement: z.optional(z.enum(['allowed', 'refused'])),
  }),
  z.strictObject({ kind: z.literal('early_access'), days: z.int().check(z.gte(1), z.lte(365)) }),
  z.strictObject({ kind: z.literal('support_line') }),
  z.strictObject({ kind: z.literal('other'), description: z.string().check(z.minLength(1), z.maxLength(200)) }),
]);

const priceBands = z
  .array(
    z.strictObject({
      id: name,
      /** Unit price in minor units of the base currency, inclusive; the last band has none. */
      upTo: z.optional(z.int().check(z.positive())),
    }),
  )
  .check(z.minLength(1), z.maxLength(10), (context) => {
    const bands = context.value;
    bands.forEach((band, index) => {
      const last = index === bands.length - 1;
      if (last !== (band.upTo === undefined)) {
        context.issues.push(issue([index, 'upTo'], band.upTo, 'Every band but the last has an upper end.'));
      }
      const before = bands[index - 1]?.upTo;
      if (before !== undefined && band.upTo !== undefined && band.upTo <= before) {
        context.issues.push(issue([index, 'upTo'], band.upTo, 'A band ends above the one before it.'));
      }
      if (bands.findIndex((other) => other.id === band.id) !== index) {
        context.issues.push(issue([index, 'id'], band.id, 'Two bands share an id.'));
      }
    });
  });

/**
 * The policy document: every number a shop may want otherwise. An unknown field is refused, because a setting that
 * is silently ignored is worse than none.
 */
export const policySchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    /** The shop's own name for this version; together with a hash of the content it is the stamp on every decision. */
    version: z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,32}$/)),
    timeZone: timeZoneSchema,
    currency: currencySchema,
    currencies: z.record(
      z.string(),
      z.strictObject({
        /** Units of the base currency for one unit of this one. */
        rate: factor(8, 1_000_000),
        /** Decimals of the currency: 2 for EUR, 0 for JPY. */
        digits: z.int().check(z.gte(0), z.lte(4)),
      }),
    ),
    points: z.strictObject({
      /** Points for one unit of the base currency. */
      purchaseRate: factor(4, 1_000),
      /** Periods in which orders earn more; of several that apply to a line the highest factor counts. */
      multipliers,
      checkIn: z.int().check(z.nonnegative(), z.lte(10_000)),
      review: z.int().check(z.nonnegative(), z.lte(10_000)),
      holdDays: z.int().check(z.gte(0), z.lte(365)),
      expiryMonths: z.int().check(z.gte(1), z.lte(120)),
      /** How many days before points expire a member is told, once each. */
      expiryNoticeDays: z.array(z.int().check(z.gte(1), z.lte(365))).check(
        z.maxLength(5),
        z.refine((days) => new Set(days).size === days.length, 'Two notices on one day.'),
      ),
      /**
       * What happens when a return takes more than is left: the member owes it to later earnings (`debt`), the rest is
       * forgiven (`within_balance`), or points that can be spent already are not touched at all (`only_pending`).
       */
      shortfall: z.enum(['debt', 'within_balance', 'only_pending']),
      redemption: z.strictObject({
        pointsPerCurrencyUnit: z.int().check(z.gte(1), z.lte(1_000_000)),
        /** How much of an order's net points may pay, at most. */
        orderShareLimit: factor(4, 1),
        /** The most that one redemption may take. */
        largestPoints: z.int().check(z.gte(1), z.lte(1_000_000_000)),
      }),
    }),
    tiers,
    /** What the benefits that tiers name are. */
    benefits: z.record(name, benefit),
    coupons: couponsSchema,
    complaints: complaintsSchema,
    sanctions: sanctionsSchema,
    /** What both sides get when a friend's first completed order has passed its return window. */
    referral: z.strictObject({
      referrerPoints: z.int().check(z.nonnegative(), z.lte(100_000)),
      friendPoints: z.int().check(z.nonnegative(), z.lte(100_000)),
    }),
    preferences: z.strictObject({
      halfLifeDays: z.int().check(z.gte(1), z.lte(3_650)),
      /** How many categories, brands and channels are remembered. */
      kept: z.int().check(z.gte(1), z.lte(20)),
      priceBands,
    }),
    lifecycle: z
      .strictObject({
        growingOrders: z.int().check(z.gte(1)),
        matureOrders: z.int().check(z.gte(1)),
        atRiskAfterDays: z.int().check(z.gte(1)),
        lostAfterDays: z.int().check(z.gte(1)),
      })
      .check(
        z.refine((it) => it.growingOrders < it.matureOrders, {
          path: ['matureOrders'],
          message: 'Mature comes after growing.',
        }),
        z.refine((it) => it.atRiskAfterDays < it.lostAfterDays, {
          path: ['lostAfterDays'],
          message: 'Lost comes after at risk.',
        }),
      ),
    moderation: moderationSchema,
    texts: textSchema,
    reputation: reputationSchema,
    recommendations: recommendationsSchema,
  })
  .check((context) => {
    const { currencies, currency } = context.value;
    for (const code of Object.keys(currencies)) {
      if (!/^[A-Z]{3}$/.test(code)) context.issues.push(issue(['currencies', code], code, 'No ISO 4217 code.'));
    }
    if (currencies[currency]?.rate !== 1) {
      const name = currencies[currency] === undefined ? 'unknown_currency' : undefined;
      context.issues.push(issue(['currencies', currency], currency, 'The base currency is listed, at rate 1.', name));
    }
  })
  .check((context) => {
    const { tiers: ladder, benefits, coupons } = context.value;
    ladder.steps.forEach((step, at) => {
      step.benefits.forEach((id, index) => {
        if (benefits[id] === undefined) {
          const path = ['tiers', 'steps', at, 'benefits', index];
          context.issues.push(issue(path, id, 'No benefit of this name is described under benefits.'));
        }
      });
    });
    for (const [id, it] of Object.entries(benefits)) {
      if (it.kind === 'birthday_voucher' && coupons.every((coupon) => coupon.id !== it.coupon)) {
        context.issues.push(issue(['benefits', id, 'coupon'], it.coupon, 'There is no coupon of this id.'));
      }
    }
  });

export type PolicyDocument = z.output<typeof policySchema>;

export type PolicyResult = { ok: true; document: PolicyDocument } | { ok: false; errors: InputError[] };

/** Reads a policy document; what is wrong with it is said with paths. */
export function readPolicy(input: unknown): PolicyResult {
  const result = z.safeParse(policySchema, input, { reportInput: true });
  return result.success ? { ok: true, document: result.data } : { ok: false, errors: inputErrors(result.error.issues) };
}
