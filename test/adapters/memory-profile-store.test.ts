import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type ProfileStore, profileStore, type Writes } from '../../shared/adapters/dynamo/profile-store.ts';
import { newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { newCause } from '../../shared/domain/loyalty/cause-facts.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import { newOrder } from '../../shared/domain/loyalty/order-facts.ts';
import { newVisitor } from '../../shared/domain/loyalty/visitor.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { book } from '../support/book.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { memoryProfileStore } from '../support/memory-profile-store.ts';
import { deliveries } from '../support/order-histories.ts';

/** The store in memory, which thousands of seeded runs go through, beside the real one over a real table. */

let dynoxide: Dynoxide;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());

const ORDERS = ['ord-1', 'ord-2', 'ord-3'];
const MEMBERS = ['ann', 'ann:b'];
const VISITORS = ['v1', 'v2'];
const CAUSES = ['checkin:e1', 'redemption:r1', 'redemption:r2'];
const PAGES = [1, 2, 3, 10];
const UNTIL = '2026-06-30T00:00:00.000Z';

const orderId = fc.constantFrom(...ORDERS);
const memberId = fc.constantFrom(...MEMBERS);
const anonymousId = fc.constantFrom(...VISITORS);
const causeId = fc.constantFrom(...CAUSES);
/** How far the version that is written is from the one that would do: 0 nearly always. */
const off = fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1, 2) });

const attention = fc.option(
  fc.record({ state: fc.constantFrom('waiting', 'refused'), sinceMs: fc.integer({ min: 0, max: 300 }) }),
  { nil: undefined },
);

const entry = fc.record({
  subject: fc.oneof(orderId, fc.constant('checkin:e1')),
  eventType: fc.constantFrom('order.placed.v1', 'order.returned.v1', 'referral.window', 'member.checked_in.v1'),
  points: fc.integer({ min: -50, max: 50 }),
});

const write = fc.record({
  order: fc.option(fc.record({ orderId, off, attention }), { freq: 3 }),
  cause: fc.option(fc.record({ memberId, causeId, off }), { freq: 1 }),
  accounts: fc.uniqueArray(
    fc.record({ memberId, off, pages: fc.uniqueArray(fc.constantFrom(...PAGES), { maxLength: 2 }), entry }),
    { maxLength: 2, selector: (it) => it.memberId },
  ),
  visitor: fc.option(fc.record({ anonymousId, off }), { freq: 1 }),
  guests: fc.option(fc.integer({ min: -3, max: 3 }), { freq: 1 }),
});

type Write = typeof write extends fc.Arbitrary<infer Value> ? Value : never;

const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('save' as const), write, twice: fc.integer({ min: 0, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('save visitor' as const), anonymousId, off }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('load' as const),
      orderId,
      memberId: fc.option(memberId, { nil: undefined }),
      anonymousId: fc.option(anonymousId, { nil: undefined }),
      consistent: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('load cause' as const), memberId, causeId }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('history' as const), memberId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pages' as const), memberId }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('desk' as const), state: fc.constantFrom('waiting', 'refused') }),
  },
);

/** What a decision would write over what is stored, but for versions that somebody else has moved on. */
async function writesOf({ order, cause, accounts, visitor, guests }: Write, profile: ProfileStore): Promise<Writes> {
  const nextOf = async (stored: Promise<{ version: number } | undefined>, by: number) =>
    Math.max(1, ((await stored)?.version ?? 0) + 1 + by);
  return {
    ...(order && {
      order: {
        ...newOrder(order.orderId),
        version: await nextOf(profile.loadOrder(order.orderId), order.off),
        bookedTo: { kind: 'guest' as const },
        ...(order.attention && { attention: order.attention as { state: 'waiting' | 'refused'; sinceMs: number } }),
      },
    }),
    ...(cause && {
      cause: {
        ...newCause(cause.memberId, cause.causeId),
        version: await nextOf(profile.loadCause(cause.memberId, cause.causeId), cause.off),
      },
    }),
    accounts: await Promise.all(
      accounts.map(async (it) => {
        const version = await nextOf(profile.loadAccount(it.memberId), it.off);
        const entryOf = (seq: number) =>
          ({ ...it.entry, kind: 'earn', state: 'pending', seq }) as unknown as JournalEntry;
        const record = newAccountRecord(it.memberId, always(currentPolicy));
        const journal = { count: version, pages: it.pages.length, tail: [entryOf(100 + version)] };
        const pages = it.pages.map((page) => ({ page, entries: [entryOf(page)] }));
        return { record: { ...record, version, journal }, pages };
      }),
    ),
    ...(visitor && {
      visitor: {
        ...newVisitor(visitor.anonymousId),
        version: await nextOf(profile.loadVisitor(visitor.anonymousId), visitor.off),
        orderIds: ['ord-1'],
      },
    }),
    ...(guests && {
      guests: { orders: 1, completed: 0, cancelled: guests, spend: guests * 100, returned: 0, unitsReturned: 0 },
    }),
  };
}

/** What came of an action, as a value that can be compared. */
async function outcomeOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    return plain(await action());
  } catch (error) {
    return error instanceof WriteConflict ? 'conflict' : 'failed';
  }
}

