import type { Policies } from '../../policy/policies.ts';
import type { AccountRecord } from './book-postings.ts';
import { type Entry, isEntry } from './entries.ts';
import { accountAt } from './fold.ts';
import { type JournalEntry, newEntries } from './journal.ts';

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
  redeem: 'redemption',
  refund: 'redemption_refund',
  expire: 'expiry',
  adjust: 'adjustment',
};

/** Where another cause than an order's lies behind an entry, the rule is that cause's. */
const RULES_BY_CAUSE: Record<string, string> = {
  'order.cancelled.v1': 'cancellation',
  'member.checked_in.v1': 'check_in',
  'referral.completed.v1': 'referral',
  'referral.withdrawn.v1': 'referral',
};

/** Where a reader stands among the lines that time alone brings: as of which instant, and after which of them. */
export type DuePosition = { asOfMs: number; afterId: string; afterMs: number };

/**
 * Where a reader of the ledger stands: below which entry, in which page of the journal, and, until the lines that had
 * fallen due when the reading began are given, where among those.
 */
export type LedgerPosition = { belowSeq: number; page?: number | undefined; due?: DuePosition | undefined };

export type LedgerPage = { lines: LedgerLine[]; next?: LedgerPosition };

type LoadPage = (page: number) => Promise<JournalEntry[]>;

/**
 * A page of the ledger, newest first: what has fallen due since the account was last written, computed for the instant
 * at which the reading began, then the journal from its youngest entry down. Reads as many journal pages as the lines
 * need and no more. Whatever is written between two pages, nothing that stood there at first is missed or given twice.
 */
export async function ledgerPage(
  record: AccountRecord,
  question: { position?: LedgerPosition | undefined; limit: number; nowMs: number; policies: Policies },
  loadPage: LoadPage,
): Promise<LedgerPage> {
  const { limit, nowMs, policies } = question;
  const { journal } = record;
  const start: LedgerPosition = question.position ?? { belowSeq: journal.count + 1 };
  const asOfMs = Math.min(nowMs, start.due?.asOfMs ?? nowMs);
  const allGiven = question.position !== undefined && start.due === undefined;
  const due = allGiven ? [] : await dueLines(record, { start, asOfMs, policies }, loadPage);
  const lines = due.slice(0, limit).map((entry) => lineOf(entry));
  const position: LedgerPosition = { belowSeq: start.belowSeq, page: start.page };
  const last = due[lines.length - 1];
  if (due.length > lines.length && last !== undefined) {
    position.due = { asOfMs, afterId: entryId(last), afterMs: last.atMs };
  }

  const give = (entries: readonly JournalEntry[]) => {
    for (const entry of entries.filter((it) => it.seq < position.belowSeq).sort((a, b) => b.seq - a.seq)) {
      if (lines.length === limit) return;
      position.belowSeq = entry.seq;
      if (isEntry(entry)) lines.push(lineOf(entry));
    }
  };
  if (lines.length < limit) give(journal.tail);
  const firstPage = Math.min(start.page ?? journal.pages, journal.pages);
  for (let page = firstPage; page > 0 && lines.length < limit; page -= 1) {
    give(await loadPage(page));
    position.page = page;
  }
  const more = position.belowSeq > 1 || position.due !== undefined;
  return { lines, ...(more && lines.length > 0 && { next: position }) };
}

/**
 * The lines that time alone had brought by an instant and that are not given yet, newest first. Those that have been
 * written since the reading began are found in the journal, above the entry it began at, under the same ids.
 */
async function dueLines(
  { account, journal }: AccountRecord,
  { start, asOfMs, policies }: { start: LedgerPosition; asOfMs: number; policies: Policies },
  loadPage: LoadPage,
): Promise<(Entry & { seq?: number })[]> {
  const open = accountAt(account, asOfMs, policies).entries.filter(isEntry);
  const written = (await newEntries(journal, start.belowSeq - 1, loadPage))
    .filter(isEntry)
    .filter((entry) => fallsDue(entry) && entry.atMs <= asOfMs);
  const all = [...written, ...open].reverse();
  const { due } = start;
  if (due === undefined) return all;
  const given = all.findIndex((entry) => entryId(entry) === due.afterId);
  // The line given last may be gone, its order having been returned in the meantime.
  return given >= 0 ? all.slice(given + 1) : all.filter((entry) => entry.atMs < due.afterMs);
}

/** Whether time alone brings an entry, so that it is known before it is written. */
function fallsDue(entry: Entry & { corrects?: string | undefined }): boolean {
  return entry.corrects === undefined && (isRelease(entry) || entry.eventType === 'points.expiry');
}

function isRelease({ kind, eventType }: Entry): boolean {
  return kind === 'available' && eventType === 'order.completed.v1';
}

/** The id of an entry: its number, or, where time alone caused it, what fell due, known before it is written. */
export function entryId(entry: Entry & { seq?: number; corrects?: string | undefined }): string {
  if (!fallsDue(entry)) return `e${entry.seq ?? 0}`;
  return isRelease(entry) ? `release:${entry.subject}:${entry.state}` : `expire:${entry.subject}`;
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
  if (entry.eventType.startsWith('review.')) return 'review';
  return (entry.kind === 'refund' ? undefined : RULES_BY_CAUSE[entry.eventType]) ?? RULES[entry.kind];
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
