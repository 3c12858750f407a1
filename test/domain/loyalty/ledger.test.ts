import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../../shared/domain/loyalty/book-postings.ts';
import { type LedgerLine, type LedgerPosition, ledgerPage } from '../../../shared/domain/loyalty/ledger.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { book } from '../../support/book.ts';
import { type MemoryProfile, memoryProfileStore } from '../../support/memory-profile-store.ts';
import type { Happening } from '../../support/order-histories.ts';
import { at, cancelled, completed, identified, placed, returned } from '../../support/shop-story.ts';

const DAY_MS = 86_400_000;
const START_MS = at('2026-01-01');
const day = (number: number) => new Date(START_MS + number * DAY_MS).toISOString();

/** An order a day, each delivered the day after. */
const orders = (count: number, from = 0): Happening[] =>
  Array.from({ length: count }, (_, index) => from + index).flatMap((number) => [
    placed(day(number), { orderId: `ord-${number}`, total: 10_000 + 100 * number }),
    completed(day(number), { orderId: `ord-${number}` }),
  ]);

async function recordOf(profile: MemoryProfile): Promise<AccountRecord> {
  const record = await profile.loadAccount('ann');
  if (record === undefined) throw new Error('no account');
  return record;
}

type Reading = { now: string; limit: number; between?: (page: number) => Promise<void> };

/** Reads the ledger to its end, the position going through JSON as a cursor does. */
async function read(profile: MemoryProfile, { now, limit, between }: Reading): Promise<LedgerLine[][]> {
  const pages: LedgerLine[][] = [];
  let position: LedgerPosition | undefined;
  do {
    const question = { position, limit, nowMs: at(now), policies: always(currentPolicy) };
    const { lines, next } = await ledgerPage(await recordOf(profile), question, async (page) => {
      return (await profile.loadJournalPage('ann', page)) ?? [];
    });
    pages.push(lines);
    position = next === undefined ? undefined : (JSON.parse(JSON.stringify(next)) as LedgerPosition);
    if (pages.length > 500) throw new Error('the ledger has no end');
    if (position !== undefined) await between?.(pages.length);
  } while (position !== undefined);
  return pages;
}

const ids = (pages: LedgerLine[][]) => pages.flat().map((line) => line.entryId);
const whole = async (profile: MemoryProfile, now: string) => ids(await read(profile, { now, limit: 10_000 }));

