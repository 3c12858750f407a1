import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { anonymousIdSchema, memberIdSchema } from '../ids.ts';
import { channelSchema } from '../values.ts';

export const memberIdentified = defineEvent({
  type: 'member.identified.v1',
  family: 'member',
  summary: 'A visitor known by an anonymous id turns out to be a member; what the visitor did joins the member.',
  data: z.object({ memberId: memberIdSchema, anonymousId: anonymousIdSchema, channel: z.optional(channelSchema) }),
  sample: { subject: 'mem-1', data: { memberId: 'mem-1', anonymousId: 'anon-7', channel: 'app' } },
});
