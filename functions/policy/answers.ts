import * as z from 'zod/mini';
import { etagOf } from '../../shared/domain/policy/put-policy.ts';
import type { Policies, PolicyVersion } from '../../shared/policy/policies.ts';
import { documentOf } from '../../shared/policy/policy.ts';
import { policySchema } from '../../shared/policy/policy-schema.ts';
import { listAnswerSchema } from '../../shared/runtime/list.ts';
import type { RouteAnswer } from '../../shared/runtime/route.ts';

/** `GET` and `PUT /v1/policy`: the policy in force. `since` is left out for one that has been from the beginning. */
export const policyAnswer = z.object({
  /** The stamp that every decision carries: the shop's name for the version and a hash of the content. */
  version: z.string(),
  number: z.int(),
  since: z.optional(z.string()),
  policy: policySchema,
});

export const policyHeaders = { etag: 'The version, to be sent back as If-Match.' };

/** `GET /v1/policy/versions`, newest first. */
export const policyVersionsAnswer = listAnswerSchema(
  z.object({
    number: z.int(),
    version: z.string(),
    since: z.optional(z.string()),
    putAt: z.optional(z.string()),
    by: z.optional(z.string()),
    reason: z.optional(z.string()),
  }),
);

export const policyVersionsCursor = z.object({ below: z.int().check(z.gte(1)) });

/** The policy in force, as an answer. */
export function answerPolicy(policies: Policies): RouteAnswer<z.output<typeof policyAnswer>> {
  const inForce = policies.at(-1) ?? policies[0];
  const policy = documentOf(inForce.policy);
  const body = { version: inForce.policy.stamp, number: policies.length, ...since(inForce), policy };
  return { status: 200, body, headers: { etag: etagOf(inForce.policy) } };
}

/** The instant from which a version applies, where it has one. */
export function since({ fromMs }: PolicyVersion): { since?: string } {
  return Number.isFinite(fromMs) ? { since: new Date(fromMs).toISOString() } : {};
}
