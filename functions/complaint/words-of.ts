import { vaultKeys } from '../../shared/adapters/dynamo/keys.ts';
import type { Beside, WordsStore } from '../../shared/adapters/vault/words.ts';
import type { ComplaintRecord } from '../../shared/domain/complaint/complaint.ts';
import { speakerOf, type Words } from '../../shared/domain/complaint/complaint-facts.ts';
import type { Told } from '../../shared/domain/complaint/decide-complaint.ts';

/** What was written about a complaint, by the facts it belongs to. */
export function wordsOf({ complaintId, facts }: ComplaintRecord, words: WordsStore): Promise<Map<string, Words>> {
  const spoken = facts.filter((fact) => fact.words === true);
  const places = spoken.map((fact) => ({ owner: speakerOf(complaintId, fact), eventId: fact.eventId }));
  return words.load<Words>(places, { consistent: true });
}

/**
 * What is written into the vault together with a new fact: its words, and with an opening the note among the member's own by which the complaint
 * is found again when the member asks for all that is theirs.
 */
export async function besideFact(complaintId: string, { fact, words: said }: Told, words: WordsStore): Promise<Beside> {
  const spoken =
    said === undefined ? [] : [{ owner: speakerOf(complaintId, fact), eventId: fact.eventId, words: said }];
  const notes = fact.kind === 'opened' ? [{ key: vaultKeys.complaint(fact.data.memberId, complaintId) }] : [];
  return words.beside(spoken, notes);
}
