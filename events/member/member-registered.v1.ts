import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberFacts } from './member-facts.ts';

export const memberRegistered = defineEvent({
  type: 'member.registered.v1',
  family: 'member',
  summary: 'Somebody has become a member of the shop.',
  data: z.object(memberFacts),
  personal: ['birthday', 'displayName'],
  sample: {
    subject: 'mem-1',
    data: {
      memberId: 'mem-1',
      channel: 'web',
      locale: 'en-GB',
      timeZone: 'Europe/London',
      birthday: '02-29',
      displayName: 'Ada',
      consents: { personalisation: true, marketing: false },
    },
  },
});
