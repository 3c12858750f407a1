import type { Policies } from '../../policy/policies.ts';
import type { SanctionRefusal } from './fold-sanction.ts';
import { type Restrictions, restrictionOf, withRestriction } from './restrictions.ts';
import { addFact, openSanction, type SanctionRecord } from './sanction.ts';
import {
  commandId,
  type RestrictionKind,
  type SanctionCause,
  type SanctionFact,
  type SanctionTarget,
  saying,
} from './sanction-facts.ts';

type Spoken = { by: string; text?: string | undefined };

/** What somebody says of a case. `by`: who acts at the desk; `actor`: who speaks for the brand or the supplier. */
export type SanctionSaying =
  | ({
      kind: 'notice';
      restriction: RestrictionKind;
      reason: string;
      causes: readonly SanctionCause[];
    } & SanctionTarget &
      Spoken)
  | ({ kind: 'answer'; actor: string } & Spoken)
  | ({ kind: 'decision'; verdict: 'restrict' | 'dismiss'; untilMs?: number | undefined; reason: string } & Spoken)
  | ({ kind: 'appeal'; actor: string } & Spoken)
  | ({ kind: 'appeal_decision'; verdict: 'uphold' | 'lift'; reason: string } & Spoken);

/** What somebody has written. */
export type Words = { text: string };

/** A fact, and the words that stand apart from it. */
export type Told = { fact: SanctionFact; words?: Words | undefined };

/** The fact that something said is, under the id it came by. */
export function factOf(said: SanctionSaying, { eventId, atMs }: { eventId: string; atMs: number }): Told {
  const { kind, text, ...rest } = said;
  const data = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const spoken = text !== undefined;
  const fact = { kind, eventId, hash: saying({ ...data, text }), atMs, data, ...(spoken && { words: true }) };
  return { fact: fact as SanctionFact, ...(spoken && { words: { text } }) };
}

export type CommandRefusal = {
  kind: 'refused';
  code: SanctionRefusal | 'unknown_sanction' | 'too_many_facts' | 'too_many_restrictions';
  detail: string;
};

export type CommandDecision =
  /** `restrictions`: those of the brand or the supplier, where the command changes them. */
  | { kind: 'write'; record: SanctionRecord; told: Told; restrictions?: Restrictions | undefined }
  | { kind: 'again'; record: SanctionRecord; fact: SanctionFact }
  | CommandRefusal;

/**
 * Decides on a command that comes now. It comes after all that is known, so it counts exactly where the fold of the facts says
 * so; the same command again is answered as before. `id`: the caller's own id of the command, where there is one.
 */
export function decideCommand(
  { record, restrictions }: { record: SanctionRecord; restrictions: Restrictions },
  said: SanctionSaying,
  { policies, nowMs, id }: { policies: Policies; nowMs: number; id?: string | undefined },
): CommandDecision {
  if (said.kind !== 'notice' && openSanction(record) === undefined) {
    return refused('unknown_sanction', 'There is no case of this id.');
  }
  const draft = factOf(said, { eventId: '', atMs: nowMs });
  const { kind, hash } = draft.fact;
  const eventId = id === undefined ? commandId(kind, hash) : commandId(kind, 'id', id);
  const known = record.facts.find((fact) => fact.eventId === eventId);
  if (known !== undefined && known.hash !== hash) return refused('id_reused', 'The id stands for something else.');
  if (known !== undefined) return { kind: 'again', record, fact: known };
  const fact = { ...draft.fact, eventId, atMs: nextMs(record, said, nowMs) };
  const added = addFact(record, fact, policies);
  if (added.kind === 'refused') return added;
  const sanction = openSanction(added.kind === 'added' ? added.record : record);
  if (added.kind === 'known' || sanction === undefined) return { kind: 'again', record, fact };
  const refusal = sanction.folded.refused.find((it) => it.fact.eventId === eventId);
  if (refusal !== undefined) return refused(refusal.code, refusal.detail);
  // The same words under another id are the same fact: what was said first is what was said.
  const same = sanction.folded.steps.find((it) => it.fact.kind === kind && it.fact.hash === hash)?.fact;
  if (same !== undefined && same.eventId !== eventId) return { kind: 'again', record, fact: same };
  const restriction = restrictionOf(sanction);
  const next = restriction && withRestriction(restrictions, restriction, fact.atMs);
  if (next === 'full' && kind === 'decision') {
    return refused(
      'too_many_restrictions',
      'So many restrictions are in force already that there is room for no other.',
    );
  }
  const told = { ...draft, fact };
  return {
    kind: 'write',
    record: sanction.record,
    told,
    ...(next !== undefined && next !== 'full' && { restrictions: next }),
  };
}

/** What a command says comes after all that it was decided by, though that may be dated in this very millisecond. */
function nextMs(record: SanctionRecord, said: SanctionSaying, nowMs: number): number {
  if (said.kind === 'notice') return nowMs;
  return Math.max(nowMs, ...record.facts.map(({ atMs }) => atMs + 1));
}

function refused(code: CommandRefusal['code'], detail: string): CommandRefusal {
  return { kind: 'refused', code, detail };
}
