import * as z from 'zod/mini';
import { restriction } from '../../events/reputation/restriction.ts';
import { sanctionCauseTypes, sanctionStates, sanctionSteps } from '../../events/reputation/sanction-changed.v1.ts';
import { attentionPositionSchema, listAnswerSchema } from '../../shared/runtime/list.ts';

const summary = {
  sanctionId: z.string(),
  /** One of the two. */
  brandId: z.optional(z.string()),
  supplierId: z.optional(z.string()),
  kind: restriction.kind,
  reason: z.string(),
  state: z.enum(sanctionStates),
  noticedAt: z.string(),
  /** Who has had a part in it, and so decides nothing that is still to be decided. */
  actors: z.array(z.string()),
};

/** What has happened, with what brought it about; texts are what people wrote, as they wrote it. */
const step = z.object({
  at: z.string(),
  step: z.enum(sanctionSteps),
  by: z.string(),
  /** Who wrote down what was said for the brand or the supplier. */
  enteredBy: z.optional(z.string()),
  verdict: z.optional(z.string()),
  reason: z.optional(z.string()),
  text: z.optional(z.string()),
  cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
});

/** `GET /v1/sanctions/{id}`, and what a command is answered with: the case as it stood with it. */
export const sanctionAnswer = z.object({
  ...summary,
  causes: z.array(z.object({ type: z.enum(sanctionCauseTypes), id: z.string() })),
  verdict: z.optional(z.enum(['restrict', 'dismiss'])),
  appealVerdict: z.optional(z.enum(['uphold', 'lift'])),
  /** Until then nothing is decided, unless an answer comes before. */
  answerBy: z.string(),
  appealBy: z.optional(z.string()),
  restriction: z.optional(
    z.object({
      kind: restriction.kind,
      since: z.string(),
      until: z.string(),
      state: z.enum(['in_force', 'ended', 'lifted']),
    }),
  ),
  policyVersion: z.string(),
  /** Oldest first. */
  history: z.array(step),
});

/** `GET /v1/desk/sanctions`; `since`: from when on it can be decided, since when an appeal waits, or when a restriction ends. */
export const deskSanctionsAnswer = listAnswerSchema(z.object({ ...summary, since: z.string() }));

export const deskSanctionState = z.enum(['open', 'decidable', 'appealed', 'restricted']);

/** A cursor of this list holds for the state it was given with. */
export const deskSanctionsCursor = z.object({ state: deskSanctionState, position: attentionPositionSchema });
