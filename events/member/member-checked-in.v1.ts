import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberIdSchema } from '../ids.ts';
import { channelSchema } from '../values.ts';

export const memberCheckedIn = defineEvent({
  type: 'member.checked_in.v1',
  family: 'member',
  summary: 'A member has checked in for the day.',
  data: z.object({ memberId: memberIdSchema, channel: z.optional(channelSchema) }),
  sample: { subject: 'mem-1', data: { memberId: 'mem-1', channel: 'app' } },
});
