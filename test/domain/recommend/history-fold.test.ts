import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { happenedKinds } from '../../../shared/domain/recommend/features.ts';
import {
  cancellationFacts,
  interactionFacts,
  ownerOf,
  purchaseFacts,
  returnFacts,
  SHOWN_PRODUCTS_LIMIT,
  shownFacts,
} from '../../../shared/domain/recommend/history-facts.ts';
import {
  AHEAD_LIMIT,
  CLOCK_SKEW_MS,
  type HistoryFacts,
  historyOf,
  mergeFacts,
  noFacts,
  withoutFacts,
} from '../../../shared/domain/recommend/history-fold.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const limits = { interactions: 5, purchases: 4, shown: 3, nowMs: NOW_MS };

const told = <Data>(id: string, time: string | number, data: Data) =>
  ({ id, time: new Date(time).toISOString(), data }) as never;
const viewed = (id: string, time: string | number, productId = 'pot') =>
  interactionFacts('view', told(id, time, { productId }));
const fold = (parts: readonly Partial<HistoryFacts>[], with_ = limits) =>
  parts.reduce<HistoryFacts>((all, more) => mergeFacts(all, more, with_), noFacts);

/** Few ids, products and instants, some in the future, so that everything collides with everything. */
const atMs = fc.integer({ min: -6, max: 3 }).map((hours) => NOW_MS + hours * 3_600_000);
const text = fc.constantFrom('a', 'b', 'c', 'd');
const target = fc.constantFrom('o1', 'o2', 'o1.l1', 'o1.l2', 'o2.l1');
const fact: fc.Arbitrary<Partial<HistoryFacts>> = fc.oneof(
  fc
    .record({ eventId: text, kind: fc.constantFrom(...happenedKinds), productId: text, atMs })
    .map((it) => ({ interactions: [it] })),
  fc
    .record({
      eventId: target.filter((it) => it.includes('.')),
      kind: fc.constant('order' as const),
      productId: text,
      quantity: fc.integer({ min: 1, max: 3 }),
      atMs,
    })
    .map((it) => ({ purchases: [it] })),
  fc
    .record({ eventId: text, target, quantity: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }), atMs })
    .map((it) => ({ withdrawals: [it] })),
  fc
    .record({ recommendationId: text, productIds: fc.array(text, { maxLength: 2 }), atMs })
    .map((it) => ({ shown: [it] })),
);

/** Facts, the same in another order with some of them twice, and where to cut them in two. */
const runs: fc.Arbitrary<{ facts: Partial<HistoryFacts>[]; shuffled: Partial<HistoryFacts>[]; cut: number }> = fc
  .array(fact, { maxLength: 40 })
  .chain((facts) =>
    fc.record({
      facts: fc.constant(facts),
      shuffled: fc
        .subarray(facts)
        .map((again) => [...facts, ...again])
        .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
      cut: fc.nat(facts.length),
    }),
  );

describe('what is known of the last time', () => {
  it('is the same for any order of arrival, with duplicates, and however it is split up', () => {
    const sameEveryWay = fc.property(runs, ({ facts, shuffled, cut }) => {
      const whole = fold(facts);
      expect(fold(shuffled)).toEqual(whole);
      expect(mergeFacts(fold(facts.slice(cut)), fold(facts.slice(0, cut)), limits)).toEqual(whole);
      for (const one of facts) expect(mergeFacts(whole, one, limits)).toBe(whole);
    });
    fc.assert(sameEveryWay, { numRuns: 500 });
  });

  it('is the latest of ten thousand, newest first', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => viewed(`e${n}`, NOW_MS - n * 60_000, `p${n}`));
    const idOf = (it: Partial<HistoryFacts>) => it.interactions?.[0]?.eventId ?? '';
    const apart = many.toSorted((one, other) => (idOf(one) < idOf(other) ? 1 : -1));
    const { interactions } = fold(apart, { ...limits, interactions: 100 });
    expect(interactions.map(({ productId }) => productId)).toEqual(Array.from({ length: 100 }, (_, n) => `p${n}`));
    const all = many.flatMap((it) => it.interactions ?? []);
    expect(mergeFacts(noFacts, { interactions: all }, { ...limits, interactions: 100 }).interactions).toEqual(
      interactions,
    );
  });

  it('is itself where nothing is added: what is known, and what is older than the oldest that is kept', () => {
    const facts = fold(Array.from({ length: 5 }, (_, n) => viewed(`e${n}`, NOW_MS - n)));
    expect(mergeFacts(facts, viewed('e3', NOW_MS - 3), limits)).toBe(facts);
    expect(mergeFacts(facts, viewed('old', NOW_MS - DAY_MS), limits)).toBe(facts);
    expect(mergeFacts(facts, {}, limits)).toBe(facts);
  });

  it('loses what is taken out of it', () => {
    const facts = fold([viewed('e1', NOW_MS), viewed('e2', NOW_MS - 1)]);
    expect(withoutFacts(facts, fold([viewed('e2', NOW_MS - 1)])).interactions).toHaveLength(1);
    expect(withoutFacts(facts, fold([viewed('e2', NOW_MS - 2)]))).toBe(facts);
  });
});

