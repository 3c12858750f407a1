import { describe, expect, it } from 'vitest';
import { newAccount } from '../../../shared/domain/loyalty/account.ts';
import {
  type AccountRecord,
  type AccountWrite,
  bookDue,
  bookPostings,
  type Change,
  newAccountRecord,
} from '../../../shared/domain/loyalty/book-postings.ts';

import { causeEffect } from '../../../shared/domain/loyalty/cause-effect.ts';
import type { JournalEntry } from '../../../shared/domain/loyalty/journal.ts';
import { orderEffect } from '../../../shared/domain/loyalty/order-effect.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import {
  at,
  cancelled,
  checkedIn,
  completed,
  introduced,
  lifeOf,
  placed,
  policyWith,
  redeemed,
  returned,
  shopAfter,
  type Told,
} from '../../support/shop-story.ts';

/** Ann's account as it comes to be when facts are told one by one, each booked with all that is known by then. */
function bookOneByOne(told: readonly Told[], policies: Policies = always(currentPolicy)) {
  let record = newAccountRecord('ann', policies);
  const entries: JournalEntry[] = [];
  const late: string[] = [];
  const known: Told[] = [];
  for (const next of told) {
    const subject = subjectOf(next);
    const before = postingsOf(known, subject, policies);
    known.push(next);
    const { orders, causes } = shopAfter(known, policies);
    const change: Change = {
      subject,
      booked: before,
      wanted: postingsOf(known, subject, policies),
      because: causeOf(next),
    };
    let write = bookPostings(record, change, policies, {});
    if (write === 'late') {
      late.push(idOf(next));
      const bookedTo = { kind: 'member', memberId: 'ann' } as const;
      const history = {
        entries,
        orders: [...orders.values()].map((order) => ({ ...order, bookedTo })),
        causes: [...causes.values()],
      };
      write = bookPostings(record, change, policies, { history });
    }
    if (write === 'late') throw new Error('it is late though all is given');
    entries.push(...writtenBy(record, write));
    record = write.record;
  }
  return { record, entries, late };
}

const idOf = (told: Told) => ('kind' in told ? told.fact.eventId : told.id);
const subjectOf = (told: Told) => ('kind' in told ? told.causeId : String(told.data.orderId));
const causeOf = (told: Told): Change['because'] => {
  const eventType = 'kind' in told ? told.fact.kind : told.type;
  const atMs = 'kind' in told ? told.fact.atMs : at(told.time);
  return { atMs, eventId: idOf(told), eventType, subject: subjectOf(told) };
};

function postingsOf(known: readonly Told[], subject: string, policies: Policies) {
  const { orders, causes } = shopAfter(known, policies);
  const order = orders.get(subject);
  if (order !== undefined) return orderEffect(order).postings;
  const cause = [...causes.values()].find(({ causeId }) => causeId === subject);
  return cause === undefined ? [] : causeEffect(cause, policies);
}

function writtenBy(before: AccountRecord, { record, pages }: AccountWrite): JournalEntry[] {
  const all = [...pages.flatMap((page) => page.entries), ...record.journal.tail];
  return all.filter(({ seq }) => seq > before.journal.count).sort((a, b) => a.seq - b.seq);
}

const line = (it: JournalEntry) => {
  const { eventId } = it;
  if (it.kind === 'tier') return `tier ${it.from} ${it.to} at ${it.spend} (${it.reason}) by ${eventId}`;
  if (it.kind === 'notice') return `notice ${it.days} days ${it.points}`;
  if (it.kind === 'referral') return `referral ${it.by}${it.withdrawn === true ? ' withdrawn' : ''} by ${eventId}`;
  return `${it.kind} ${it.state} ${it.points} by ${eventId}${it.corrects === undefined ? '' : ' correcting'}`;
};

const [order, delivered] = [placed('2026-01-05'), completed('2026-01-06')];

