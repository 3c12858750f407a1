import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../events/catalogue.ts';
import { recorder } from '../../../shared/domain/backtest/recorder.ts';
import { foldAll, replay } from '../../../shared/domain/loyalty/replay.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { toFact } from '../../support/loyalty-facts.ts';
import { type Happening, shopHistory, toEvent } from '../../support/order-histories.ts';
import { at, completed, placed } from '../../support/shop-story.ts';

const POLICIES = always(currentPolicy);

const event = (type: string, data: Record<string, unknown>, id = type) =>
  toEvent({ type, id, time: '2026-01-05T00:00:00Z', data });

describe('the events of a shop', () => {
  it('come to the accounts that the shop itself has, in whatever order, however often', () => {
    const delivered = shopHistory({ maxOrders: 6 }).chain((happenings) =>
      fc.tuple(fc.constant(happenings), fc.shuffledSubarray([...happenings, ...happenings], { minLength: 1 })),
    );
    fc.assert(
      fc.property(delivered, ([happenings, shuffled]) => {
        const events = recorder(POLICIES);
        for (const happening of [...shuffled, ...happenings]) events.take(toEvent(happening));
        const { orders, causes, visitors } = events.recorded();
        const byId = <Kept>(kept: readonly Kept[], idOf: (it: Kept) => string) =>
          new Map(kept.map((it) => [idOf(it), it] as const));
        const recorded = {
          orders: byId(orders, (it) => it.orderId),
          causes: byId(causes, (it) => it.causeId),
          visitors: new Map(visitors),
        };
        const { accounts } = foldAll(recorded, POLICIES);
        expect(accounts).toEqual(replay(happenings.map(toFact), POLICIES).accounts);
      }),
      { numRuns: 50 },
    );
  });

  it('bring check-ins, clocks and who brought whom', () => {
    const events = recorder(POLICIES);
    const taken = [
      event('member.registered.v1', { memberId: 'ann', timeZone: 'Asia/Shanghai', referredBy: 'bob' }),
      event('member.updated.v1', { memberId: 'ann', timeZone: 'UTC' }),
      event('member.checked_in.v1', { memberId: 'ann' }),
    ].map((it) => events.take(it));
    expect(taken).toEqual(Array.from({ length: 3 }, () => ({ kind: 'taken', atMs: at('2026-01-05') })));
    expect(events.recorded().causes.map(({ facts }) => facts[0]?.kind)).toEqual([
      'introduced',
      'introduced',
      'checked_in',
    ]);
  });

  it('count once by their id', () => {
    const events = recorder(POLICIES);
    const told: Happening[] = [placed('2026-01-05'), placed('2026-01-05'), completed('2026-01-06')];
    expect(told.map((it) => events.take(toEvent(it)).kind)).toEqual(['taken', 'nothing', 'taken']);
    expect(events.recorded().orders).toMatchObject([{ orderId: 'ord-1', facts: [{}, {}] }]);
  });

  it('may be of any type there is; those that bear on no points change nothing', () => {
    const events = recorder(POLICIES);
    for (const { sample } of catalogue) expect(events.take(sample).kind).not.toBe('invalid');
    expect(events.take(event('member.updated.v1', { memberId: 'ann', displayName: 'Ann' }, 'other')).kind).toBe(
      'nothing',
    );
  });

  it.each([
    ['nothing', null, 'type'],
    ['a number', 7, 'type'],
    ['an event of no type', { id: 'e1' }, 'type'],
    ['an event of a type there is none of', event('order.lost.v1', {}), 'type'],
    ['an order without lines', event('order.placed.v1', { orderId: 'ord-1', currency: 'EUR' }), 'data.lines'],
  ])('are invalid where they are %s', (_, input, path) => {
    expect(recorder(POLICIES).take(input)).toMatchObject({ kind: 'invalid', errors: [{ path }] });
  });
});
