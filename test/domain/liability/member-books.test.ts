import { describe, expect, it } from 'vitest';
import { disagreements } from '../../../shared/domain/liability/check-account.ts';
import { booksOfFacts, booksOfJournal, lotMonth, sumOf } from '../../../shared/domain/liability/member-books.ts';
import { type Entry, isEntry } from '../../../shared/domain/loyalty/entries.ts';
import type { JournalEntry } from '../../../shared/domain/loyalty/journal.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import {
  adjusted,
  at,
  cancelled,
  checkedIn,
  completed,
  lifeOf,
  placed,
  redeemed,
  returned,
  revoked,
  rewarded,
  shopAfter,
  type Told,
} from '../../support/shop-story.ts';

const policies = always(currentPolicy);

/** Both ways to member ann's books, and the account, at an instant. */
function booksOf(now: string, ...told: Told[]) {
  const { account, entries } = lifeOf('ann', told, now);
  const written = entries.map((entry, index) => ({ ...entry, seq: index + 1 }) as JournalEntry);
  const { orders, causes } = shopAfter(told);
  const booked = [...orders.values()].map((order) => ({
    ...order,
    bookedTo: { kind: 'member', memberId: 'ann' } as const,
  }));
  const byFacts = booksOfFacts('ann', { orders: booked, causes: [...causes.values()] }, policies, at(now));
  return { account, written, byJournal: booksOfJournal(written, []), byFacts };
}

/** Lots as `month: points`, movement by movement. */
const movesOf = (books: { lots: { month: string; points: number }[] } | undefined) =>
  books?.lots.map(({ month, points }) => `${month}: ${points}`);

const earned = [placed('2026-01-05', { total: 50_000 }), completed('2026-01-10')];
const later = [
  placed('2026-02-05', { orderId: 'ord-2', total: 30_000 }),
  completed('2026-02-10', { orderId: 'ord-2' }),
];

describe('the lots behind a journal', () => {
  it.each([
    { what: 'a release opens its lot', told: earned, lots: ['2027-01: 500'] },
    {
      what: 'points spent leave the lots that expire first',
      told: [...earned, ...later, redeemed('2026-03-01', 600)],
      lots: ['2027-01: 500', '2027-02: 300', '2027-01: -500', '2027-02: -100'],
    },
    {
      what: 'a return takes from the own lot first',
      told: [...earned, ...later, returned('2026-03-01', { 1: 1 }, { orderId: 'ord-2' })],
      lots: ['2027-01: 500', '2027-02: 300', '2027-02: -300'],
    },
    {
      what: 'and from the soonest where that one is used up',
      told: [...earned, ...later, redeemed('2026-03-01', 600), returned('2026-03-02', { 1: 1 })],
      lots: ['2027-01: 500', '2027-02: 300', '2027-01: -500', '2027-02: -100', '2027-02: -200'],
    },
    {
      what: 'what the desk takes leaves the soonest lot',
      told: [...earned, ...later, adjusted('2026-03-01', -50)],
      lots: ['2027-01: 500', '2027-02: 300', '2027-01: -50'],
    },
    {
      what: 'a lot expires with its month',
      told: [...earned, checkedIn('2027-02-01')],
      lots: ['2027-01: 500', '2027-01: -500', '2028-02: 10'],
    },
    {
      what: 'expired points that a return takes back move no lot',
      told: [...earned, returned('2027-03-01', { 1: 1 })],
      lots: ['2027-01: 500', '2027-01: -500'],
    },
  ])('$what', ({ told, lots }) => {
    const { account, byJournal, byFacts } = booksOf('2027-06-01', ...told);
    expect(movesOf(byJournal)?.slice(0, lots.length)).toEqual(lots);
    // Of one instant in another order: a step of the fold tells the difference as a whole.
    expect(movesOf(byFacts)?.sort()).toEqual(movesOf(byJournal)?.sort());
    expect(disagreements(account, byFacts)).toEqual([]);
  });

  it.each([
    {
      what: 'points that were spent and came back',
      told: [
        ...earned,
        ...later,
        redeemed('2026-03-01', 600, { orderId: 'ord-2' }),
        cancelled('2026-03-02', { orderId: 'ord-2' }),
      ],
    },
    { what: 'a reward that was taken back', told: [...earned, rewarded('2026-03-01', 50), revoked('2026-03-02')] },
  ])('the journal does not name the lots of $what; the facts do', ({ told }) => {
    const { account, byJournal, byFacts } = booksOf('2026-04-01', ...told);
    expect(byJournal).toBeUndefined();
    expect(disagreements(account, byFacts)).toEqual([]);
  });

  it('a journal that a late fact has brought out of order is told in the order of time', () => {
    const { written, byJournal } = booksOf('2026-04-01', ...earned, ...later, redeemed('2026-03-01', 600));
    const orderOf = (subject: string) => written.filter((entry) => entry.subject === subject);
    const late = [...orderOf('redemption:red-1'), ...orderOf('ord-2'), ...orderOf('ord-1')];
    expect(late).toHaveLength(written.filter(isEntry).length + written.filter(({ kind }) => kind === 'tier').length);
    expect(movesOf(booksOfJournal(late, []))).toEqual(movesOf(byJournal));
  });

  it.each([
    { what: 'has been corrected', change: { corrects: 'earn|pending|x|y' } },
    { what: 'does not say what came first', change: { atMs: at('2026-03-01') } },
  ])('a journal that $what is left to the facts', ({ change }) => {
    const { written } = booksOf('2026-04-01', ...earned, ...later, redeemed('2026-03-01', 600));
    expect(booksOfJournal(written, [])).toBeDefined();
    const release = written.findIndex(({ kind, subject }) => kind === 'available' && subject === 'ord-2');
    const other = written.map((entry, index) =>
      index > release && index < release + 2 ? { ...entry, ...change } : entry,
    );
    expect(booksOfJournal([...other].reverse() as JournalEntry[], [])).toBeUndefined();
  });

  it('a journal that takes more than was there is left to the facts', () => {
    const { written } = booksOf('2026-04-01', ...earned, redeemed('2026-03-01', 100));
    const more = written.map((entry) => (entry.kind === 'redeem' ? { ...entry, points: -501 } : entry));
    expect(booksOfJournal(more, [])).toBeUndefined();
  });
});

