import { describe, expect, it } from 'vitest';
import { newAccountRecord } from '../../../shared/domain/loyalty/book-postings.ts';
import {
  decideOrder,
  type Known,
  type OrderDecision,
  unknownOrder,
} from '../../../shared/domain/loyalty/decide-order.ts';
import type { OrderFact } from '../../../shared/domain/loyalty/order-facts.ts';
import { newVisitor, ORDERS_PER_VISITOR_LIMIT, type Visitor } from '../../../shared/domain/loyalty/visitor.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { book } from '../../support/book.ts';
import { toFact } from '../../support/loyalty-facts.ts';
import { memoryProfileStore } from '../../support/memory-profile-store.ts';
import type { Happening } from '../../support/order-histories.ts';
import { at, cancelled, completed, guestPlaced, identified, placed, returned } from '../../support/shop-story.ts';

const NOW_MS = at('2026-06-01');

function factOf(happening: Happening): OrderFact {
  const fact = toFact(happening);
  if (fact.kind !== 'order') throw new Error('no fact of an order');
  return fact.fact;
}

const decide = (known: Known, happening?: Happening): OrderDecision =>
  decideOrder(known, happening && factOf(happening), always(currentPolicy), NOW_MS);

const nothingKnown = (parts: Partial<Known> = {}): Known => ({ ...unknownOrder('ord-1'), ...parts });
const withAccounts = (...ids: string[]) => ({
  accounts: new Map(ids.map((id) => [id, newAccountRecord(id, always(currentPolicy))])),
});
const withVisitor = (visitor: Visitor) => ({ visitors: new Map([[visitor.anonymousId, visitor]]) });

function written(decision: OrderDecision) {
  if (decision.kind !== 'write') throw new Error(JSON.stringify(decision));
  return decision;
}

describe('what has to be read first', () => {
  it.each([
    {
      what: "the account of the order's member",
      known: nothingKnown(),
      need: { visitors: [], accounts: ['ann'], histories: [] },
      fact: placed('2026-01-05'),
    },
    {
      what: "the order's visitor",
      known: nothingKnown(),
      need: { visitors: ['v1'], accounts: [], histories: [] },
      fact: placed('2026-01-05', { anonymousId: 'v1' }),
    },
    {
      what: 'the account of the member that the visitor is',
      known: nothingKnown(
        withVisitor({
          ...newVisitor('v1'),
          version: 1,
          identifications: [{ eventId: 'e', hash: 'h', atMs: 0, memberId: 'ann' }],
        }),
      ),
      need: { visitors: [], accounts: ['ann'], histories: [] },
      fact: placed('2026-01-05', { anonymousId: 'v1' }),
    },
  ])('$what', ({ known, fact, need }) => {
    expect(decide(known, fact)).toEqual({ kind: 'need', ...need });
  });

  it('all that was ever booked, where a fact comes after later ones', async () => {
    const profile = memoryProfileStore();
    await book(profile, [placed('2026-02-01', { orderId: 'ord-2' })]);
    const account = await profile.loadAccount('ann');
    const known = nothingKnown({ accounts: new Map([['ann', account!]]) });
    const late = placed('2026-01-05');
    expect(decide(known, late)).toEqual({ kind: 'need', visitors: [], accounts: [], histories: ['ann'] });
    const { history } = await profile.loadHistory('ann');
    const { accounts } = written(decide({ ...known, histories: new Map([['ann', history]]) }, late));
    expect(accounts[0]?.record).toMatchObject({
      version: 2,
      account: { openPoints: 200, firstOrderAtMs: at('2026-01-05') },
    });
  });
});

describe('what is written', () => {
  it('an order of a member: the order and the account, each a version on', () => {
    const decision = written(decide(nothingKnown(withAccounts('ann')), placed('2026-01-05')));
    expect(decision.order).toMatchObject({
      orderId: 'ord-1',
      version: 1,
      bookedTo: { kind: 'member', memberId: 'ann' },
    });
    expect(decision.accounts).toMatchObject([
      { record: { memberId: 'ann', version: 1, journal: { count: 1 } }, pages: [] },
    ]);
    expect(decision).not.toHaveProperty('visitor');
    expect(decision).not.toHaveProperty('guests');
  });

  it('an order of a visitor: the order, and with the visitor that it is one of theirs', () => {
    const decision = written(
      decide(nothingKnown(withVisitor(newVisitor('v1'))), placed('2026-01-05', { anonymousId: 'v1' })),
    );
    expect(decision.visitor).toEqual({ ...newVisitor('v1'), version: 1, orderIds: ['ord-1'] });
    expect(decision.accounts).toEqual([]);
  });

  it("a guest's order: the order and the shop's figures", () => {
    const decision = written(decide(nothingKnown(), guestPlaced('2026-01-05')));
    expect(decision.guests).toEqual({ orders: 1, completed: 0, cancelled: 0, spend: 0, returned: 0, unitsReturned: 0 });
    expect(decision.accounts).toEqual([]);
  });

  it("a guest's order that turns out to be a member's: the figures lose what the account gains", () => {
    const order = written(decide(nothingKnown(), guestPlaced('2026-01-05'))).order;
    const known = { ...nothingKnown(withAccounts('ann')), order };
    const decision = written(decide(known, completed('2026-01-06', { memberId: 'ann' })));
    expect(decision.guests).toMatchObject({ orders: -1, completed: 0 });
    expect(decision.accounts[0]?.record.account.lifetime).toEqual({ orders: 1, spend: 10_000, returned: 0 });
  });

  it('nothing for a fact that is known', () => {
    const { order } = written(decide(nothingKnown(withAccounts('ann')), placed('2026-01-05')));
    expect(decide({ ...nothingKnown(), order }, placed('2026-01-05'))).toEqual({ kind: 'nothing' });
  });

  it('nothing, without a fact, for an order that is booked to its owner', () => {
    const { order } = written(decide(nothingKnown(withAccounts('ann')), placed('2026-01-05')));
    expect(decide({ ...nothingKnown(), order })).toEqual({ kind: 'nothing' });
    expect(decide(nothingKnown())).toEqual({ kind: 'nothing' });
  });
});

