import type { Person } from '../../domain/member/registration.ts';
import { vaultKeys } from '../dynamo/keys.ts';
import { type OpenedItem, type PersonalItem, type PersonalItems, placeOf } from './vault.ts';

/** A person as the vault keeps it: the version of the record in the open, all else sealed. */
export function personItem({ version, ...content }: Person): PersonalItem {
  return { key: vaultKeys.person(content.memberId), content, version };
}

/** The person that was read, by the member it is. */
export function personIn(found: ReadonlyMap<string, OpenedItem>, memberId: string): Person | undefined {
  const item = found.get(placeOf(vaultKeys.person(memberId)));
  return item && { ...(item.content as Omit<Person, 'version'>), version: item.version };
}

/** What is known of members as persons, in one request; those of whom nothing is known, or who have been erased, are left out. */
export async function loadPersons(
  vault: Pick<PersonalItems, 'read'>,
  memberIds: readonly string[],
  options: { consistent: boolean },
): Promise<Map<string, Person>> {
  if (memberIds.length === 0) return new Map();
  const { found } = await vault.read(memberIds.map(vaultKeys.person), options);
  return new Map(
    memberIds.flatMap((memberId) => {
      const person = personIn(found, memberId);
      return person === undefined ? [] : [[memberId, person] as const];
    }),
  );
}
