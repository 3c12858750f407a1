import { describe, expect, it } from 'vitest';
import {
  DAYS_LIMIT,
  dayAfter,
  dayRows,
  heldBy,
  isBalanced,
  outstandingOf,
} from '../../../shared/domain/liability/day-rows.ts';
import { booksOfJournal } from '../../../shared/domain/liability/member-books.ts';
import { closedDayAt, driftCount, type RunRecord, totalsOf } from '../../../shared/domain/liability/run.ts';
import { countMember, dayClock, newTally } from '../../../shared/domain/liability/tally.ts';
import type { JournalEntry } from '../../../shared/domain/loyalty/journal.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';
import {
  adjusted,
  at,
  completed,
  lifeOf,
  placed,
  policiesFrom,
  redeemed,
  returned,
  type Told,
} from '../../support/shop-story.ts';

/** The tally of a shop with member ann alone. */
function tallyOf(now: string, told: readonly Told[], policies: Policies = always(currentPolicy)) {
  const { account, entries } = lifeOf('ann', told, now, policies);
  const books = booksOfJournal(
    entries.map((entry, index) => ({ ...entry, seq: index + 1 }) as JournalEntry),
    [],
  );
  if (books === undefined) throw new Error('not told by the journal alone');
  const tally = newTally();
  countMember(tally, books, account, dayClock(policies));
  return tally;
}

const story = [
  placed('2026-01-05', { total: 50_000 }),
  completed('2026-01-06'),
  redeemed('2026-01-14', 550),
  adjusted('2026-01-15', 80),
  adjusted('2026-01-15T01:00:00Z', -10, { adjustmentId: 'adj-2' }),
];

describe('the rows of a journal', () => {
  const rows = dayRows(tallyOf('2026-02-01', story), '2026-01-16');

  it('are one a day without a gap, up to the day that has ended', () => {
    expect(rows.map(({ day }) => day)).toEqual(Array.from({ length: 12 }, (_, n) => dayAfter('2026-01-05', n)));
  });

  it('say what moved, from where to where', () => {
    const byDay = new Map(rows.map((row) => [row.day, row]));
    expect(byDay.get('2026-01-05')).toMatchObject({
      issued: 500,
      postings: [
        { movement: 'earn', account: 'pending', points: 500 },
        { movement: 'earn', account: 'issued', points: -500 },
      ],
      closing: { pending: 500, available: 0, debt: 0, lots: [] },
    });
    expect(byDay.get('2026-01-13')).toMatchObject({
      released: 500,
      closing: { pending: 0, available: 500, lots: [{ month: '2027-01', points: 500 }] },
    });
    expect(byDay.get('2026-01-14')).toMatchObject({
      redeemed: 550,
      debtIncurred: 50,
      closing: { available: 0, debt: 50, lots: [] },
    });
    expect(byDay.get('2026-01-15')).toMatchObject({
      issued: 80,
      reversed: 10,
      debtRepaid: 50,
      postings: [
        { movement: 'adjust_up', account: 'available', points: 30 },
        { movement: 'adjust_up', account: 'debt', points: 50 },
        { movement: 'adjust_up', account: 'adjusted', points: -80 },
        { movement: 'adjust_down', account: 'available', points: -10 },
        { movement: 'adjust_down', account: 'adjusted', points: 10 },
      ],
      closing: { available: 20, debt: 0 },
    });
    expect(rows.every(isBalanced)).toBe(true);
  });

  it('stay the same on a day without movements', () => {
    expect(rows.at(-1)).toMatchObject({ day: '2026-01-16', issued: 0, postings: [], closing: { available: 20 } });
  });

  it('expired points are gone at the end of the last day of their month', () => {
    const expired = dayRows(tallyOf('2027-02-01', story.slice(0, 2)), '2027-01-31');
    expect(expired.at(-1)).toMatchObject({ day: '2027-01-31', expired: 500, closing: { available: 0, lots: [] } });
    expect(expired.at(-2)).toMatchObject({ closing: { available: 500 } });
  });

  it('expired points that come back with a return are expired no more, and reversed', () => {
    const back = dayRows(tallyOf('2027-03-01', [...story.slice(0, 2), returned('2027-02-05', { 1: 1 })]), '2027-02-05');
    expect(back.at(-1)).toMatchObject({ expired: -500, reversed: 500, closing: { available: 0, debt: 0 } });
    expect(back.every(isBalanced)).toBe(true);
  });

  it('are none before something has moved, but where there is one already', () => {
    expect(dayRows(newTally(), '2026-01-05')).toEqual([]);
    expect(dayRows(newTally(), '2026-01-05', new Set(['2026-01-03'])).map(({ day }) => day)).toEqual(['2026-01-03']);
    expect(dayRows(tallyOf('2026-02-01', story), '2026-01-04')).toEqual([]);
  });

  it('are none on days of which there is nothing to tell: nothing moved and nothing is outstanding', () => {
    const gone = dayRows(
      tallyOf(
        '2030-01-01',
        [story[0], story[1]].filter((it) => it !== undefined),
      ),
      '2029-12-31',
    );
    expect(gone.at(-1)).toMatchObject({ day: '2027-01-31', closing: { available: 0 } });
  });

  it('have a limit; what moved before stands in the opening balance', () => {
    const old = dayRows(tallyOf('2026-02-01', [placed('1970-01-01', { total: 700 }), ...later]), '2026-01-31');
    expect(old).toHaveLength(DAYS_LIMIT);
    expect(old[0]).toMatchObject({ opening: { pending: 7 }, postings: [] });
    expect(old.every(isBalanced)).toBe(true);
  });
});

