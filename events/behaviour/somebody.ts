import * as z from 'zod/mini';
import { anonymousIdSchema, memberIdSchema } from '../ids.ts';

/** What events of behaviour say of who it was: a member or a visitor. */
export const whoFields = { memberId: z.optional(memberIdSchema), anonymousId: z.optional(anonymousIdSchema) };

/** One of the two is there. */
export const somebody = z.refine<{ memberId?: string | undefined; anonymousId?: string | undefined }>(
  (it) => it.memberId !== undefined || it.anonymousId !== undefined,
  { path: ['memberId'], message: 'Either memberId or anonymousId says who it was.' },
);
