import { ERASED } from '../privacy/erased.ts';
import type { ComplaintRecord } from './complaint.ts';
import type { ComplaintFact } from './complaint-facts.ts';

/**
 * A complaint whose member has been erased: whom it is about and how it was decided stay, for they count; who complained and what was
 * written do not. Undefined where that has been done before.
 */
export function eraseComplaint(record: ComplaintRecord): ComplaintRecord | undefined {
  if (record.erased === true) return undefined;
  const member = record.facts.find((it) => it.kind === 'opened')?.data.memberId;
  const facts = record.facts.map((fact) => withoutMember(fact, member));
  return { ...record, version: record.version + 1, facts, erased: true };
}

function withoutMember({ words: _, ...fact }: ComplaintFact, member: string | undefined): ComplaintFact {
  // What was said is gone, and so is what could prove it.
  const said = { ...fact, hash: ERASED };
  if (said.kind === 'opened') return { ...said, data: { ...said.data, memberId: ERASED } };
  if (said.kind === 'appealed' && said.data.actor === member) return { ...said, data: { actor: ERASED } };
  return said;
}