const later = [placed('2026-01-05', { orderId: 'ord-2', total: 1_000 })];

describe('a row that is none', () => {
  const [row] = dayRows(tallyOf('2026-02-01', story), '2026-01-05');
  if (row === undefined) throw new Error('no row');

  it.each([
    { what: 'one side of a movement', harm: { ...row, postings: row.postings.slice(1) } },
    { what: 'an opening', harm: { ...row, opening: { ...row.opening, pending: 1 } } },
    { what: 'a debt', harm: { ...row, closing: { ...row.closing, debt: 1 } } },
    { what: 'a lot', harm: { ...row, closing: { ...row.closing, lots: [{ month: '2027-01', points: 1 }] } } },
  ])('is found by $what', ({ harm }) => {
    expect(isBalanced(row)).toBe(true);
    expect(isBalanced(harm)).toBe(false);
  });
});

describe('days are those of the shop', () => {
  const policies = policiesFrom(policyOf({ timeZone: 'Asia/Shanghai' }), {
    from: '2026-01-20T12:00:00Z',
    policy: policyOf({ timeZone: 'America/New_York', version: '2' }),
  });

  it.each([
    ['2026-01-05T15:59:59.999Z', '2026-01-05'],
    ['2026-01-05T16:00:00Z', '2026-01-06'],
    ['2026-01-21T04:59:59Z', '2026-01-20'],
    ['2026-01-21T05:00:00Z', '2026-01-21'],
  ])('%s is on %s, under the policy of its time', (time, day) => {
    expect(dayClock(policies)(at(time))).toBe(day);
  });

  it('the last one that has ended is the one before', () => {
    expect(closedDayAt(at('2026-01-05T15:59:59Z'), dayClock(policies))).toBe('2026-01-04');
    expect(closedDayAt(at('2026-01-05T16:00:00Z'), dayClock(policies))).toBe('2026-01-05');
    expect(closedDayAt(at('2026-03-01T00:00:00Z'), dayClock(always(currentPolicy)))).toBe('2026-02-28');
  });
});

describe('a run', () => {
  const tally = tallyOf('2026-01-16', story);
  const rows = dayRows(tally, '2026-01-14');
  const record: RunRecord = {
    atMs: at('2026-01-16'),
    closedDay: '2026-01-14',
    folded: 0,
    unsettled: 0,
    written: { closed: 0, corrected: 0, carried: 0 },
    drift: { count: 0, listed: [] },
    ...totalsOf(tally, rows),
  };

  it('compares the whole journal, the day that has not ended with it, with all accounts', () => {
    expect(outstandingOf(tally)).toEqual(heldBy(tally));
    expect(record).toMatchObject({ members: 1, journal: { available: 20, debt: 0 }, unbalancedDays: [] });
    expect(driftCount(record)).toBe(0);
  });

  it.each([
    { what: 'an account', harm: { drift: { count: 2, listed: [] } }, count: 2 },
    { what: 'a day', harm: { unbalancedDays: ['2026-01-14'] }, count: 1 },
    { what: 'a total', harm: { accounts: { ...record.accounts, pending: 1 } }, count: 1 },
    {
      what: 'the lots',
      harm: { accounts: { ...record.accounts, lots: [{ month: '2027-02', points: 20 }] } },
      count: 1,
    },
  ])('finds $what', ({ harm, count }) => {
    expect(driftCount({ ...record, ...harm })).toBe(count);
  });
});
