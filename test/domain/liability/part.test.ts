import { describe, expect, it } from 'vitest';
import { DAYS_LIMIT, dayAfter } from '../../../shared/domain/liability/day-rows.ts';
import { booksOfJournal } from '../../../shared/domain/liability/member-books.ts';
import { addDrift, daysOfRun, fromPlain, newPart, together, toPlain } from '../../../shared/domain/liability/part.ts';
import { LISTED_LIMIT } from '../../../shared/domain/liability/run.ts';
import { countMember, dayClock } from '../../../shared/domain/liability/tally.ts';
import type { JournalEntry } from '../../../shared/domain/loyalty/journal.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { at, checkedIn, completed, lifeOf, placed } from '../../support/shop-story.ts';

const dayAt = dayClock(always(currentPolicy));
const story = [placed('2026-01-05', { total: 50_000 }), completed('2026-01-06'), checkedIn('2026-01-07')];

function partOf(members: number) {
  const part = newPart();
  for (let member = 0; member < members; member += 1) {
    const { account, entries } = lifeOf('ann', story, '2026-02-01');
    const books = booksOfJournal(
      entries.map((entry, index) => ({ ...entry, seq: index + 1 }) as JournalEntry),
      [],
    );
    if (books !== undefined) countMember(part.tally, books, account, dayAt);
  }
  return part;
}

describe('the parts of a run', () => {
  it('come to the same however the members are spread over them', () => {
    const parts = [partOf(2), partOf(0), partOf(3)];
    expect(together(parts)).toEqual(partOf(5));
    expect(together(parts.reverse())).toEqual(partOf(5));
    expect(parts[0]).toEqual(partOf(3));
  });

  it('are JSON, and back', () => {
    const part = partOf(2);
    addDrift(part, {
      memberId: 'bob',
      disagree: ['debt'],
      account: { pending: 0, available: 0, debt: 1 },
      journal: { pending: 0, available: 0, debt: 0 },
    });
    expect(fromPlain(JSON.parse(JSON.stringify(toPlain(part))))).toEqual(part);
  });

  it('list some of the drift and count all of it', () => {
    const part = newPart();
    const none = { pending: 0, available: 0, debt: 0 };
    for (let n = 0; n < LISTED_LIMIT + 5; n += 1)
      addDrift(part, { memberId: `m${n}`, disagree: [], account: none, journal: none });
    expect(part.drift.listed).toHaveLength(LISTED_LIMIT);
    expect(together([part, part]).drift).toMatchObject({ count: 2 * (LISTED_LIMIT + 5) });
    expect(together([part, part]).drift.listed).toHaveLength(LISTED_LIMIT);
  });
});

it('days that have no row of their own are taken together, before the first and after the last', () => {
  const clock = daysOfRun(dayAt, '2026-01-05');
  expect(clock(at('2026-01-05T12:00:00Z'))).toBe('2026-01-05');
  expect(clock(at('2026-01-06'))).toBe('2026-01-06');
  expect(clock(at('2099-01-06'))).toBe('2026-01-06');
  expect(clock(at('1970-01-01'))).toBe(dayAfter('2026-01-05', -DAYS_LIMIT));
});
