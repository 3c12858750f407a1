import * as z from 'zod/mini';
import { attentionPositionSchema, listAnswerSchema } from '../../shared/runtime/list.ts';
import { problemDetails, problemSchema } from '../../shared/runtime/problem-details.ts';

/** The answer to events: what is on the bus, and what is not and why. */
export const eventsAnswer = z.object({
  accepted: z.array(z.string()),
  rejected: z.array(z.object({ index: z.int(), id: z.optional(z.string()), problem: problemSchema })),
});

const SENTENCES = {
  event_too_large: 'With what is sealed of it the event is more than the bus takes.',
  id_reused: 'This id stands for other content; the event is kept for the desk and not applied.',
  unavailable: 'The event could not be put on the bus. Send the same event again.',
} as const;

/** The rejection of an event that was fit and still is not on the bus. */
export function lateRejection({ index, id }: { index: number; id?: string }, code: keyof typeof SENTENCES) {
  return { index, ...(id === undefined ? {} : { id }), problem: problemDetails({ code, detail: SENTENCES[code] }) };
}

/** Refused events, each with the reason and the event as it came. */
export const deskAnswer = listAnswerSchema(
  z.object({
    eventId: z.string(),
    type: z.string(),
    subject: z.optional(z.string()),
    code: z.string(),
    reason: z.string(),
    since: z.string(),
    content: z.unknown(),
  }),
);

export const deskCursor = z.object({ position: attentionPositionSchema });
