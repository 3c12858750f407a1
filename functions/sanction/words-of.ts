import type { Beside, WordsStore } from '../../shared/adapters/vault/words.ts';
import type { Told, Words } from '../../shared/domain/sanction/decide-sanction.ts';
import type { SanctionRecord } from '../../shared/domain/sanction/sanction.ts';

/** What is written in a case belongs to the case: no member speaks in it. */
const ownerOf = (sanctionId: string): string => `SANCTION#${sanctionId}`;

/** What was written about a case, by the facts it belongs to. */
export function wordsOf({ sanctionId, facts }: SanctionRecord, words: WordsStore): Promise<Map<string, Words>> {
  const spoken = facts.filter((fact) => fact.words === true);
  const places = spoken.map(({ eventId }) => ({ owner: ownerOf(sanctionId), eventId }));
  return words.load<Words>(places, { consistent: true });
}

/** What is written into the vault together with a new fact; nothing where it came without words. */
export async function besideFact(sanctionId: string, { fact, words: said }: Told, words: WordsStore): Promise<Beside> {
  if (said === undefined) return [];
  return words.beside([{ owner: ownerOf(sanctionId), eventId: fact.eventId, words: said }]);
}
