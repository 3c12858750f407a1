import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberFacts } from './member-facts.ts';

export const memberUpdated = defineEvent({
  type: 'member.updated.v1',
  family: 'member',
  summary: 'A member has changed what the shop knows of them; a field left out stays as it was.',
  data: z.object(memberFacts),
  personal: ['birthday', 'displayName'],
  sample: { subject: 'mem-1', data: { memberId: 'mem-1', displayName: 'Ada L.', timeZone: 'Asia/Shanghai' } },
});