describe('a line of the ledger', () => {
  it('names its cause, its rule, the version of the policy and the sum', async () => {
    const profile = memoryProfileStore();
    await book(profile, [
      placed('2026-01-05T10:00:00Z', {
        lines: [
          { quantity: 2, unitPrice: 1_299 },
          { unitPrice: 850, discount: 50 },
        ],
      }),
      completed('2026-01-08T09:00:00Z'),
      returned('2026-01-10T12:00:00Z', { 1: 1 }),
    ]);
    const [lines] = await read(profile, { now: '2026-01-20T00:00:00Z', limit: 10 });
    const rule = { policyVersion: currentPolicy.stamp };
    const hold = { availableAt: '2026-01-15T09:00:00.000Z', expiresAt: '2027-01-31T23:59:59.999Z' };
    const completion = { eventId: 'ord-1:completed', type: 'order.completed.v1', subject: 'ord-1' };
    expect(lines).toEqual([
      {
        entryId: 'release:ord-1:available',
        kind: 'available',
        points: 21,
        state: 'available',
        at: '2026-01-15T09:00:00.000Z',
        ...hold,
        cause: completion,
        rule: { ...rule, id: 'hold', arithmetic: '21 points to spend' },
      },
      {
        entryId: 'release:ord-1:pending',
        kind: 'available',
        points: -21,
        state: 'pending',
        at: '2026-01-15T09:00:00.000Z',
        ...hold,
        cause: completion,
        rule: { ...rule, id: 'hold', arithmetic: 'the hold of 21 points has ended' },
      },
      {
        entryId: 'e2',
        kind: 'reverse',
        points: -12,
        state: 'pending',
        at: '2026-01-10T12:00:00.000Z',
        ...hold,
        cause: { eventId: 'ord-1:returned:ret-1', type: 'order.returned.v1', subject: 'ord-1' },
        rule: { ...rule, id: 'return', arithmetic: 'line 1: floor(25 x 1 / 2) = 12' },
      },
      {
        entryId: 'e1',
        kind: 'earn',
        points: 33,
        state: 'pending',
        at: '2026-01-05T10:00:00.000Z',
        cause: { eventId: 'ord-1:placed', type: 'order.placed.v1', subject: 'ord-1' },
        rule: { ...rule, id: 'purchase', arithmetic: 'floor(33.98 x 1) = 33' },
      },
    ]);
  });

  it.each([
    { what: 'a cancellation', facts: [cancelled('2026-01-06')], rule: 'cancellation' },
    { what: 'a return', facts: [returned('2026-01-06', { 1: 1 })], rule: 'return' },
  ])('of $what names the rule $rule', async ({ facts, rule }) => {
    const profile = memoryProfileStore();
    await book(profile, [placed('2026-01-05'), ...facts]);
    const [lines] = await read(profile, { now: '2026-02-01', limit: 10 });
    expect(lines?.[0]?.rule.id).toBe(rule);
  });

  it('of a correction names what it corrects', async () => {
    const profile = memoryProfileStore();
    const facts = [placed('2026-01-05'), completed('2026-01-06'), cancelled('2026-02-10')];
    await book(profile, [...facts, returned('2026-01-20', { 1: 1 })]);
    const [lines] = await read(profile, { now: '2026-03-01', limit: 20 });
    const [correction] = (lines ?? []).filter((line) => line.corrects !== undefined);
    expect(correction).toMatchObject({
      kind: 'reverse',
      points: 100,
      corrects: 'reverse|available|ord-1:cancelled|ord-1',
      cause: { eventId: 'ord-1:returned:ret-1' },
      rule: { arithmetic: '0 instead of -100, now that ord-1:returned:ret-1 is known' },
    });
  });

  it('has the same id before and after it has been written', async () => {
    const profile = memoryProfileStore();
    await book(profile, orders(2));
    const before = await whole(profile, day(60));
    expect(before.slice(0, 4)).toEqual([
      'release:ord-1:available',
      'release:ord-1:pending',
      'release:ord-0:available',
      'release:ord-0:pending',
    ]);
    await book(profile, [placed(day(61), { orderId: 'ord-61' })]);
    expect(await whole(profile, day(62))).toEqual(['e7', ...before]);
  });

  it('is left out for a change of tier, which moves no points', async () => {
    const profile = memoryProfileStore();
    await book(profile, [placed('2026-01-05', { total: 600_000 }), completed('2026-01-06')]);
    expect(await whole(profile, '2026-01-07')).toEqual(['e1']);
  });
});

