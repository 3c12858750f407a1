import type { EventDefinition } from '../../../events/define-event.ts';
import { EXTENSION_SEAL, NOTHING_SEALED, SEAL, TRACE_ATTRIBUTES } from '../../../events/envelope.ts';
import { ID_PATTERN } from '../../../events/ids.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * An event in two: what anybody may read, and what is sealed under the key of its owner. `data` holds personal fields and fields that the
 * schema does not know; `extensions` what else stands around the data. Both are left out where there is nothing in them.
 */
export type EventParts = { open: Fields; owner?: string; data?: Fields; extensions?: Fields };

/** The fields that can say whose an event is, with whose key it is sealed, most telling first. */
const OWNERS = [
  ['memberId', 'MEMBER'],
  ['complaintId', 'COMPLAINT'],
  ['reviewId', 'REVIEW'],
  ['orderId', 'ORDER'],
  ['anonymousId', 'VISITOR'],
] as const;

const KNOWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype', 'data'],
]);
/** A source that names a system and not a person: no blanks, no address. */
const SOURCE_PATTERN = /^[A-Za-z0-9_.:/~-]+$/;
const PLAIN_JSON = /^application\/json(; ?charset=utf-8)?$/i;
const SEALED_SOURCE = 'urn:rapport:sealed';

/** Whose an event is, as the vault calls it: `MEMBER#id`, `COMPLAINT#id` ...; undefined for what is nobody's, such as a product. */
export function ownerOf(data: unknown): string | undefined {
  const fields = data as Fields;
  for (const [name, kind] of OWNERS) {
    if (typeof fields[name] === 'string') return `${kind}#${fields[name]}`;
  }
  return undefined;
}

/** The members that an event names as those who did it. */
export function membersOf(data: unknown): string[] {
  const { memberId, voterId } = data as { memberId?: unknown; voterId?: unknown };
  return [memberId, voterId].filter((it) => typeof it === 'string');
}

/**
 * Takes an event apart. What stays open is what the schema knows and does not call personal; anything else could be a name or an address that
 * somebody has sent along. Events of products, brands and inspections are nobody's and stay as they are.
 * @param input the event as it came
 * @param known what the event's schema has read of `data`
 */
export function takeApart(definition: EventDefinition, input: Fields, known: unknown): EventParts {
  const owner = ownerOf(known);
  if (owner === undefined) return { open: withoutSeals(input) };
  const { kept, rest } = split(input.data, known, new Set(definition.personal));
  const { open, extensions } = splitEnvelope(input, kept as Fields);
  return {
    open: { ...open, data: kept },
    owner,
    ...(rest !== undefined && { data: rest as Fields }),
    ...(extensions !== undefined && { extensions }),
  };
}

/** Puts an event together again, with what had been sealed of its data. */
export function putTogether(open: Fields, sealed: unknown): Fields {
  return { ...open, data: merge(open.data, sealed) };
}

/** The event as it goes on, with its seals. */
export function withSeals(open: Fields, seal: string | undefined, extensions: string | undefined): Fields {
  return { ...open, [SEAL]: seal ?? NOTHING_SEALED, ...(extensions !== undefined && { [EXTENSION_SEAL]: extensions }) };
}

/** What a ciphertext is bound to, so that it opens in no other event. */
export function sealContext(input: { id: unknown; type: unknown }, part: 'data' | 'extensions' = 'data'): string {
  return `${part} ${String(input.type)} ${String(input.id)}`;
}

/** Nobody's event may not pass for one that has been sealed by us. */
function withoutSeals(input: Fields): Fields {
  return Object.fromEntries(Object.entries(input).filter(([name]) => name !== SEAL && name !== EXTENSION_SEAL));
}

/** @param data what stays open of the data: an id among it is no name */
function splitEnvelope(input: Fields, data: Fields): { open: Fields; extensions?: Fields } {
  const ids = new Set(Object.values(data).filter((it) => typeof it === 'string' && ID_PATTERN.test(it)));
  const stays = (name: string, value: unknown): boolean => {
    if (name === 'source') return SOURCE_PATTERN.test(String(value));
    // A subject repeats one of the event's own ids; whatever else stands there is the sender's.
    if (name === 'subject') return ids.has(String(value));
    // A media type takes parameters, and they take anything.
    if (name === 'datacontenttype') return PLAIN_JSON.test(String(value));
    if (KNOWN_ATTRIBUTES.has(name)) return true;
    return TRACE_ATTRIBUTES.some((it) => it === name) && typeof value === 'string' && ID_PATTERN.test(value);
  };
  const entries = Object.entries(input);
  const kept = entries.filter(([name, value]) => stays(name, value));
  const taken = entries.filter(([name, value]) => !stays(name, value) && name !== SEAL && name !== EXTENSION_SEAL);
  const open: Fields = {
    ...Object.fromEntries(kept),
    ...('source' in Object.fromEntries(kept) ? {} : { source: SEALED_SOURCE }),
  };
  return { open, ...(taken.length > 0 && { extensions: Object.fromEntries(taken) }) };
}

/** What of a value the schema knows, as it came, and the rest of it; lists keep their places. */
function split(
  value: unknown,
  known: unknown,
  personal: ReadonlySet<string> = new Set(),
): { kept: unknown; rest?: unknown } {
  if (Array.isArray(value) && Array.isArray(known)) {
    const parts = value.map((element, index) => split(element, known[index]));
    const rest = parts.flatMap((part, index) => (part.rest === undefined ? [] : [[String(index), part.rest] as const]));
    return { kept: parts.map(({ kept }) => kept), ...(rest.length > 0 && { rest: Object.fromEntries(rest) }) };
  }
  if (!isFields(value) || !isFields(known)) return { kept: value };
  const kept: [string, unknown][] = [];
  const rest: [string, unknown][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (personal.has(name) || !Object.hasOwn(known, name)) {
      rest.push([name, field]);
      continue;
    }
    const part = split(field, known[name]);
    kept.push([name, part.kept]);
    if (part.rest !== undefined) rest.push([name, part.rest]);
  }
  // `fromEntries` makes a field of any name, `__proto__` too.
  return { kept: Object.fromEntries(kept), ...(rest.length > 0 && { rest: Object.fromEntries(rest) }) };
}

function merge(open: unknown, sealed: unknown): unknown {
  if (sealed === undefined) return open;
  if (Array.isArray(open) && isFields(sealed)) {
    return open.map((element, index) =>
      merge(element, Object.hasOwn(sealed, String(index)) ? sealed[String(index)] : undefined),
    );
  }
  if (!isFields(open) || !isFields(sealed)) return sealed;
  const merged = Object.entries(sealed).map(([name, field]) => [
    name,
    merge(Object.hasOwn(open, name) ? open[name] : undefined, field),
  ]);
  return Object.fromEntries([...Object.entries(open), ...merged] as [string, unknown][]);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
