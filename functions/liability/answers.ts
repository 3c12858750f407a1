import * as z from 'zod/mini';
import { listAnswerSchema } from '../../shared/runtime/list.ts';

const balances = z.object({ pending: z.int(), available: z.int(), debt: z.int() });
const outstanding = z.extend(balances, { lots: z.array(z.object({ month: z.string(), points: z.int() })) });

/** A day as a query names it: `2026-01-05`. */
export const daySchema = z.iso.date();

/** One revision of a day. Points, but for `value`: minor units of the base currency. */
const revision = z.object({
  day: z.string(),
  revision: z.int(),
  recordedAt: z.string(),
  because: z.enum(['closed', 'corrected', 'carried']),
  issued: z.int(),
  released: z.int(),
  redeemed: z.int(),
  reversed: z.int(),
  expired: z.int(),
  debtIncurred: z.int(),
  debtRepaid: z.int(),
  postings: z.array(z.object({ movement: z.string(), account: z.string(), points: z.int() })),
  opening: balances,
  /** At the end of the day: pending, to be spent (also by the month it expires with), and owed by members. */
  outstanding,
  value: z.extend(balances, { currency: z.string(), total: z.int() }),
});

/** `GET /v1/liability`, newest first, and `GET /v1/liability/{day}`, the newest revision first. */
export const daysAnswer = listAnswerSchema(revision);
export const daysCursor = z.object({ before: daySchema });
export const revisionsCursor = z.object({ below: z.int().check(z.gte(1)) });

const drift = z.object({
  memberId: z.string(),
  disagree: z.array(z.string()),
  account: balances,
  journal: balances,
  facts: z.optional(balances),
});

/** `GET /v1/liability/runs`, newest first. */
export const runsAnswer = listAnswerSchema(
  z.object({
    at: z.string(),
    closedDay: z.string(),
    members: z.int(),
    entries: z.int(),
    written: z.object({ closed: z.int(), corrected: z.int(), carried: z.int() }),
    journal: outstanding,
    accounts: outstanding,
    drift: z.object({ accounts: z.int(), listed: z.array(drift) }),
    unbalancedDays: z.array(z.string()),
    unsettled: z.int(),
  }),
);
export const runsCursor = z.object({ below: z.int() });
