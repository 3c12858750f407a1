import { EXTENSION_SEAL, SEAL } from '../../../events/envelope.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields of an event that name a person, and as what. */
const PEOPLE = { memberId: 'member', voterId: 'member', referredBy: 'member', anonymousId: 'visitor' } as const;

/**
 * An event as the lake keeps it, for ever and for anybody who analyses: people by pseudonyms, which are the same in every event, and nothing of what
 * is sealed. Whatever else repeats a person's id, such as the subject, goes by the pseudonym too.
 * @param pseudonymOf a keyed hash of kind and id
 */
export function lakeRecord(event: Fields, pseudonymOf: (kind: string, id: string) => string): Fields {
  const { [SEAL]: _, [EXTENSION_SEAL]: __, data, subject, ...attributes } = event;
  const fields = typeof data === 'object' && data !== null ? (data as Fields) : {};
  const names = new Map<unknown, string>();
  for (const [field, kind] of Object.entries(PEOPLE)) {
    const id = fields[field];
    if (typeof id === 'string') names.set(id, pseudonymOf(kind, id));
  }
  const people = Object.keys(PEOPLE).flatMap((field) =>
    names.has(fields[field]) ? [[field, names.get(fields[field])]] : [],
  );
  return {
    ...attributes,
    ...(subject !== undefined && { subject: names.get(subject) ?? subject }),
    data: { ...fields, ...Object.fromEntries(people) },
  };
}