describe('a change of a cause', () => {
  it('is booked on top of what is there, where all of it lies after that', () => {
    const { record, entries, late } = bookOneByOne([order, delivered, checkedIn('2026-01-20', { id: 'in' })]);
    expect(late).toEqual([]);
    expect(record).toMatchObject({ memberId: 'ann', version: 3, journal: { count: 4 } });
    expect(entries.map(line)).toEqual([
      'earn pending 100 by ord-1:placed',
      'available pending -100 by ord-1:completed',
      'available available 100 by ord-1:completed',
      'earn available 10 by in',
    ]);
  });

  it.each([
    { what: 'is dated before the last', last: checkedIn('2026-01-04') },
    {
      what: 'is of the instant of the last, and comes before it',
      last: introduced('2026-01-06', { timeZone: 'Asia/Tokyo' }),
    },
    { what: 'changes what an order had been taken to mean', last: placed('2026-01-04', { id: 'earlier', total: 500 }) },
  ])('needs the history where it $what', ({ last }) => {
    const told = [order, delivered, last];
    const { record, late } = bookOneByOne(told);
    expect(late).toEqual([idOf(last)]);
    const horizon = '2026-01-10';
    expect(record.account).toEqual(lifeOf('ann', told, horizon).account);
  });

  it('needs the history where time alone has brought something since that instant', () => {
    const policies = always(currentPolicy);
    const { record } = bookOneByOne([order, delivered]);
    const due = bookDue(record, at('2026-01-13'), policies);
    if (due === undefined) throw new Error('nothing was due');
    const cause = checkedIn('2026-01-12');
    const change = {
      subject: cause.causeId,
      booked: [],
      wanted: postingsOf([cause], cause.causeId, policies),
      because: causeOf(cause),
    };
    expect(bookPostings(due.record, change, policies, {})).toBe('late');
    expect(bookPostings(record, change, policies, {})).not.toBe('late');
  });

  it('needs the history where the account was folded in another way', () => {
    const policies = always(currentPolicy);
    const { record } = bookOneByOne([order]);
    const older = { ...record, account: { ...record.account, fold: 1 } };
    const change = {
      subject: 'ord-1',
      booked: postingsOf([order], 'ord-1', policies),
      wanted: postingsOf([order, delivered], 'ord-1', policies),
      because: causeOf(delivered),
    };
    expect(bookPostings(older, change, policies, {})).toBe('late');
    expect(bookPostings(record, change, policies, {})).not.toBe('late');
  });
});

describe('a late fact', () => {
  const silver = policyWith((it) => {
    Object.assign(it.tiers, { basis: 'rolling_12_months' });
  });

  it('leaves every entry as it is and appends what corrects them', () => {
    const spent = redeemed('2026-02-01', 100);
    const { entries } = bookOneByOne([order, delivered, spent, returned('2026-01-08', { 1: 1 })]);
    expect(entries.map(line)).toEqual([
      'earn pending 100 by ord-1:placed',
      'available pending -100 by ord-1:completed',
      'available available 100 by ord-1:completed',
      'redeem available -100 by red-1',
      'available pending 100 by ord-1:returned:ret-1 correcting',
      'available available -100 by ord-1:returned:ret-1 correcting',
      'redeem available 100 by ord-1:returned:ret-1 correcting',
      'reverse pending -100 by ord-1:returned:ret-1',
      'redeem debt -100 by red-1',
    ]);
  });

  it('is told where it changes the tier, with the spend that the tier is judged on', () => {
    const old = [placed('2025-01-05', { orderId: 'old', total: 400_000 }), completed('2025-01-05', { orderId: 'old' })];
    const recent = [placed('2026-03-01', { total: 90_000 }), completed('2026-03-01')];
    const late = [
      placed('2026-02-01', { orderId: 'late', total: 20_000 }),
      completed('2026-02-01', { orderId: 'late' }),
    ];
    const { entries } = bookOneByOne([...old, ...recent, ...late], always(silver));
    expect(entries.map(line).filter((it) => it.startsWith('tier'))).toEqual([
      'tier basic silver at 400000 (spend) by old:completed',
      'tier silver basic at 0 (lapse) by tier:2026-02-01T00:00:00.000Z',
      'tier basic silver at 110000 (correction) by late:completed',
    ]);
  });

  it('brings no notice of days that are past, and those that are to come as ever', () => {
    const end = checkedIn('2027-01-20', { id: 'in' });
    const { entries } = bookOneByOne([checkedIn('2026-02-02', { id: 'first' }), end, order, delivered]);
    expect(entries.map(line).filter((it) => it.startsWith('notice'))).toEqual([]);
    const { account } = bookOneByOne([checkedIn('2026-02-02'), end, order, delivered]).record;
    const later = lifeOf('ann', [checkedIn('2026-02-02'), end, order, delivered], '2027-01-20').account;
    expect(account.lots).toEqual(later.lots);
  });
});

