import * as z from 'zod/mini';
import { complaintCategories, complaintSeverities } from '../../events/complaint/complaint-target.ts';
import { complaintStates } from '../../events/reputation/complaint-changed.v1.ts';
import { attentionPositionSchema, listAnswerSchema } from '../../shared/runtime/list.ts';
import { deadlines, escalation, target } from './answer-parts.ts';

export const deskComplaintState = z.enum(['open', 'overdue', 'waiting', 'refused']);

/** `GET /v1/desk/complaints`. */
export const deskComplaintsAnswer = listAnswerSchema(
  z.object({
    complaintId: z.string(),
    /** `waiting`: facts are known of it, and nobody has opened it. */
    state: z.enum([...complaintStates, 'waiting']),
    /** The next deadline, or since when it waits. */
    since: z.string(),
    overdue: z.boolean(),
    target: z.optional(target),
    category: z.optional(z.enum(complaintCategories)),
    severity: z.optional(z.enum(complaintSeverities)),
    deadlines: z.optional(deadlines),
    escalation: z.optional(escalation),
    /** How many facts contradict others. */
    refused: z.int(),
  }),
);

/** A cursor of this list holds for the state it was given with. */
export const deskComplaintsCursor = z.object({ state: deskComplaintState, position: attentionPositionSchema });
