import { latestPolicy, type Policies, type PolicyVersion } from '../../policy/policies.ts';
import { documentOf, type Policy, sameDocument, stamped } from '../../policy/policy.ts';
import type { PolicyDocument } from '../../policy/policy-schema.ts';

/** A shop that comes near this changes its policy by machine; it is told, and the list is kept short enough to be read. */
export const POLICY_VERSIONS_LIMIT = 1_000;

/** Who put a policy, when and why. */
export type PolicyAudit = { atMs: number; by?: string | undefined; reason?: string | undefined };

/** A version to be kept: its number, since when it applies, and how it came about. */
export type NewVersion = PolicyVersion & PolicyAudit & { number: number };

export type PutPolicyRefusal =
  | 'precondition_required'
  | 'precondition_failed'
  | 'base_currency_fixed'
  | 'too_many_versions';

export type PutPolicyDecision =
  | { kind: 'refused'; code: PutPolicyRefusal; detail: string }
  /** The policy in force says just that. */
  | { kind: 'unchanged' }
  /** The versions to be kept, and all policies as they are then. */
  | { kind: 'write'; added: NewVersion[]; policies: Policies };

const RELEASE_REASON = 'The policy of the release, kept when the shop put one of its own for the first time.';

/**
 * Decides whether a valid document becomes the shop's policy. It applies to what happens after the instant at which it is
 * put, and always from later on than the version before. The first one freezes what the release said until then as version 1, so that another
 * release does not rewrite the past.
 *
 * The refusals, in order of precedence: no precondition at all; the policy has changed since it was read (but a
 * document that is in force already has reached what it asks for, RFC 9110, 13.1.1); another base currency; too many.
 */
export function decidePutPolicy(
  policies: Policies,
  put: { document: PolicyDocument; ifMatch: string | undefined } & PolicyAudit,
): PutPolicyDecision {
  const { document, ifMatch, ...audit } = put;
  const current = latestPolicy(policies);
  if (ifMatch === undefined) {
    const detail = 'Send If-Match with the etag of GET /v1/policy, so that nobody overwrites what they have not seen.';
    return { kind: 'refused', code: 'precondition_required', detail };
  }
  if (sameDocument(documentOf(current), document)) return { kind: 'unchanged' };
  if (!names(ifMatch, current)) {
    const detail = `The policy in force is ${current.stamp} by now. Read it again and decide anew.`;
    return { kind: 'refused', code: 'precondition_failed', detail };
  }
  const fixed = currencyFixed(current, document);
  if (fixed !== undefined) return { kind: 'refused', code: 'base_currency_fixed', detail: fixed };
  if (policies.length >= POLICY_VERSIONS_LIMIT) {
    return { kind: 'refused', code: 'too_many_versions', detail: `A shop has at most ${POLICY_VERSIONS_LIMIT}.` };
  }
  const before = policies.at(-1) ?? policies[0];
  const fromMs = Math.max(audit.atMs, before.fromMs) + 1;
  const version = { fromMs, policy: stamped(document) };
  const added: NewVersion = { ...version, ...audit, number: policies.length + 1 };
  const frozen: NewVersion = { ...policies[0], number: 1, atMs: audit.atMs, reason: RELEASE_REASON };
  return {
    kind: 'write',
    added: policies.length === 1 ? [frozen, added] : [added],
    policies: [...policies, version],
  };
}

/** Why a document cannot follow a policy because of its base currency; undefined where it can. */
export function currencyFixed(current: Policy, document: PolicyDocument): string | undefined {
  const digits = current.currencies[current.currency]?.digits;
  if (document.currency === current.currency && document.currencies[document.currency]?.digits === digits) return;
  return `Accounts are kept in ${current.currency} with ${digits} decimals, and stay so.`;
}

/** The entity tag of a policy, as GET answers it and If-Match sends it back. */
export function etagOf({ stamp }: Policy): string {
  return `"${stamp}"`;
}

/** Whether If-Match names the policy: one of its tags is the policy's, in quotes or without, or it takes any. */
function names(ifMatch: string, policy: Policy): boolean {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  return tags.some((tag) => tag === '*' || tag === etagOf(policy) || tag === policy.stamp);
}
