import { createHash } from 'node:crypto';
import shopPolicy from './policy.json' with { type: 'json' };
import { type PolicyDocument, readPolicy } from './policy-schema.ts';

/** A valid policy with the stamp that every decision made under it carries. */
export type Policy = PolicyDocument & { stamp: string };

/**
 * Checks a document and stamps it: the shop's version and eight hex digits of the content's SHA-256, so that two
 * documents that share a version are still told apart; the order of its fields does not count. Throws with the path of
 * everything that is wrong.
 */
export function stampPolicy(input: unknown): Policy {
  const result = readPolicy(input);
  if (!result.ok) {
    const errors = result.errors.map((error) => `${error.path}: ${error.message}`);
    throw new Error(`The policy is not valid. ${errors.join(' ')}`);
  }
  const hash = createHash('sha256').update(JSON.stringify(result.document, fieldsInOrder)).digest('hex');
  return { ...result.document, stamp: `${result.document.version}-${hash.slice(0, 8)}` };
}

function fieldsInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The policy this release of the shop runs on. */
export const currentPolicy: Policy = stampPolicy(shopPolicy);
