import { describe, expect, it } from 'vitest';
import {
  addFact,
  FACTS_PER_ORDER_LIMIT,
  newOrder,
  type OrderFact,
  type OrderRecord,
} from '../../../shared/domain/loyalty/order-facts.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { toFact } from '../../support/loyalty-facts.ts';
import type { Happening } from '../../support/order-histories.ts';
import { cancelled, completed, placed, policyWith, returned } from '../../support/shop-story.ts';

function factOf(happening: Happening): OrderFact {
  const fact = toFact(happening);
  if (fact.kind !== 'order') throw new Error('no fact of an order');
  return fact.fact;
}

function orderOf(...happenings: Happening[]): OrderRecord {
  return happenings.reduce((order, happening) => {
    const added = addFact(order, factOf(happening), always(currentPolicy));
    if (added.kind !== 'added') throw new Error(added.kind);
    return added.order;
  }, newOrder('ord-1'));
}

describe('the facts of an order', () => {
  it('stand by time, then kind, then event id, whatever the arrival', () => {
    const time = '2026-01-05';
    const facts = [
      placed(time),
      completed(time),
      returned(time, { 1: 1 }, { id: 'a', returnId: 'r1' }),
      returned(time, { 1: 1 }, { id: 'b', returnId: 'r2' }),
      cancelled(time),
      completed('2026-01-06', { id: 'later' }),
    ];
    const ids = facts.map((it) => it.id);
    expect(orderOf(...facts).facts.map((it) => it.eventId)).toEqual(ids);
    expect(orderOf(...facts.reverse()).facts.map((it) => it.eventId)).toEqual(ids);
  });

  it('are not changed by one that is known', () => {
    expect(addFact(orderOf(placed('2026-01-05')), factOf(placed('2026-01-05')), always(currentPolicy))).toEqual({
      kind: 'duplicate',
    });
  });

  const full = orderOf(
    ...Array.from({ length: FACTS_PER_ORDER_LIMIT }, (_, n) =>
      returned('2026-01-06', { 1: 1 }, { id: `r${n}`, returnId: `r${n}` }),
    ),
  );
  it.each([
    {
      code: 'id_reused',
      what: 'a known event id with other content',
      order: orderOf(placed('2026-01-05')),
      next: placed('2026-01-05', { total: 1 }),
      detail: 'Event ord-1:placed is known with other content.',
    },
    {
      code: 'id_reused',
      what: 'a known event id in another kind of event',
      order: orderOf(placed('2026-01-05')),
      next: completed('2026-01-05', { id: 'ord-1:placed' }),
      detail: 'Event ord-1:placed is known with other content.',
    },
    {
      code: 'id_reused',
      what: 'a known event id in another content, where there is room for no more facts',
      order: full,
      next: returned('2026-01-06', { 1: 2 }, { id: 'r1', returnId: 'r1' }),
      detail: 'Event r1 is known with other content.',
    },
    {
      code: 'too_many_facts',
      what: 'one fact more than an order has',
      order: full,
      next: placed('2026-01-05'),
      detail: 'Order ord-1 has 200 facts already.',
    },
  ])('refuse with $code: $what', ({ code, order, next, detail }) => {
    expect(addFact(order, factOf(next), always(currentPolicy))).toEqual({ kind: 'refused', code, detail });
  });
});

describe('the terms of an order', () => {
  it('are those of the policy under which it became known, and stay so', () => {
    const before = policyWith((it) => {
      it.points.purchaseRate = 3;
    });
    const known = addFact(newOrder('ord-1'), factOf(placed('2026-01-05')), always(before));
    const later =
      known.kind === 'added' ? addFact(known.order, factOf(completed('2026-01-06')), always(currentPolicy)) : known;
    expect(later).toMatchObject({ kind: 'added', order: { terms: { purchaseRate: 3, policyStamp: before.stamp } } });
  });

  it('are not known before the order is', () => {
    expect(orderOf(completed('2026-01-06')).terms).toBeUndefined();
    expect(orderOf(completed('2026-01-06'), placed('2026-01-05')).terms).toMatchObject({ rate: 1, digits: 2 });
  });
});
