import type { Policy } from '../../policy/policy.ts';
import { accountAt, type Entry } from './account.ts';
import type { AccountRecord } from './decide-order.ts';
import { isEntry, type JournalEntry } from './journal.ts';

/** One line of a member's ledger as it is shown; see the contract for its fields. */
export type LedgerLine = {
  entryId: string;
  kind: Entry['kind'];
  points: number;
  state: Entry['state'];
  at: string;
  availableAt?: string;
  expiresAt?: string;
  corrects?: string;
  cause: { eventId: string; type: string; subject: string };
  rule: { id: string; policyVersion: string; arithmetic: string };
};

const RULES: Record<Entry['kind'], string> = {
  earn: 'purchase',
  available: 'hold',
  reverse: 'return',
  expire: 'expiry',
};

/** Where a reader of the ledger stands: below which entry, in which page of the journal, past how many due lines. */
export type LedgerPosition = { belowSeq: number; page?: number | undefined; dueGiven: number };

export type LedgerPage = { lines: LedgerLine[]; next?: LedgerPosition };

/**
 * A page of the ledger, newest first: what has fallen due since the account was last written, computed for this
 * instant, then the journal from its youngest entry down. Reads as many journal pages as the lines need and no more.
 */
export async function ledgerPage(
  record: AccountRecord,
  question: { position?: LedgerPosition | undefined; limit: number; nowMs: number; policy: Policy },
  loadPage: (page: number) => Promise<JournalEntry[]>,
): Promise<LedgerPage> {
  const { limit, nowMs, policy } = question;
  const { journal } = record;
  const start = question.position ?? { belowSeq: journal.count + 1, dueGiven: 0 };
  const wholeDue = question.position === undefined || start.belowSeq > journal.count;
  const due = wholeDue ? accountAt(record.account, nowMs, policy).entries.filter(isEntry).reverse() : [];
  const dueShown = due.slice(start.dueGiven, start.dueGiven + limit);
  const lines = dueShown.map((entry) => lineOf(entry));
  const position: LedgerPosition = { ...start, dueGiven: start.dueGiven + dueShown.length };

  const give = (entries: readonly JournalEntry[]) => {
    for (const entry of entries.filter((it) => it.seq < position.belowSeq).sort((a, b) => b.seq - a.seq)) {
      if (lines.length === limit) return;
      position.belowSeq = entry.seq;
      if (isEntry(entry)) lines.push(lineOf(entry));
    }
  };
  if (lines.length < limit) give(journal.tail);
  for (let page = start.page ?? journal.pages; page > 0 && lines.length < limit; page -= 1) {
    give(await loadPage(page));
    position.page = page;
  }
  const more = position.belowSeq > 1 || position.dueGiven < due.length;
  return { lines, ...(more && lines.length > 0 && { next: position }) };
}

/** The id of an entry: its number, or, where time alone caused it, what fell due, known before it is written. */
export function entryId(entry: Entry & { seq?: number; corrects?: string | undefined }): string {
  if (entry.corrects === undefined && entry.kind === 'available') return `release:${entry.subject}:${entry.state}`;
  if (entry.corrects === undefined && entry.eventType === 'points.expiry') return `expire:${entry.subject}`;
  return `e${entry.seq ?? 0}`;
}

export function lineOf(entry: Entry & { seq?: number; corrects?: string | undefined }): LedgerLine {
  const { kind, points, state, hold, eventId, eventType, subject, policyStamp, arithmetic, corrects } = entry;
  return {
    entryId: entryId(entry),
    kind,
    points,
    state,
    at: instant(entry.atMs),
    ...(hold && { availableAt: instant(hold.availableAtMs), expiresAt: instant(hold.expiresAtMs) }),
    ...(corrects !== undefined && { corrects }),
    cause: { eventId, type: eventType, subject },
    rule: { id: ruleOf(entry), policyVersion: policyStamp, arithmetic },
  };
}

export function ruleOf(entry: Pick<Entry, 'kind' | 'eventType'>): string {
  return entry.eventType === 'order.cancelled.v1' ? 'cancellation' : RULES[entry.kind];
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