describe('an event from the future', () => {
  const ahead = (n: number) => viewed(`ahead${n}`, NOW_MS + n * DAY_MS, `p${n}`);

  it('does not count before its time, and takes no place from what has happened', () => {
    const wrong = Array.from({ length: 50 }, (_, n) => ahead(n + 1));
    const right = Array.from({ length: 5 }, (_, n) => viewed(`e${n}`, NOW_MS - n));
    for (const arrival of [
      [...wrong, ...right],
      [...right, ...wrong],
    ]) {
      const facts = fold(arrival);
      expect(facts.interactions).toHaveLength(5 + AHEAD_LIMIT);
      expect(historyOf(facts, NOW_MS).interactions).toEqual(right.flatMap((it) => it.interactions ?? []));
    }
  });

  it('counts once its time has come, the nearest first', () => {
    const facts = fold(Array.from({ length: 50 }, (_, n) => ahead(50 - n)));
    expect(historyOf(facts, NOW_MS + 2 * DAY_MS).interactions.map(({ productId }) => productId)).toEqual(['p2', 'p1']);
    const later = { ...limits, nowMs: NOW_MS + 30 * DAY_MS };
    const after = mergeFacts(facts, viewed('now', later.nowMs, 'now'), later);
    expect(after.interactions.map(({ productId }) => productId)).toEqual(['now', 'p20', 'p19', 'p18', 'p17']);
  });

  it('is none where a clock is a little ahead', () => {
    const facts = fold([viewed('e1', NOW_MS + CLOCK_SKEW_MS)]);
    expect(historyOf(facts, NOW_MS).interactions).toHaveLength(1);
    expect(historyOf(fold([viewed('e1', NOW_MS + CLOCK_SKEW_MS + 1)]), NOW_MS).interactions).toEqual([]);
  });
});

describe('what was bought', () => {
  const line = (lineId: string, quantity = 1) => ({ lineId, productId: `p-${lineId}`, quantity });
  const placed = purchaseFacts(
    told('ord-1:placed', NOW_MS - DAY_MS, { orderId: 'ord-1', lines: [line('1'), line('2', 3)] }),
  );
  const other = purchaseFacts(told('ord-2:placed', NOW_MS - DAY_MS, { orderId: 'ord-2', lines: [line('1')] }));
  const cancelled = cancellationFacts(told('ord-1:cancelled', NOW_MS, { orderId: 'ord-1' }));
  const returned = (returnId: string, quantity: number) =>
    returnFacts(told(`${returnId}:returned`, NOW_MS, { orderId: 'ord-1', lines: [{ lineId: '2', quantity }] }));
  const bought = (...parts: Partial<HistoryFacts>[]) =>
    historyOf(fold(parts), NOW_MS)
      .purchases.map(({ productId }) => productId)
      .toSorted();

  it('is every line of an order', () => {
    expect(bought(placed)).toEqual(['p-1', 'p-2']);
    expect(historyOf(fold([placed]), NOW_MS).purchases[0]).toMatchObject({ kind: 'order', atMs: NOW_MS - DAY_MS });
  });

  it('is taken back with the order, whichever comes first, and with no other', () => {
    expect(bought(placed, other, cancelled)).toEqual(['p-1']);
    expect(bought(cancelled, other, placed)).toEqual(['p-1']);
  });

  it('is taken back once as many pieces have come back as were bought', () => {
    expect(bought(placed, returned('r1', 1))).toEqual(['p-1', 'p-2']);
    expect(bought(returned('r1', 1), placed, returned('r1', 1), returned('r2', 1))).toEqual(['p-1', 'p-2']);
    expect(bought(returned('r1', 1), placed, returned('r2', 2))).toEqual(['p-1']);
  });

  it('of an order of two thousand lines is as much as is kept', () => {
    const lines = Array.from({ length: 2_000 }, (_, n) => line(String(n)));
    const facts = fold([purchaseFacts(told('big', NOW_MS, { orderId: 'big', lines }))]);
    expect(facts.purchases).toHaveLength(limits.purchases);
    expect(
      historyOf(mergeFacts(facts, cancellationFacts(told('c', NOW_MS, { orderId: 'big' })), limits), NOW_MS).purchases,
    ).toEqual([]);
  });
});

describe('what was shown', () => {
  it('is kept once for each product, and not to the end of a long list', () => {
    const productIds = ['a', 'a', ...Array.from({ length: 98 }, (_, n) => `p${n}`)];
    const { shown } = fold([shownFacts(told('e1', NOW_MS, { productIds }))]);
    expect(shown[0]?.productIds).toEqual(['a', ...Array.from({ length: SHOWN_PRODUCTS_LIMIT - 1 }, (_, n) => `p${n}`)]);
  });
});

it('a history is the member’s, else the visitor’s, else nobody’s', () => {
  expect(ownerOf({ memberId: 'ann', anonymousId: 'anon-7' })).toEqual({ kind: 'member', id: 'ann' });
  expect(ownerOf({ anonymousId: 'anon-7' })).toEqual({ kind: 'visitor', id: 'anon-7' });
  expect(ownerOf({})).toBeUndefined();
});
