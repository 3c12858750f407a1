import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bookCause } from '../../functions/loyalty/book-cause.ts';
import { bookOrder } from '../../functions/loyalty/book-order.ts';
import { identifyVisitor } from '../../functions/loyalty/identify-visitor.ts';
import { disagreements } from '../../shared/domain/liability/check-account.ts';
import { checkByFacts } from '../../shared/domain/liability/check-member.ts';
import { type DayRow, dayRows, heldBy, isBalanced, outstandingOf } from '../../shared/domain/liability/day-rows.ts';
import {
  type Balances,
  balancesOf,
  booksOfFacts,
  booksOfJournal,
  lotMonth,
  type MemberBooks,
} from '../../shared/domain/liability/member-books.ts';
import { countMember, dayClock, newTally, type Tally } from '../../shared/domain/liability/tally.ts';
import { type Account, newAccount } from '../../shared/domain/loyalty/account.ts';
import type { AccountHistory } from '../../shared/domain/loyalty/book-postings.ts';
import { causeEffect } from '../../shared/domain/loyalty/cause-effect.ts';
import { accountAt, foldPostings } from '../../shared/domain/loyalty/fold.ts';
import { orderEffect } from '../../shared/domain/loyalty/order-effect.ts';
import { inTime } from '../../shared/domain/loyalty/postings.ts';
import { always, type Policies } from '../../shared/policy/policies.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { causeHistory } from '../support/cause-histories.ts';
import { allPages, type MemoryProfile, memoryProfileStore } from '../support/memory-profile-store.ts';
import { shopHistory } from '../support/order-histories.ts';
import { policyOf } from '../support/policies.ts';
import { factOf, type Told } from '../support/shop-story.ts';

const MEMBERS = 2;
const policies = always(policyOf({ 'points.expiryMonths': 6 }));
const elsewhere = always(policyOf({ 'points.expiryMonths': 6, timeZone: 'America/New_York' }));
/** Everything has fallen due, and every day before it has ended. */
const HORIZON_MS = Date.parse('2029-01-01T12:00:00Z');

const told = fc
  .record({
    orders: shopHistory({ maxOrders: 4, members: MEMBERS }),
    causes: causeHistory({ members: MEMBERS, maxCauses: 12 }),
    shuffled: fc.integer({ min: 0, max: 3 }),
  })
  .chain(({ orders, causes, shuffled }) => {
    const all: Told[] = [...orders, ...causes];
    // A shop's events mostly come in time; the others are what corrections are made of.
    if (shuffled > 0) return fc.constant(all.sort((a, b) => timeOf(a) - timeOf(b)));
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });

const timeOf = (it: Told): number => ('fact' in it ? it.fact.atMs : Date.parse(it.time));

async function shopOf(happenings: readonly Told[], inForce: Policies): Promise<MemoryProfile> {
  const profile = memoryProfileStore();
  const around = { profile, policies: inForce, nowMs: 0 };
  for (const fact of happenings.map(factOf)) {
    try {
      if (fact.kind === 'order') await bookOrder(fact.orderId, fact.fact, around);
      else if (fact.kind === 'cause') await bookCause(fact, around);
      else await identifyVisitor(fact.anonymousId, fact.identification, around);
    } catch (error) {
      // The same id with other content is refused; the journal knows nothing of it.
      if (!(error instanceof PermanentFailure)) throw error;
    }
  }
  return profile;
}

/** A member's books, by the journal where it tells all, and by the facts. */
async function booksOf(profile: MemoryProfile, memberId: string, inForce: Policies) {
  const { record, history } = await profile.loadHistory(memberId);
  const { account, entries: due } = accountAt(record.account, HORIZON_MS, inForce);
  const written = [...allPages(profile.pages, memberId), ...record.journal.tail];
  return {
    account,
    history,
    byJournal: booksOfJournal(written, due),
    drift: checkByFacts(record, history, inForce, HORIZON_MS).drift,
    byFacts: booksOfFacts(memberId, history, inForce, HORIZON_MS),
  };
}

function rowsOf(books: MemberBooks, account: Account, inForce: Policies): DayRow[] {
  const tally = newTally();
  countMember(tally, books, account, dayClock(inForce));
  return dayRows(tally, '2028-12-31');
}

