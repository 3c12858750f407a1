import * as z from 'zod/mini';
import { type InputError, inputErrors } from '../../events/envelope.ts';
import { currencySchema, LIMITS, timeZoneSchema } from '../../events/values.ts';

const name = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/, 'A lower-case name such as silver.'));

/** A factor with at most `digits` decimals, so that arithmetic can be done in whole numbers. */
const factor = (digits: number, limit: number) =>
  z.number().check(
    z.gt(0),
    z.lte(limit),
    z.refine((value) => Number(value.toFixed(digits)) === value, `At most ${digits} decimals.`),
  );

const tierStep = z.strictObject({
  id: name,
  /** Minor units of the base currency. */
  threshold: z.int().check(z.nonnegative(), z.lte(LIMITS.orderNet)),
  discountPercent: z.number().check(z.gte(0), z.lte(100)),
  benefits: z.array(name).check(z.maxLength(20)),
});

const tiers = z
  .strictObject({
    /** What a tier is judged on: all spend there ever was. */
    basis: z.literal('accumulated'),
    steps: z.array(tierStep).check(z.minLength(1), z.maxLength(20)),
  })
  .check(
    z.refine((it) => it.steps[0]?.threshold === 0, {
      path: ['steps', 0, 'threshold'],
      message: 'The first tier starts at 0, so that every member has one.',
    }),
    (context) => {
      const steps = context.value.steps;
      steps.forEach((step, index) => {
        const before = steps[index - 1];
        if (before !== undefined && step.threshold <= before.threshold) {
          context.issues.push(
            issue(['steps', index, 'threshold'], step.threshold, 'A tier starts above the one before it.'),
          );
        }
        if (steps.findIndex((other) => other.id === step.id) !== index) {
          context.issues.push(issue(['steps', index, 'id'], step.id, 'Two tiers share an id.'));
        }
      });
    },
  );

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
      checkIn: z.int().check(z.nonnegative(), z.lte(10_000)),
      review: z.int().check(z.nonnegative(), z.lte(10_000)),
      holdDays: z.int().check(z.gte(0), z.lte(365)),
      expiryMonths: z.int().check(z.gte(1), z.lte(120)),
      /** What happens when a return takes more than is left: the member owes it to later earnings. */
      shortfall: z.literal('debt'),
      redemption: z.strictObject({
        pointsPerCurrencyUnit: z.int().check(z.gte(1), z.lte(1_000_000)),
        orderShareLimit: z.number().check(z.gt(0), z.lte(1)),
      }),
    }),
    tiers,
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
  })
  .check((context) => {
    const { currencies, currency } = context.value;
    for (const code of Object.keys(currencies)) {
      if (!/^[A-Z]{3}$/.test(code)) context.issues.push(issue(['currencies', code], code, 'No ISO 4217 code.'));
    }
    if (currencies[currency]?.rate !== 1) {
      context.issues.push(issue(['currencies', currency], currency, 'The base currency is listed, at rate 1.'));
    }
  });

export type PolicyDocument = z.output<typeof policySchema>;

export type PolicyResult = { ok: true; document: PolicyDocument } | { ok: false; errors: InputError[] };

/** Reads a policy document; what is wrong with it is said with paths. */
export function readPolicy(input: unknown): PolicyResult {
  const result = z.safeParse(policySchema, input, { reportInput: true });
  return result.success ? { ok: true, document: result.data } : { ok: false, errors: inputErrors(result.error.issues) };
}

function issue(path: (string | number)[], input: unknown, message: string): z.core.$ZodRawIssue {
  return { code: 'custom', path, input, message };
}
