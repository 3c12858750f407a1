import { type Entry, isEntry, type Note } from './entries.ts';

/** An entry with its place in the member's journal, from 1. */
export type JournalEntry = (Entry | Note) & {
  seq: number;
  /** Set on a correction: the movement it corrects, so that all entries of a movement can be summed. */
  corrects?: string | undefined;
};

/**
 * A member's journal: append only. The youngest entries stand with the account, in the same item and the same write;
 * when there are more than a few, the older ones are moved, once and for ever, to a page of their own. So an event
 * costs no item of its own, and a ledger page reads one or two items whatever the member's history.
 */
export type Journal = { count: number; pages: number; tail: JournalEntry[] };

/** Entries that become pages in this write; page numbers go on from the journal's. */
export type JournalPage = { page: number; entries: JournalEntry[] };

const TAIL_LIMIT = 14;
const PAGE_LIMIT = 100;

export const EMPTY_JOURNAL: Journal = { count: 0, pages: 0, tail: [] };

/**
 * Appends entries. Entries of this write stay in the tail, where the publisher finds them, unless they are too many.
 * @param fits whether a journal may stand with its account as it is; the default goes by the number of entries
 */
export function appendEntries(
  journal: Journal,
  appended: readonly ((Entry | Note) & { corrects?: string | undefined })[],
  fits: (journal: Journal) => boolean = ({ tail }) => tail.length <= TAIL_LIMIT,
): { journal: Journal; pages: JournalPage[] } {
  const numbered = appended.map((entry, index): JournalEntry => ({ ...entry, seq: journal.count + index + 1 }));
  const count = journal.count + numbered.length;
  const whole = { count, pages: journal.pages, tail: [...journal.tail, ...numbered] };
  if (journal.tail.length === 0 ? numbered.length <= TAIL_LIMIT : fits(whole)) return { journal: whole, pages: [] };
  const stay = numbered.length <= TAIL_LIMIT ? numbered : [];
  const moved = numbered.length <= TAIL_LIMIT ? journal.tail : whole.tail;
  const pages: JournalPage[] = [];
  for (let start = 0; start < moved.length; start += PAGE_LIMIT) {
    pages.push({ page: journal.pages + pages.length + 1, entries: moved.slice(start, start + PAGE_LIMIT) });
  }
  return { journal: { count, pages: journal.pages + pages.length, tail: stay }, pages };
}

/** The movement that an entry is a leg of, or that it corrects. */
export function movementOf(entry: Entry & { corrects?: string | undefined }): string {
  return entry.corrects ?? `${entry.kind}|${entry.state}|${entry.eventId}|${entry.subject}`;
}

/**
 * The entries that bring a journal from what it says to what the fold of all facts says. What is missing is appended
 * as it would have been in time; what stands with another amount is corrected by the difference, caused by the late
 * fact. No entry is edited.
 */
export function correctingEntries(
  written: readonly JournalEntry[],
  wanted: readonly (Entry | Note)[],
  cause: Pick<Entry, 'atMs' | 'eventId' | 'eventType' | 'subject'>,
): (Entry & { corrects?: string | undefined })[] {
  const writtenPoints = sumByMovement(written);
  const wantedPoints = sumByMovement(wanted);
  const samples = new Map([...written, ...wanted].filter(isEntry).map((entry) => [movementOf(entry), entry]));
  const result: (Entry & { corrects?: string | undefined })[] = [];
  for (const [movement, sample] of samples) {
    const before = writtenPoints.get(movement);
    const after = wantedPoints.get(movement) ?? 0;
    // One cause may move points the same way more than once: an order gives back to every redemption that paid it.
    if (before === undefined) result.push(...wanted.filter(isEntry).filter((it) => movementOf(it) === movement));
    else if (before !== after) {
      const arithmetic = `${after} instead of ${before}, now that ${cause.eventId} is known`;
      const { kind, state, hold, policyStamp } = sample;
      result.push({ kind, state, hold, policyStamp, ...cause, points: after - before, arithmetic, corrects: movement });
    }
  }
  return result.sort((a, b) => a.atMs - b.atMs);
}

function sumByMovement(entries: readonly (JournalEntry | Entry | Note)[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const entry of entries.filter(isEntry)) {
    const movement = movementOf(entry);
    sums.set(movement, (sums.get(movement) ?? 0) + entry.points);
  }
  return sums;
}

/**
 * The entries numbered above `written`. They stand in the tail, or, where one write brought more than a tail holds, on
 * the last pages, which `loadPage` reads.
 */
export async function newEntries(
  journal: Journal,
  written: number,
  loadPage: (page: number) => Promise<JournalEntry[]>,
): Promise<JournalEntry[]> {
  const entries = journal.tail.filter((entry) => entry.seq > written);
  for (let page = journal.pages; page > 0 && entries.length < journal.count - written; page -= 1) {
    entries.unshift(...(await loadPage(page)).filter((entry) => entry.seq > written));
  }
  return entries.sort((a, b) => a.seq - b.seq);
}
