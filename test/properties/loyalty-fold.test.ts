import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bookCause } from '../../functions/loyalty/book-cause.ts';
import { bookOrder, type Surroundings } from '../../functions/loyalty/book-order.ts';
import { identifyVisitor } from '../../functions/loyalty/identify-visitor.ts';
import { type Account, availablePoints, newAccount, pendingPoints } from '../../shared/domain/loyalty/account.ts';
import { isEntry } from '../../shared/domain/loyalty/entries.ts';
import { accountAt } from '../../shared/domain/loyalty/fold.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import { type LoyaltyFact, replay } from '../../shared/domain/loyalty/replay.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { toFact } from '../support/loyalty-facts.ts';
import { allPages, type MemoryProfile, memoryProfileStore } from '../support/memory-profile-store.ts';
import { deliveries, policiesInTime } from '../support/order-histories.ts';

async function deliver(fact: LoyaltyFact, around: Surroundings): Promise<void> {
  if (fact.kind === 'order') await bookOrder(fact.orderId, fact.fact, around);
  else if (fact.kind === 'cause') await bookCause(fact, around);
  else await identifyVisitor(fact.anonymousId, fact.identification, around);
}

function entriesOf(profile: MemoryProfile, memberId: string): JournalEntry[] {
  return [...allPages(profile.pages, memberId), ...(profile.accounts.get(memberId)?.journal.tail ?? [])];
}

function sumByState(entries: readonly JournalEntry[], state: string): number {
  return entries.filter(isEntry).reduce((sum, entry) => sum + (entry.state === state ? entry.points : 0), 0);
}

/** Long after everything has fallen due: how far time had been taken into account does not count. */
const HORIZON_MS = Date.parse('2032-01-01');
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

test('any order of arrival and any repetition of the facts end in the state that the pure fold of the facts has', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries({ maxOrders: 6, causes: true }), policiesInTime, async (told, policies) => {
      const { happenings, delivered } = told;
      const profile = memoryProfileStore();
      for (const happening of delivered) await deliver(toFact(happening), { profile, policies, nowMs: 0 });

      const expected = replay(happenings.map(toFact), policies);
      const accounts = new Map([...profile.accounts].map(([id, record]) => [id, record.account]));
      // Facts that come to nothing, such as the rejection of a review nobody knows, leave no account.
      const later = (account: Account = newAccount(policies)) =>
        plain(accountAt(account, HORIZON_MS, policies).account);
      for (const [memberId, account] of expected.accounts) {
        expect(later(accounts.get(memberId))).toEqual(later(account));
      }
      // A member whose orders all turned out to be somebody else's has an account that is as good as new.
      for (const [memberId, account] of accounts) {
        if (expected.accounts.has(memberId)) continue;
        expect({
          points: pendingPoints(account),
          available: availablePoints(account),
          spend: account.lifetime.spend,
        }).toEqual({
          points: 0,
          available: 0,
          spend: 0,
        });
      }
      expect(profile.guests).toEqual(expected.guests);
      for (const [orderId, order] of expected.orders) {
        expect(plain(profile.orders.get(orderId)?.facts)).toEqual(plain(order.facts));
      }
    }),
    { numRuns: 200 },
  );
});

test('after every delivery the journal sums to the account, in every state, and no entry has changed', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries({ maxOrders: 4, causes: true }), policiesInTime, async ({ delivered }, policies) => {
      const profile = memoryProfileStore();
      const seen = new Map<string, string>();
      for (const happening of delivered) {
        await deliver(toFact(happening), { profile, policies, nowMs: 0 });
        for (const [memberId, { account, journal }] of profile.accounts) {
          const entries = entriesOf(profile, memberId);
          expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
          expect(entries.length).toBe(journal.count);
          expect(sumByState(entries, 'pending')).toBe(pendingPoints(account));
          expect(sumByState(entries, 'available')).toBe(availablePoints(account));
          expect(sumByState(entries, 'debt')).toBe(0 - account.debt);
          for (const entry of entries) {
            const key = `${memberId}/${entry.seq}`;
            const text = JSON.stringify(entry);
            expect(seen.get(key) ?? text).toBe(text);
            seen.set(key, text);
          }
          expect(
            Math.min(account.openPoints, account.debt, account.lifetime.orders, account.lifetime.spend),
          ).toBeGreaterThanOrEqual(0);
          for (const lot of [...account.held, ...account.lots, ...account.lapsed])
            expect(lot.points).toBeGreaterThan(0);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('what falls due by itself keeps the books balanced at any instant', () => {
  const days = fc.integer({ min: 0, max: 1200 });
  fc.assert(
    fc.property(deliveries({ maxOrders: 5, causes: true }), policiesInTime, days, (told, policies, wait) => {
      for (const account of replay(told.happenings.map(toFact), policies).accounts.values()) {
        const last = account.last?.atMs ?? 0;
        const later = accountAt(account, last + wait * 86_400_000, policies);
        const moved = (state: string) => sumByState(later.entries as JournalEntry[], state);
        expect(pendingPoints(later.account)).toBe(pendingPoints(account) + moved('pending'));
        expect(availablePoints(later.account)).toBe(availablePoints(account) + moved('available'));
        expect(later.account.debt).toBe(account.debt - moved('debt'));
        expect(later.account.lifetime).toEqual(account.lifetime);
      }
    }),
    { numRuns: 200 },
  );
});

test('a tier that is judged on all spend there ever was does not change by itself', () => {
  const days = fc.integer({ min: 0, max: 1200 });
  fc.assert(
    fc.property(deliveries({ maxOrders: 5, causes: true }), days, ({ happenings }, wait) => {
      const policies = always(currentPolicy);
      for (const account of replay(happenings.map(toFact), policies).accounts.values()) {
        const later = accountAt(account, (account.last?.atMs ?? 0) + wait * 86_400_000, policies);
        expect(later.account.tier).toEqual(account.tier);
      }
    }),
    { numRuns: 100 },
  );
});