describe('a reward that is due for a friend', () => {
  const brought = introduced('2026-01-01', { referredBy: 'bob' });
  const seen = checkedIn('2026-01-20', { id: 'in' });
  const due = (told: readonly Told[]) =>
    bookOneByOne(told)
      .entries.map(line)
      .filter((it) => it.startsWith('referral'));

  it.each([
    { what: 'is told once', told: [brought, order, delivered, seen], news: ['referral bob by referral:ord-1'] },
    {
      what: 'is withdrawn where it turns out that the order had come back in time',
      told: [brought, order, delivered, seen, returned('2026-01-08', { 1: 1 })],
      news: ['referral bob by referral:ord-1', 'referral bob withdrawn by ord-1:returned:ret-1'],
    },
    {
      what: 'is withdrawn where it turns out that the order had been cancelled',
      told: [brought, order, delivered, seen, cancelled('2026-01-08')],
      news: ['referral bob by referral:ord-1', 'referral bob withdrawn by ord-1:cancelled'],
    },
    {
      what: 'stays where the order comes back when the window is over',
      told: [brought, order, delivered, seen, returned('2026-01-15', { 1: 1 })],
      news: ['referral bob by referral:ord-1'],
    },
    {
      what: 'stays where another order had stood by then',
      told: [
        brought,
        order,
        delivered,
        placed('2026-01-07', { orderId: 'ord-2' }),
        completed('2026-01-07', { orderId: 'ord-2' }),
        seen,
        returned('2026-01-08', { 1: 1 }),
      ],
      news: ['referral bob by referral:ord-1'],
    },
    {
      what: 'is due where the order became known late',
      told: [brought, seen, order, delivered],
      news: ['referral bob by ord-1:completed'],
    },
    {
      what: 'is due where it became known late who brought the friend',
      told: [order, delivered, seen, introduced('2026-01-01', { id: 'who', referredBy: 'bob' })],
      news: ['referral bob by who'],
    },
    {
      what: "is another's where it turns out that another had brought the friend before",
      told: [brought, order, delivered, seen, introduced('2025-12-31', { id: 'who', referredBy: 'cid' })],
      news: ['referral bob by referral:ord-1', 'referral bob withdrawn by who', 'referral cid by who'],
    },
  ])('$what', ({ told, news }) => {
    expect(due(told)).toEqual(news);
  });
});

describe('what time alone has brought', () => {
  const policies = always(currentPolicy);

  it.each([
    { now: '2026-01-12T23:59:59.999Z', entries: undefined },
    {
      now: '2026-01-13',
      entries: ['available pending -100 by ord-1:completed', 'available available 100 by ord-1:completed'],
    },
  ])('is booked by $now: $entries', ({ now, entries }) => {
    const { record } = bookOneByOne([order, delivered]);
    const write = bookDue(record, at(now), policies);
    expect(write && writtenBy(record, write).map(line)).toEqual(entries);
    expect(write?.record.version).toBe(entries && record.version + 1);
  });

  it('is booked once', () => {
    const { record } = bookOneByOne([order, delivered]);
    const write = bookDue(record, at('2026-01-13'), policies);
    expect(write && bookDue(write.record, at('2026-01-13'), policies)).toBeUndefined();
  });

  it('is nothing for an account that is new', () => {
    expect(newAccountRecord('ann', policies)).toEqual({
      memberId: 'ann',
      version: 0,
      account: newAccount(policies),
      journal: { count: 0, pages: 0, tail: [] },
    });
    expect(bookDue(newAccountRecord('ann', policies), at('2030-01-01'), policies)).toBeUndefined();
  });
});