describe('what is refused, and not even kept with the order', () => {
  const crowd = Array.from({ length: ORDERS_PER_VISITOR_LIMIT }, (_, n) => `other-${n}`);
  const { order } = written(decide(nothingKnown(withAccounts('ann')), placed('2026-01-05')));
  it.each([
    {
      code: 'id_reused',
      known: { ...nothingKnown(), order },
      fact: placed('2026-01-05', { total: 7 }),
      detail: 'Event ord-1:placed is known with other content.',
    },
    {
      code: 'too_many_facts',
      known: { ...nothingKnown(), order: { ...order, facts: Array.from({ length: 200 }, () => order.facts[0]!) } },
      fact: completed('2026-01-06'),
      detail: 'Order ord-1 has 200 facts already.',
    },
    {
      code: 'too_many_orders',
      known: nothingKnown(withVisitor({ ...newVisitor('v1'), version: 500, orderIds: crowd })),
      fact: placed('2026-01-05', { anonymousId: 'v1' }),
      detail: 'A visitor has at most 500 orders.',
    },
  ])('$code', ({ code, known, fact, detail }) => {
    expect(decide(known, fact)).toEqual({ kind: 'refused', code, detail });
  });

  it('but an order that the visitor has already is told of as before', () => {
    const visitor = { ...newVisitor('v1'), version: 500, orderIds: [...crowd.slice(1), 'ord-1'] };
    const known = { ...nothingKnown(withVisitor(visitor)) };
    expect(written(decide(known, placed('2026-01-05', { anonymousId: 'v1' })))).not.toHaveProperty('visitor');
  });
});

describe('what needs a person', () => {
  const waiting = written(decide(nothingKnown(), returned('2026-01-06', { 1: 1 }))).order;

  it('waits, since it was first heard of, for the order to be placed', () => {
    expect(waiting.attention).toEqual({ state: 'waiting', sinceMs: NOW_MS });
    const later = decideOrder(
      { ...nothingKnown(), order: waiting },
      factOf(completed('2026-01-07')),
      always(currentPolicy),
      NOW_MS + 5,
    );
    expect(written(later).order.attention).toEqual({ state: 'waiting', sinceMs: NOW_MS });
  });

  it('is done with when it is placed', () => {
    const { order } = written(decide({ ...nothingKnown(withAccounts('ann')), order: waiting }, placed('2026-01-05')));
    expect(order.attention).toBeUndefined();
  });

  it('is an order with a fact that was refused: kept, shown, without effect', () => {
    const placing = written(decide(nothingKnown(withAccounts('ann')), placed('2026-01-05')));
    const known = { ...nothingKnown(), order: placing.order };
    const { order, accounts } = written(decide(known, returned('2026-01-06', { 9: 1 })));
    expect(order).toMatchObject({ version: 2, attention: { state: 'refused', sinceMs: NOW_MS } });
    expect(order.facts).toHaveLength(2);
    expect(accounts).toEqual([]);
  });
});

describe('a correction', () => {
  it('tells the change of tier that a late fact brings, once', async () => {
    const profile = memoryProfileStore();
    await book(profile, [
      placed('2026-02-01', { orderId: 'ord-2', total: 90_000 }),
      completed('2026-02-02', { orderId: 'ord-2' }),
      placed('2026-01-05', { total: 20_000 }),
      completed('2026-01-06'),
    ]);
    const { journal, account } = (await profile.loadAccount('ann'))!;
    expect(account.tier).toEqual({ id: 'silver', sinceMs: at('2026-02-02') });
    expect(journal.tail.filter((it) => it.kind === 'tier')).toMatchObject([
      { from: 'basic', to: 'silver', eventId: 'ord-1:completed', spend: 110_000 },
    ]);
  });

  it('takes an order away from a member who had it, and gives it to the one whose it is', async () => {
    const profile = memoryProfileStore();
    await book(profile, [
      placed('2026-01-05', { anonymousId: 'v1' }),
      identified('2026-03-01', 'v1', 'bob'),
      identified('2026-02-01', 'v1', 'ann'),
      cancelled('2026-04-01'),
    ]);
    const bob = (await profile.loadAccount('bob'))!;
    expect(bob.account).toMatchObject({ openPoints: 0, held: [], lots: [], lifetime: { orders: 0, spend: 0 } });
    expect(bob.journal.tail.map((it) => ('points' in it ? it.points : 0))).toEqual([100, -100]);
    const ann = (await profile.loadAccount('ann'))!;
    expect(ann.journal.tail.map((it) => ('points' in it ? it.points : 0))).toEqual([100, -100]);
    expect(profile.orders.get('ord-1')?.bookedTo).toEqual({ kind: 'member', memberId: 'ann' });
  });
});
