import type { ReviewWords } from '../../domain/review/review-facts.ts';
import type { Voices } from '../../domain/review/review-view.ts';
import { vaultKeys } from '../dynamo/keys.ts';
import { personIn } from './persons.ts';
import { type PersonalItems, placeOf } from './vault.ts';

/** A listed review as far as people come into it. */
type Row = { reviewId: string; eventId: string; memberId: string; anonymous?: true | undefined };

/** What a page of reviews tells of people: words, names and who has been erased, in one request for all of it. */
export async function loadVoices(vault: Pick<PersonalItems, 'read'>, rows: readonly Row[]): Promise<Voices> {
  const places = rows.map(({ reviewId, eventId, memberId }) => ({
    reviewId,
    key: vaultKeys.words(`MEMBER#${memberId}`, eventId),
  }));
  // Nobody reads the name of somebody who does not want to be shown.
  const named = [...new Set(rows.flatMap(({ memberId, anonymous }) => (anonymous === true ? [] : [memberId])))];
  const keys = [...places.map(({ key }) => key), ...named.map(vaultKeys.person)];
  const { found, erased } = keys.length === 0 ? nothing : await vault.read(keys, { consistent: false });
  const words = places.flatMap(({ reviewId, key }) => {
    const item = found.get(placeOf(key));
    return item === undefined ? [] : [[reviewId, item.content as ReviewWords] as const];
  });
  const names = named.flatMap((memberId) => {
    const name = personIn(found, memberId)?.displayName?.value;
    return name === undefined ? [] : [[memberId, name] as const];
  });
  const gone = rows.map(({ memberId }) => memberId).filter((memberId) => erased.has(`MEMBER#${memberId}`));
  return { words: new Map(words), names: new Map(names), erased: new Set(gone) };
}

const nothing: Awaited<ReturnType<PersonalItems['read']>> = { found: new Map(), erased: new Set() };
