import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../shared/domain/loyalty/entries.ts';
import {
  appendEntries,
  correctingEntries,
  EMPTY_JOURNAL,
  type Journal,
  type JournalEntry,
  type JournalPage,
  newEntries,
} from '../../../shared/domain/loyalty/journal.ts';

const entry = (name: string, points = 1): Entry => ({
  kind: 'earn',
  state: 'pending',
  points,
  atMs: 0,
  eventId: name,
  eventType: 'order.placed.v1',
  subject: 'ord-1',
  policyStamp: '1-00000000',
  arithmetic: '',
});
const entries = (count: number) => Array.from({ length: count }, (_, n) => entry(`e${n}`));

/** Appends write after write, keeping the pages as a table would. */
function write(...writes: number[]): { journal: Journal; pages: JournalPage[] } {
  return writes.reduce<{ journal: Journal; pages: JournalPage[] }>(
    ({ journal, pages }, count) => {
      const next = appendEntries(journal, entries(count));
      return { journal: next.journal, pages: [...pages, ...next.pages] };
    },
    { journal: EMPTY_JOURNAL, pages: [] },
  );
}

describe('a journal', () => {
  it.each([
    { writes: [1, 2], tail: 3, pages: [], what: 'keeps a few in its tail' },
    { writes: [14], tail: 14, pages: [], what: 'fills its tail' },
    { writes: [14, 1], tail: 1, pages: [14], what: 'turns a full tail into a page' },
    { writes: [10, 5, 14], tail: 14, pages: [10, 5], what: 'turns a page before the tail would run over' },
    { writes: [3, 15], tail: 0, pages: [18], what: 'keeps no part of a write that is longer than a tail' },
    { writes: [3, 250, 2], tail: 2, pages: [100, 100, 53], what: 'splits a long write over pages of a hundred' },
  ])('$what: writes of $writes', ({ writes, tail, pages }) => {
    const written = write(...writes);
    expect(written.journal.tail).toHaveLength(tail);
    expect(written.pages.map((it) => it.entries.length)).toEqual(pages);
    expect(written.pages.map((it) => it.page)).toEqual(pages.map((_, index) => index + 1));
    const all = [...written.pages.flatMap((it) => it.entries), ...written.journal.tail];
    expect(all.map((it) => it.seq)).toEqual(all.map((_, index) => index + 1));
    expect(written.journal).toMatchObject({ count: all.length, pages: pages.length });
  });

  it.each([
    { before: [3], count: 2, what: 'from the tail' },
    { before: [13], count: 4, what: 'from the tail, where the older ones became a page' },
    { before: [3], count: 15, what: 'from a page that also has older ones' },
    { before: [3], count: 250, what: 'from several pages' },
    { before: [], count: 1, what: 'from the first write' },
  ])('gives the entries of a write $what', async ({ before, count, what }) => {
    const known = write(...before);
    const { journal, pages } = write(...before, count);
    const asked: number[] = [];
    const found = await newEntries(journal, known.journal.count, async (page) => {
      asked.push(page);
      return pages.find((it) => it.page === page)?.entries ?? [];
    });
    expect(found.map((it) => it.seq)).toEqual(Array.from({ length: count }, (_, n) => known.journal.count + n + 1));
    if (what.includes('tail')) expect(asked).toEqual([]);
  });
});

describe('correcting entries', () => {
  const cause = { atMs: 9, eventId: 'late', eventType: 'order.returned.v1', subject: 'ord-9' };
  const written = (...list: Entry[]): JournalEntry[] => list.map((it, index) => ({ ...it, seq: index + 1 }));

  it.each([
    { what: 'nothing changed', before: [entry('a', 5)], after: [entry('a', 5)], corrections: [] },
    { what: 'an entry is missing', before: [entry('a', 5)], after: [entry('a', 5), entry('b', 2)], corrections: [2] },
    { what: 'an amount is another', before: [entry('a', 5)], after: [entry('a', 7)], corrections: [2] },
    { what: 'an entry should not be there', before: [entry('a', 5)], after: [], corrections: [-5] },
  ])('where $what: $corrections', ({ before, after, corrections }) => {
    expect(correctingEntries(written(...before), after, cause).map((it) => it.points)).toEqual(corrections);
  });

  it('name the movement that they correct and the fact that made the difference', () => {
    expect(correctingEntries(written(entry('a', 5)), [entry('a', 7)], cause)).toEqual([
      {
        ...entry('a', 2),
        ...cause,
        hold: undefined,
        arithmetic: '7 instead of 5, now that late is known',
        corrects: 'earn|pending|a|ord-1',
      },
    ]);
  });

  it('count earlier corrections of the same movement', () => {
    const [correction] = correctingEntries(written(entry('a', 5)), [entry('a', 7)], cause);
    const both = written(entry('a', 5), correction!);
    expect(correctingEntries(both, [entry('a', 7)], cause)).toEqual([]);
    expect(correctingEntries(both, [entry('a', 4)], cause).map((it) => it.points)).toEqual([-3]);
  });

  it('bring all of what is missing, also where one cause moves points the same way twice', () => {
    const twice = [entry('a', 5), entry('a', 3)];
    expect(correctingEntries(written(entry('b', 1)), [entry('b', 1), ...twice], cause)).toEqual(twice);
    expect(correctingEntries(written(...twice), [entry('a', 5)], cause).map((it) => it.points)).toEqual([-3]);
  });

  it('leave changes of tier alone', () => {
    const tier = { kind: 'tier', reason: 'spend', from: 'a', to: 'b', spend: 1, ...cause, policyStamp: 'p' } as const;
    expect(correctingEntries([{ ...tier, seq: 1 }], [], cause)).toEqual([]);
    expect(correctingEntries([], [tier], cause)).toEqual([]);
  });
});