/** What a member had at the end of a day, by the fold of all that had happened by then. */
function asOf(memberId: string, history: AccountHistory, day: string, inForce: Policies) {
  const clock = dayClock(inForce);
  const orders = history.orders.filter(({ bookedTo }) => bookedTo?.kind === 'member' && bookedTo.memberId === memberId);
  const postings = inTime([
    ...orders.flatMap((order) => orderEffect(order).postings),
    ...history.causes.flatMap((cause) => causeEffect(cause, inForce)),
  ]).filter(({ atMs }) => clock(atMs) <= day);
  const { account } = foldPostings(newAccount(inForce), postings, inForce);
  let endMs = Date.parse(`${day}T23:59:59.999Z`) - 14 * 3_600_000;
  while (clock(endMs + 1) <= day) endMs += 900_000;
  const { account: then } = accountAt(account, endMs, inForce);
  // A lot can be spent in its last millisecond, and is gone at the end of that day all the same.
  return { ...then, lots: then.lots.filter(({ expiresAtMs }) => expiresAtMs > endMs) };
}

const netOf = ({ pending, available, debt }: Balances): number => pending + available - debt;

const lotsOf = ({ lots }: Account) => {
  const months = new Map<string, number>();
  for (const { expiresAtMs, points } of lots) {
    const month = lotMonth(expiresAtMs);
    months.set(month, (months.get(month) ?? 0) + points);
  }
  return [...months].map(([month, points]) => ({ month, points })).sort((a, b) => (a.month < b.month ? -1 : 1));
};

test('every day balances, opens as the day before closed, and the last one closes with what the accounts hold', async () => {
  await fc.assert(
    fc.asyncProperty(told, async (happenings) => {
      const profile = await shopOf(happenings, policies);
      const tally: Tally = newTally();
      for (const memberId of profile.accounts.keys()) {
        const { account, byJournal, byFacts, drift } = await booksOf(profile, memberId, policies);
        expect(drift).toBeUndefined();
        expect(disagreements(account, byJournal ?? byFacts)).toEqual([]);
        countMember(tally, byJournal ?? byFacts, account, dayClock(policies));
      }
      const rows = dayRows(tally, '2028-12-31');
      let opening = { pending: 0, available: 0, debt: 0 };
      for (const row of rows) {
        const { lots: _, ...closing } = row.closing;
        const moved = row.issued - row.redeemed - row.reversed - row.expired;
        const found = {
          balanced: isBalanced(row),
          sum: row.postings.reduce((sum, { points }) => sum + points, 0),
          opening: row.opening,
          net: netOf(closing),
          debt: closing.debt,
          negative: Math.min(closing.pending, closing.available, closing.debt) < 0,
        };
        const debt = row.opening.debt + row.debtIncurred - row.debtRepaid;
        const wanted = { balanced: true, sum: 0, opening, net: netOf(opening) + moved, debt, negative: false };
        if (JSON.stringify(found) !== JSON.stringify(wanted)) expect({ ...found, row }).toEqual(wanted);
        opening = closing;
      }
      expect(outstandingOf(tally)).toEqual(heldBy(tally));
      if (rows.length > 0) expect(rows.at(-1)?.closing).toEqual(heldBy(tally));
    }),
    { numRuns: 150 },
  );
});

test.each([
  { zone: 'UTC', inForce: policies },
  { zone: 'New York', inForce: elsewhere },
])('each day closes as the fold of all that happened by its end, lot by lot: $zone', async ({ inForce }) => {
  await fc.assert(
    fc.asyncProperty(told, fc.nat(), async (happenings, choice) => {
      const profile = await shopOf(happenings, inForce);
      for (const memberId of profile.accounts.keys()) {
        const { byFacts, byJournal, account, history } = await booksOf(profile, memberId, inForce);
        const rows = rowsOf(byFacts, account, inForce);
        // Where the journal alone tells the books, it tells the same.
        if (byJournal !== undefined) expect(rowsOf(byJournal, account, inForce)).toEqual(rows);
        const busy = rows.filter(({ postings }) => postings.length > 0);
        for (const row of [...busy, rows[choice % rows.length]]) {
          if (row === undefined) continue;
          const then = asOf(memberId, history, row.day, inForce);
          expect({ day: row.day, ...row.closing }).toEqual({ day: row.day, ...balancesOf(then), lots: lotsOf(then) });
        }
      }
    }),
    { numRuns: 40 },
  );
});
