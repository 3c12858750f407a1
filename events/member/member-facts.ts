import * as z from 'zod/mini';
import { brandIdSchema, memberIdSchema } from '../ids.ts';
import {
  birthdaySchema,
  channelSchema,
  consentsSchema,
  localeSchema,
  nameSchema,
  statementVersionSchema,
  timeZoneSchema,
} from '../values.ts';

/** What a member says of themselves, at registration or later. */
export const memberFacts = {
  memberId: memberIdSchema,
  channel: z.optional(channelSchema),
  locale: z.optional(localeSchema),
  timeZone: z.optional(timeZoneSchema),
  birthday: z.optional(birthdaySchema),
  displayName: z.optional(nameSchema),
  referredBy: z.optional(memberIdSchema),
  consents: z.optional(consentsSchema),
  /** Which statement the consents are about. */
  statementVersion: z.optional(statementVersionSchema),
  /** The brand whose staff this account is: its votes on reviews of that brand are refused. */
  staffOf: z.optional(brandIdSchema),
};
