import * as z from 'zod/mini';
import { instantSchema } from '../../events/values.ts';
import type { BacktestReport } from '../../shared/domain/backtest/report.ts';
import { policySchema } from '../../shared/policy/policy-schema.ts';

const span = { from: z.optional(instantSchema), to: z.optional(instantSchema) };

/** The body of `POST /v1/policy/backtests`; what is wrong with the policy in it is said with the policy's own paths. */
export const backtestBody = z.strictObject({ policy: z.unknown(), ...span }).check(
  z.refine((it) => it.from === undefined || it.to === undefined || Date.parse(it.from) < Date.parse(it.to), {
    path: ['to'],
    message: 'The time to look at ends after it begins.',
  }),
);
export const documentedBacktestBody = z.strictObject({ policy: policySchema, ...span });

const side = z.object({
  policyVersion: z.string(),
  orders: z.int(),
  members: z.int(),
  points: z.object({
    issued: z.int(),
    reversed: z.int(),
    expired: z.int(),
    redeemed: z.int(),
    refunded: z.int(),
    adjusted: z.int(),
  }),
  liability: z.object({ points: z.int(), available: z.int(), pending: z.int(), debt: z.int(), value: z.int() }),
  tiers: z.array(z.object({ id: z.string(), members: z.int() })),
  tierMoves: z.object({ up: z.int(), down: z.int() }),
  discounts: z.object({ orders: z.int(), amount: z.int() }),
  cost: z.object({ points: z.int(), discounts: z.int(), total: z.int() }),
});

const memberSide = z.object({ tier: z.string(), points: z.int(), discounts: z.int(), value: z.int() });
const memberChanges = z.array(
  z.object({ memberId: z.string(), difference: z.int(), current: memberSide, draft: memberSide }),
);

/** A back-test. Money in minor units of the base currency. */
export const backtestAnswer: z.ZodMiniType<BacktestReport> = z.object({
  currency: z.string(),
  from: z.optional(z.string()),
  to: z.string(),
  current: side,
  draft: side,
  difference: z.object({
    pointsIssued: z.int(),
    liability: z.object({ points: z.int(), value: z.int() }),
    discounts: z.int(),
    cost: z.int(),
  }),
  tierMoves: z.array(z.object({ from: z.string(), to: z.string(), members: z.int() })),
  members: z.object({ gain: z.int(), lose: z.int(), same: z.int() }),
  gainMost: memberChanges,
  loseMost: memberChanges,
}) as unknown as z.ZodMiniType<BacktestReport>;
