import * as z from 'zod/mini';
import {
  complaintCategories,
  complaintOutcomes,
  complaintSeverities,
  complaintWishes,
} from '../../events/complaint/complaint-target.ts';
import { complaintStates } from '../../events/reputation/complaint-changed.v1.ts';
import { compensation, deadlines, escalation, service, step, target } from './answer-parts.ts';

const view = {
  complaintId: z.string(),
  memberId: z.string(),
  state: z.enum(complaintStates),
  target,
  category: z.enum(complaintCategories),
  severity: z.enum(complaintSeverities),
  wish: z.optional(z.enum(complaintWishes)),
  openedAt: z.string(),
  deadlines,
  service: z.array(service),
  escalation: z.optional(escalation),
  /** Of the decision that holds. */
  outcome: z.optional(z.enum(complaintOutcomes)),
  /** There while an appeal waits for its decision. */
  appealed: z.optional(z.literal(true)),
  compensation: z.optional(compensation),
  satisfaction: z.optional(z.int()),
  closesAt: z.optional(z.string()),
  /** Oldest first. */
  history: z.array(step),
};

/** What a command on a complaint is answered with: the complaint as it stood with it. */
export const receiptAnswer = z.object(view);

/** `GET /v1/complaints/{id}`; for the desk with what contradicts what counts, and answers to begin with. */
export const complaintAnswer = z.object({
  ...view,
  refused: z.optional(
    z.array(z.object({ eventId: z.string(), kind: z.string(), at: z.string(), code: z.string(), detail: z.string() })),
  ),
  suggestions: z.optional(z.array(z.object({ id: z.string(), text: z.string(), reason: z.string() }))),
});
