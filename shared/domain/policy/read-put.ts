import * as z from 'zod/mini';
import { type InputError, inputErrors } from '../../../events/envelope.ts';
import { type PolicyDocument, policySchema, readPolicy } from '../../policy/policy-schema.ts';

/** Kept for every version and read by every function: a policy with every list at its limit is larger than this. */
export const POLICY_LIMIT_BYTES = 64 * 1024;
const REASON_LENGTH = 500;

/** A policy with why it is put. What GET answers beside it may come along, so that its answer can be sent back. */
const surroundings = {
  reason: z.optional(z.string().check(z.minLength(1), z.maxLength(REASON_LENGTH))),
  version: z.optional(z.string()),
  number: z.optional(z.int()),
  since: z.optional(z.string()),
};

const wrapped = z.strictObject({ policy: z.unknown(), ...surroundings });

/** The body of `PUT /v1/policy` as documents show it: the policy itself, or with a reason. */
export const putPolicySchema = z.union([policySchema, z.strictObject({ policy: policySchema, ...surroundings })]);

export type PutPolicyBody =
  | { ok: true; document: PolicyDocument; reason?: string | undefined }
  | { ok: false; errors: InputError[] };

/** Reads a policy that comes by itself or with a reason; everything that is wrong is said at once, with its path. */
export function readPutPolicy(body: unknown): PutPolicyBody {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'policy')) return readDocument(body, '');
  const outer = z.safeParse(wrapped, body, { reportInput: true });
  const inner = readDocument((body as { policy: unknown }).policy, 'policy');
  if (outer.success && inner.ok) return { ...inner, reason: outer.data.reason };
  const errors = [...(outer.success ? [] : inputErrors(outer.error.issues)), ...(inner.ok ? [] : inner.errors)];
  return { ok: false, errors };
}

/** Reads a policy document; `at` is where it stands in what was sent. */
export function readDocument(input: unknown, at: string): PutPolicyBody {
  const result = readPolicy(input);
  if (!result.ok) {
    const errors = result.errors.map((error) => ({ ...error, path: [at, error.path].filter((it) => it).join('.') }));
    return { ok: false, errors };
  }
  if (Buffer.byteLength(JSON.stringify(result.document)) > POLICY_LIMIT_BYTES) {
    const message = `A policy has at most ${POLICY_LIMIT_BYTES} bytes.`;
    return { ok: false, errors: [{ path: at, code: 'too_big', message }] };
  }
  return result;
}
