import shopPolicy from './policy.json' with { type: 'json' };
import { type Policy, stamped } from './policy.ts';
import { readPolicy } from './policy-schema.ts';

/** Checks a document and stamps it. Throws with the path of everything that is wrong. */
export function stampPolicy(input: unknown): Policy {
  const result = readPolicy(input);
  if (result.ok) return stamped(result.document);
  const errors = result.errors.map((error) => `${error.path}: ${error.message}`);
  throw new Error(`The policy is not valid. ${errors.join(' ')}`);
}

/** Throws where the policy of this release is not valid: what starts or deploys it asks first. */
export function assertShopPolicy(): void {
  stampPolicy(shopPolicy);
}
