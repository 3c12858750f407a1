import * as z from 'zod/mini';
import { freeTextSchema } from '../../events/values.ts';

/** Why the desk does what it does, as a stable code; a shop may have codes of its own. */
export const reasonCode = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_]{0,63}$/, 'A lower-case code such as upheld_complaints.'));

/** What somebody has to say about it. */
export const text = z.optional(freeTextSchema());
