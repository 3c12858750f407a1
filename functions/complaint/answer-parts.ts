import * as z from 'zod/mini';
import { complaintOutcomes } from '../../events/complaint/complaint-target.ts';

export const target = z.object({
  brandId: z.optional(z.string()),
  supplierId: z.optional(z.string()),
  productId: z.optional(z.string()),
  orderId: z.optional(z.string()),
});

/** By when what is due. */
export const deadlines = z.object({ answerBy: z.string(), decideBy: z.string(), appealBy: z.optional(z.string()) });

/** A deadline with what became of it; `at`: when what it asked for was done. */
export const service = z.object({
  deadline: z.enum(['answer', 'decision', 'appeal']),
  by: z.string(),
  status: z.enum(['pending', 'met', 'missed']),
  at: z.optional(z.string()),
});

/** How far up the policy has taken it, to whom, and since when. */
export const escalation = z.object({ level: z.int(), to: z.string(), since: z.string() });

export const compensation = z.object({
  kind: z.optional(z.string()),
  amount: z.optional(z.int()),
  currency: z.optional(z.string()),
  points: z.optional(z.int()),
  couponId: z.optional(z.string()),
  note: z.optional(z.string()),
});

const facts = ['opened', 'investigating', 'answered', 'decided', 'appealed', 'rated'] as const;

/** What has happened, with what brought it about; texts are what people wrote, as they wrote it. */
export const step = z.object({
  at: z.string(),
  kind: z.enum([...facts, 'overdue', 'escalated', 'closed']),
  actor: z.optional(z.string()),
  text: z.optional(z.string()),
  outcome: z.optional(z.enum(complaintOutcomes)),
  deadline: z.optional(z.string()),
  level: z.optional(z.int()),
  to: z.optional(z.string()),
  cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
});