describe('reading page by page', () => {
  // 70 orders are 70 earnings, 69 releases of two legs, and some changes of tier: tail, full pages and due lines.
  it.each([1, 2, 3, 7, 13, 20, 50, 100])('gives every line once, newest first, %i at a time', async (limit) => {
    const profile = memoryProfileStore();
    await book(profile, orders(70));
    expect(profile.pages.size).toBeGreaterThan(1);
    const pages = await read(profile, { now: day(73), limit });
    expect(ids(pages)).toEqual(await whole(profile, day(73)));
    expect(new Set(ids(pages)).size).toBe(ids(pages).length);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
    const times = pages.flat().map((line) => line.at);
    expect(times).toEqual([...times].sort().reverse());
    const sum = (state: string) =>
      pages.flat().reduce((total, line) => total + (line.state === state ? line.points : 0), 0);
    expect(sum('pending') + sum('available')).toBe(70 * 100 + (69 * 70) / 2);
  });

  it('reads no page of the journal that it gives nothing of', async () => {
    const profile = memoryProfileStore();
    await book(profile, orders(200));
    const asked: number[] = [];
    const loadPage = async (page: number) => {
      asked.push(page);
      return (await profile.loadJournalPage('ann', page)) ?? [];
    };
    const record = await recordOf(profile);
    const { pages } = record.journal;
    expect(pages).toBeGreaterThan(2);
    const question = { limit: 5, nowMs: at(day(200)), policies: always(currentPolicy) };
    await ledgerPage(record, question, loadPage);
    expect(asked).toEqual([]);
    const youngest = (await profile.loadJournalPage('ann', pages - 1))?.at(-1)?.seq ?? 0;
    const position = { belowSeq: youngest + 1, page: pages - 1 };
    await ledgerPage(record, { ...question, position }, loadPage);
    expect(asked).toEqual([pages - 1]);
  });

  it('asks for no page beyond the last, whatever the cursor says', async () => {
    const profile = memoryProfileStore();
    await book(profile, orders(70));
    const record = await recordOf(profile);
    const asked: number[] = [];
    const position = { belowSeq: 2, page: Number.MAX_SAFE_INTEGER };
    const question = { position, limit: 5, nowMs: at(day(70)), policies: always(currentPolicy) };
    await ledgerPage(record, question, async (page) => {
      asked.push(page);
      if (page > record.journal.pages) throw new Error(`there is no page ${page}`);
      return (await profile.loadJournalPage('ann', page)) ?? [];
    });
    expect(asked[0]).toBe(record.journal.pages);
  });

  it('ends at once where there is nothing', async () => {
    const profile = memoryProfileStore();
    await book(profile, [placed('2026-01-05', { anonymousId: 'v' }), identified('2026-01-06', 'v', 'ann')]);
    expect(await read(profile, { now: '2026-01-07', limit: 1 })).toHaveLength(1);
  });
});

describe('reading while the ledger grows', () => {
  it.each([
    { what: 'a new order', grow: (page: number) => [placed(day(80), { orderId: `new-${page}` })] },
    {
      what: 'an order whose event is older than what has fallen due since',
      grow: (page: number) => [placed(day(30 + page / 10), { orderId: `new-${page}`, total: 5 })],
    },
    { what: 'whole deliveries', grow: (page: number) => orders(2, 100 + 2 * page) },
    {
      what: 'an order of long ago',
      grow: (page: number) => [placed(day(-page), { orderId: `old-${page}`, total: 5 })],
    },
  ])('$what between the pages: what stood there is given once, all of it', async ({ grow }) => {
    for (const limit of [1, 4, 9]) {
      const profile = memoryProfileStore();
      await book(profile, orders(30));
      const before = await whole(profile, day(35));
      const pages = await read(profile, {
        now: day(35),
        limit,
        between: async (page) => {
          if (page <= 12) await book(profile, grow(page));
        },
      });
      const given = ids(pages);
      expect(new Set(given).size, `twice, ${limit} at a time`).toBe(given.length);
      expect(
        before.filter((id) => !given.includes(id)),
        `missed, ${limit} at a time`,
      ).toEqual([]);
    }
  });

  it('gives every line once, whatever comes whenever', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 11, max: 60 })), { maxLength: 8 }),
        async (limit, arrivals) => {
          const profile = memoryProfileStore();
          await book(profile, orders(12));
          const before = await whole(profile, day(40));
          const pages = await read(profile, {
            now: day(40),
            limit,
            between: async (page) => {
              for (const [index, [on, number]] of arrivals.entries()) {
                if (on === page) await book(profile, orders(1, number + index / 100));
              }
            },
          });
          const given = ids(pages);
          expect(new Set(given).size).toBe(given.length);
          expect(before.filter((id) => !given.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
