import { type Compensation, compensationOf } from '../../../events/complaint/compensation.ts';
import type { Policies } from '../../policy/policies.ts';
import { addFact, type ComplaintRecord, openedComplaint } from './complaint.ts';
import {
  type Category,
  type ComplaintFact,
  type ComplaintTarget,
  commandId,
  type Outcome,
  type Severity,
  saying,
  type Wish,
  type Words,
} from './complaint-facts.ts';
import { appealPending, type RefusalCode } from './fold-complaint.ts';

/** What is said of a complaint, by an event or by a command. */
export type Saying =
  | ({
      kind: 'opened';
      memberId: string;
      category: Category;
      severity?: Severity | undefined;
      wish?: Wish | undefined;
      text?: string | undefined;
    } & ComplaintTarget)
  | { kind: 'investigating'; actor: string }
  | { kind: 'answered'; actor: string; text?: string | undefined }
  | {
      kind: 'decided';
      outcome: Outcome;
      actor?: string | undefined;
      compensation?: Parameters<typeof compensationOf>[0] | undefined;
      reason?: string | undefined;
    }
  | { kind: 'appealed'; actor: string; text?: string | undefined }
  | { kind: 'rated'; satisfaction: number };

/** A fact, and the words that stand apart from it. */
export type Told = { fact: ComplaintFact; words?: Words | undefined };

/** The fact that something said is, under the id it came by. */
export function factOf(said: Saying, { eventId, atMs }: { eventId: string; atMs: number }): Told {
  const { kind, content, words } = contentOf(said);
  const spoken = words.text !== undefined || words.note !== undefined;
  const fact = {
    kind,
    eventId,
    hash: saying({ ...content, words }),
    atMs,
    data: content,
    ...(spoken && { words: true }),
  };
  return { fact: fact as ComplaintFact, ...(spoken && { words }) };
}

function contentOf(said: Saying): { kind: Saying['kind']; content: object; words: Words } {
  switch (said.kind) {
    case 'opened': {
      const {
        kind,
        text,
        severity = 'normal',
        memberId,
        brandId,
        supplierId,
        productId,
        orderId,
        category,
        wish,
      } = said;
      const content = { memberId, brandId, supplierId, productId, orderId, category, severity, wish };
      return { kind, content: present(content), words: present({ text }) };
    }
    case 'answered':
    case 'appealed': {
      const { kind, text, actor } = said;
      return { kind, content: { actor }, words: present({ text }) };
    }
    case 'decided': {
      const { kind, outcome, actor, reason } = said;
      const { note, ...given } =
        said.compensation === undefined ? ({} as Compensation) : compensationOf(said.compensation);
      const compensation = Object.keys(given).length === 0 ? undefined : present(given);
      return { kind, content: present({ outcome, actor, compensation }), words: present({ text: reason, note }) };
    }
    case 'investigating':
      return { kind: said.kind, content: { actor: said.actor }, words: {} };
    case 'rated':
      return { kind: said.kind, content: { satisfaction: said.satisfaction }, words: {} };
  }
}

function present<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

export type CommandRefusal = { kind: 'refused'; code: RefusalCode | 'too_many_facts'; detail: string };

export type CommandDecision =
  /** Both name the fact that the command is; what is answered is how the complaint stood with it. */
  | { kind: 'write'; record: ComplaintRecord; told: Told }
  | { kind: 'again'; record: ComplaintRecord; fact: ComplaintFact }
  | CommandRefusal;

/**
 * Decides on a command that comes now. It comes after all that is known, so it counts exactly where the fold of the facts says
 * so; the same command again is answered as before. `id`: the caller's own id of the command, where there is one.
 */
export function decideCommand(
  record: ComplaintRecord,
  said: Saying,
  { policies, nowMs, id }: { policies: Policies; nowMs: number; id?: string | undefined },
): CommandDecision {
  const complaint = openedComplaint(record);
  const draft = factOf(said, { eventId: '', atMs: nowMs });
  const { hash } = draft.fact;
  if (said.kind === 'opened' && complaint !== undefined && complaint.folded.opened.hash !== hash) {
    return refused('id_reused', 'A complaint of this id says something else.');
  }
  const round = complaint !== undefined && complaint.folded.appeal !== undefined ? 2 : 1;
  const eventId = commandId(...identity(said, { hash, round, id }));
  const known = record.facts.find((fact) => fact.eventId === eventId);
  if (known !== undefined && known.hash !== hash) return refused('id_reused', 'The id stands for something else.');
  if (known !== undefined) return { kind: 'again', record, fact: known };
  const same = complaint?.folded.steps.find(({ fact }) => fact.kind === said.kind && fact.hash === hash)?.fact;
  const anew = same?.kind === 'decided' && complaint !== undefined && appealPending(complaint.folded);
  if (same !== undefined && !anew && id === undefined) return { kind: 'again', record, fact: same };
  const told = { ...draft, fact: { ...draft.fact, eventId, atMs: nextMs(record, said, nowMs) } };
  const added = addFact(record, told.fact, policies);
  if (added.kind === 'refused') return added;
  if (added.kind === 'known') return { kind: 'again', record, fact: told.fact };
  const refusal = openedComplaint(added.record)?.folded.refused.find((it) => it.fact.eventId === eventId);
  if (refusal !== undefined) return refused(refusal.code, refusal.detail);
  return { kind: 'write', record: added.record, told };
}

/** One opening, one appeal and one rating; an answer by its own id or by what it says; a decision in each round. */
function identity(
  said: Saying,
  { hash, round, id }: { hash: string; round: number; id: string | undefined },
): (string | number)[] {
  switch (said.kind) {
    case 'opened':
    case 'appealed':
    case 'rated':
      return [said.kind, hash];
    case 'decided':
      return [said.kind, round, hash];
    case 'investigating':
    case 'answered':
      return id === undefined ? [said.kind, hash] : [said.kind, 'id', id];
  }
}

/** What a command says comes after all that it was decided by, though that may be dated in this very millisecond. */
function nextMs(record: ComplaintRecord, said: Saying, nowMs: number): number {
  if (said.kind === 'opened') return nowMs;
  return Math.max(nowMs, ...record.facts.map(({ atMs }) => atMs + 1));
}

function refused(code: CommandRefusal['code'], detail: string): CommandRefusal {
  return { kind: 'refused', code, detail };
}
