import { hash } from 'node:crypto';
import { NOTHING_SEALED } from '../../../events/envelope.ts';

/**
 * What an event says, in 43 characters: SHA-256 over its type, its instant and its data as canonical JSON. Source,
 * subject and extensions do not count, so an event sent again by another instance or with another trace is the same
 * event; fields of `data` that are not known here do count, as do those that have been sealed, by their seal. The caller has made sure that `data` is not nested deeply.
 */
export function contentHash(event: { type: string; time: string; data: unknown; seal?: string | undefined }): string {
  const instant = new Date(event.time).toISOString();
  const said = [event.type, instant, event.data];
  const sealed = event.seal === undefined || event.seal === NOTHING_SEALED ? said : [...said, event.seal];
  return hash('sha256', canonicalJson(sealed), 'base64url');
}

/** JSON with the names of every object in order and no white space: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
