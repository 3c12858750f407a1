import { Problem } from '../../shared/runtime/errors.ts';
import type { Caller } from '../../shared/runtime/route.ts';

/** Who acts: whom the token was given to. Without that nobody could say that two steps were taken by two people. */
export function subjectOf(caller: Caller): string {
  if (caller.kind === 'service' && caller.subject !== undefined) return caller.subject;
  throw new Problem('subject_required', 'A step of a sanction is taken with a token that says who acts.');
}