it('an order of somebody else is not in the books', () => {
  const { orders } = shopAfter(earned);
  const foreign = [...orders.values()].map((order) => ({
    ...order,
    bookedTo: { kind: 'member', memberId: 'bob' } as const,
  }));
  expect(booksOfFacts('ann', { orders: foreign, causes: [] }, policies, at('2026-04-01'))).toMatchObject({
    entries: [],
    lots: [],
  });
});

describe('an account and its books', () => {
  const { account, byFacts } = booksOf('2026-03-15', ...earned, ...later, redeemed('2026-03-01', 900));

  it('agree', () => {
    expect(sumOf(byFacts.entries)).toEqual({ pending: 0, available: 0, debt: 100 });
    expect(disagreements(account, byFacts)).toEqual([]);
  });

  it.each([
    { what: 'pending', change: { openPoints: 5 } },
    { what: 'debt', change: { debt: 99 } },
    { what: 'available', change: { lots: [{ expiresAtMs: at('2027-01-31T23:59:59.999Z'), points: 1 }] } },
  ])('disagree in $what', ({ what, change }) => {
    expect(disagreements({ ...account, ...change }, byFacts)).toContain(what);
  });

  it('disagree in lots alone where points expire at another time', () => {
    const open = booksOf('2026-03-15', ...earned);
    const lots = [{ expiresAtMs: at('2027-03-31T23:59:59.999Z'), points: 500 }];
    expect(disagreements({ ...open.account, lots }, open.byFacts)).toEqual(['lots']);
  });

  it('disagree in releases where one side of a release is missing', () => {
    const broken = byFacts.entries.filter((entry: Entry) => !(entry.kind === 'available' && entry.state === 'pending'));
    expect(disagreements(account, { ...byFacts, entries: broken.filter(isEntry) })).toEqual(['pending', 'releases']);
  });
});

it.each([
  ['UTC', '2027-01-31T23:59:59.999Z'],
  ['twelve hours behind', '2027-02-01T11:59:59.999Z'],
  ['fourteen hours ahead', '2027-01-31T09:59:59.999Z'],
])('a lot that ends with January does so in every zone: %s', (_, end) => {
  expect(lotMonth(at(end))).toBe('2027-01');
});
