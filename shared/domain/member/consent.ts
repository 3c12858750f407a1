import type { Consent } from './registration.ts';

/**
 * What a decision knew of a consent that it relied on, kept with the decision: whether it was given, to which statement, since when and by which
 * event. Of a member who never said anything it is what the policy says of such members.
 */
export type ConsentProof =
  | { given: boolean; statementVersion?: string | undefined; sinceMs: number; eventId: string }
  | { given: false; withoutStatement: 'allowed' | 'refused' };

/** Whether a member's word, or the policy for want of it, lets the shop do something; and the proof of that. */
export function relyOn(
  consent: Consent | undefined,
  withoutStatement: 'allowed' | 'refused',
): { allowed: boolean; proof: ConsentProof } {
  if (consent === undefined)
    return { allowed: withoutStatement === 'allowed', proof: { given: false, withoutStatement } };
  const { value: given, atMs: sinceMs, eventId, statementVersion } = consent;
  const proof = { given, sinceMs, eventId, ...(statementVersion !== undefined && { statementVersion }) };
  return { allowed: given, proof };
}

/** A proof as it is shown. */
export function consentView(proof: ConsentProof) {
  if ('withoutStatement' in proof) return proof;
  const { given, statementVersion, sinceMs, eventId } = proof;
  return {
    given,
    ...(statementVersion !== undefined && { statementVersion }),
    since: new Date(sinceMs).toISOString(),
    eventId,
  };
}
