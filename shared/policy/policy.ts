import shopPolicy from './policy.json' with { type: 'json' };
import type { PolicyDocument } from './policy-schema.ts';

/** A valid policy with the stamp that every decision made under it carries. */
export type Policy = PolicyDocument & { stamp: string };

/**
 * Stamps a document that is known to be valid: the shop's version and eight hex digits of a hash of the content, so
 * that two documents that share a version are still told apart; the order of its fields does not count. The hash is
 * FNV-1a with 32 bits: nobody gains by forging it, and a cold start has no time for more.
 */
export function stamped(document: PolicyDocument): Policy {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(canonical(document))) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return { ...document, stamp: `${document.version}-${hash.toString(16).padStart(8, '0')}` };
}

/** What a policy says, without its stamp. */
export function documentOf({ stamp: _, ...document }: Policy): PolicyDocument {
  return document;
}

/** Whether two documents say the same, whatever the order of their fields. */
export function sameDocument(a: PolicyDocument, b: PolicyDocument): boolean {
  return canonical(a) === canonical(b);
}

function canonical(document: PolicyDocument): string {
  return JSON.stringify(document, fieldsInOrder);
}

function fieldsInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The policy this release of the shop runs on. It is part of the release and checked before one is started or
 * deployed (`assertShopPolicy`), so that no function has to check it again at every cold start.
 */
export const currentPolicy: Policy = stamped(shopPolicy as PolicyDocument);
