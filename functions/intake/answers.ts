import * as z from 'zod/mini';
import { ATTENTION_SHARDS } from '../../shared/adapters/dynamo/keys.ts';
import { listAnswerSchema } from '../../shared/runtime/list.ts';
import { problemDetails, problemSchema } from '../../shared/runtime/problem-details.ts';

/** The answer to events: what is on the bus, and what is not and why. */
export const eventsAnswer = z.object({
  accepted: z.array(z.string()),
  rejected: z.array(z.object({ index: z.int(), id: z.optional(z.string()), problem: problemSchema })),
});

const SENTENCES = {
  id_reused: 'This id stands for other content; the event is kept for the desk and not applied.',
  unavailable: 'The event could not be put on the bus. Send the same event again.',
} as const;

/** The rejection of an event that was fit and still is not on the bus. */
export function lateRejection({ index, id }: { index: number; id?: string }, code: keyof typeof SENTENCES) {
  return { index, ...(id === undefined ? {} : { id }), problem: problemDetails({ code, detail: SENTENCES[code] }) };
}

export const deskState = z.enum(['waiting', 'refused']);

/** `waiting` has an orderId; `refused` has the event with its code and reason. */
export const deskAnswer = listAnswerSchema(
  z.object({
    state: deskState,
    since: z.string(),
    orderId: z.optional(z.string()),
    eventId: z.optional(z.string()),
    type: z.optional(z.string()),
    subject: z.optional(z.string()),
    code: z.optional(z.string()),
    reason: z.optional(z.string()),
    content: z.optional(z.unknown()),
  }),
);

const shardPosition = z.nullable(z.tuple([z.string(), z.string(), z.string()]));

/** A cursor of the desk's list holds for the state it was given with. */
export const deskCursor = z.object({
  state: deskState,
  position: z.array(shardPosition).check(z.length(ATTENTION_SHARDS)),
});