/** As JSON has it, and without the order of records, which no caller counts on. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return plain([...value]);
  return JSON.parse(JSON.stringify(value ?? null));
}

async function history(profile: ProfileStore, member: string): Promise<unknown> {
  const { record, history: found } = await profile.loadHistory(member);
  const orders = found.orders.sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
  const causes = found.causes.sort((a, b) => (a.causeId < b.causeId ? -1 : 1));
  return { record, entries: found.entries, orders, causes };
}

async function desk(profile: ProfileStore, state: string): Promise<unknown> {
  const { orders } = await profile.loadAttention({ state: state as 'waiting', until: UNTIL, limit: 50 });
  const since = orders.map((order) => order.attention?.sinceMs ?? 0);
  expect(since, 'longest first').toEqual(since.toSorted((a, b) => a - b));
  return orders.sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
}

async function contents(profile: ProfileStore): Promise<unknown> {
  return plain({
    orders: await Promise.all(ORDERS.map((id) => profile.loadOrder(id))),
    visitors: await Promise.all(VISITORS.map((id) => profile.loadVisitor(id))),
    accounts: await Promise.all(MEMBERS.map((id) => profile.loadAccount(id))),
    causes: await Promise.all(MEMBERS.flatMap((id) => CAUSES.map((cause) => profile.loadCause(id, cause)))),
    pages: await Promise.all(MEMBERS.flatMap((id) => PAGES.map((page) => profile.loadJournalPage(id, page)))),
    guests: await profile.loadGuestFigures(),
  });
}

it('the store in memory answers any sequence of loads, saves and conflicts as the real one does', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 40, size: 'max' }), async (operations) => {
      const memory = memoryProfileStore();
      const real = profileStore(dynoxide.client, (await dynoxide.createTables()).profile);
      const both = async (action: (profile: ProfileStore) => Promise<unknown>, what: string) => {
        const [inMemory, inTable] = await Promise.all([memory, real].map((it) => outcomeOf(() => action(it))));
        expect(inMemory, what).toEqual(inTable);
        const outcome = inTable === 'conflict' || inTable === 'failed' ? ` ${inTable}` : '';
        seen.set(`${what}${outcome}`, (seen.get(`${what}${outcome}`) ?? 0) + 1);
      };
      for (const it of operations) {
        if (it.kind === 'save') {
          const writes = await writesOf(it.write, memory);
          // Two at once: it is the same for both stores which of them wins.
          if (it.twice === 0) {
            await both(async (profile) => {
              const outcomes = await Promise.all([writes, writes].map((them) => outcomeOf(() => profile.save(them))));
              return outcomes.toSorted();
            }, 'two at once');
          } else await both((profile) => profile.save(writes), 'save');
        } else if (it.kind === 'save visitor') {
          const version = Math.max(1, ((await memory.loadVisitor(it.anonymousId))?.version ?? 0) + 1 + it.off);
          const visitor = { ...newVisitor(it.anonymousId), version };
          await both((profile) => profile.saveVisitor(visitor), 'save visitor');
        } else if (it.kind === 'load') {
          const { kind: _, ...ids } = it;
          await both((profile) => profile.loadTogether(ids), 'load');
        } else if (it.kind === 'load cause') {
          const { kind: _, ...ids } = it;
          await both((profile) => profile.loadCauseTogether({ ...ids, consistent: true }), 'load cause');
        } else if (it.kind === 'history') {
          await both((profile) => history(profile, it.memberId), 'history');
        } else if (it.kind === 'pages') {
          await both((profile) => profile.loadJournalPages(it.memberId, PAGES), 'pages');
        } else await both((profile) => desk(profile, it.state), 'desk');
      }
      expect(await contents(memory)).toEqual(await contents(real));
    }),
    { numRuns: 30, seed: 20_260_121 },
  );
  for (const what of ['save', 'save conflict', 'save visitor conflict', 'two at once', 'history', 'history failed']) {
    expect(seen.get(what), what).toBeGreaterThan(0);
  }
});

it('the loyalty domain comes to the same over both', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries({ maxOrders: 4 }), async ({ delivered }) => {
      const memory = memoryProfileStore();
      const real = profileStore(dynoxide.client, (await dynoxide.createTables()).profile);
      for (const profile of [memory, real]) await book(profile, delivered);
      for (const [id, record] of memory.accounts) {
        expect(plain(record)).toEqual(plain(await real.loadAccount(id)));
        const pages = Array.from({ length: record.journal.pages }, (_, index) => index + 1);
        expect(plain(await memory.loadJournalPages(id, pages))).toEqual(plain(await real.loadJournalPages(id, pages)));
      }
      for (const [id, order] of memory.orders) expect(plain(order)).toEqual(plain(await real.loadOrder(id)));
      for (const [id, visitor] of memory.visitors) expect(plain(visitor)).toEqual(plain(await real.loadVisitor(id)));
      expect(memory.guests).toEqual(await real.loadGuestFigures());
    }),
    { numRuns: 15, seed: 20_260_122 },
  );
});
