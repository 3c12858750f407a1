import { describe, expect, it } from 'vitest';
import { type ComplaintRecord, newComplaint } from '../../../shared/domain/complaint/complaint.ts';
import { eraseComplaint } from '../../../shared/domain/complaint/erase-complaint.ts';
import { type CouponRecord, couponState, type IssuedCoupon, newCoupon } from '../../../shared/domain/coupon/coupon.ts';
import { forgetCoupon } from '../../../shared/domain/coupon/forget-coupon.ts';
import { availablePoints, newAccount, pendingPoints } from '../../../shared/domain/loyalty/account.ts';
import { newAccountRecord } from '../../../shared/domain/loyalty/book-postings.ts';
import { causeEffect } from '../../../shared/domain/loyalty/cause-effect.ts';
import { type CauseFact, newCause } from '../../../shared/domain/loyalty/cause-facts.ts';
import { decideCause } from '../../../shared/domain/loyalty/decide-cause.ts';
import { isEntry } from '../../../shared/domain/loyalty/entries.ts';
import { accountAt, foldPostings, nextDueMs } from '../../../shared/domain/loyalty/fold.ts';
import { withoutMember } from '../../../shared/domain/loyalty/visitor.ts';
import { ERASED } from '../../../shared/domain/privacy/erased.ts';
import {
  anonymisedInBand,
  anonymisedStanding,
  anonymiseReview,
} from '../../../shared/domain/review/anonymise-review.ts';
import { newReview, type ReviewRecord, type Standing } from '../../../shared/domain/review/review-record.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

const policies = always(currentPolicy);
const at = (day: number) => Date.UTC(2026, 0, day, 10);
const fact = (kind: string, day: number, data: object): CauseFact =>
  ({ kind, eventId: `${kind}-${day}`, hash: '', atMs: at(day), data }) as CauseFact;
const postingsOf = (causeId: string, ...facts: CauseFact[]) =>
  causeEffect({ ...newCause('ann', causeId), facts }, policies);

describe('an account that is closed', () => {
  const given = postingsOf('adjustment:a', fact('adjusted', 1, { points: 50, reason: 'x', by: 'desk' }));
  const pending = postingsOf('review:p', fact('review_submitted', 2, { type: 'review.held.v1' }));
  const closed = postingsOf('erasure', fact('closed', 5, {}));
  const { account, entries } = foldPostings(newAccount(policies), [...given, ...pending, ...closed], policies);

  it('holds nothing, and its entries sum to nothing', () => {
    expect([pendingPoints(account), availablePoints(account), account.debt]).toEqual([0, 0, 0]);
    const legs = entries.filter(isEntry);
    for (const state of ['pending', 'available', 'debt']) {
      expect(legs.filter((it) => it.state === state).reduce((sum, { points }) => sum + points, 0)).toBe(0);
    }
    expect(legs.filter(({ eventType }) => eventType === 'member.erased')).toMatchObject([
      { kind: 'adjust', state: 'pending', points: -5 },
      {
        kind: 'adjust',
        state: 'available',
        points: -50,
        arithmetic: expect.stringContaining('50 points to spend - 50 = 0'),
      },
    ]);
  });

  it('forgives what is owed', () => {
    const start = { ...newAccount(policies), debt: 30, last: { atMs: 0, rank: 0, eventId: '', subject: '' } };
    const result = foldPostings(start, closed, policies);
    expect(result.account.debt).toBe(0);
    expect(result.entries).toMatchObject([{ kind: 'adjust', state: 'debt', points: 30 }]);
  });

  it('is nothing to facts that become known later, nor to time', () => {
    const late = postingsOf('checkin:c', fact('checked_in', 6, {}));
    expect(foldPostings(account, late, policies)).toEqual({ account, entries: [] });
    expect(nextDueMs(account, policies)).toBeUndefined();
    expect(accountAt(account, at(400), policies).entries).toEqual([]);
    const record = { ...newAccountRecord('ann', policies), version: 4, account };
    const known = { cause: newCause('ann', 'checkin:c'), account: record };
    expect(decideCause(known, fact('checked_in', 6, {}), policies)).toEqual({ kind: 'erased' });
  });
});

describe('a coupon of a member who is erased', () => {
  const definition = { id: 'spring', kind: 'percent', percent: 10, perMember: 1 } as const;
  const issued = { memberId: 'ann', definition, issuedAtMs: at(1), year: 2026, policyStamp: '' };
  const open: CouponRecord = { ...newCoupon('c-1'), version: 1, issued };

  it('goes back to the pool where it was open, once', () => {
    const change = forgetCoupon(open, at(5));
    expect(change).toMatchObject({ unitBack: true, coupon: { version: 2, issued: { memberId: ERASED } } });
    expect(couponState(change?.coupon as IssuedCoupon, at(6)).kind).toBe('revoked');
    expect(forgetCoupon(change?.coupon as CouponRecord, at(6))).toBeUndefined();
  });

  it('stays used where an order has it', () => {
    const orders = [{ orderId: 'ord-1', version: 1, memberId: 'ann', placedAtMs: at(2) }];
    const change = forgetCoupon({ ...open, orders }, at(5));
    expect(change?.unitBack).toBe(false);
    expect(couponState(change?.coupon as IssuedCoupon, at(6)).kind).toBe('redeemed');
    expect(JSON.stringify(change)).not.toContain('"ann"');
  });
});

describe('a review of a member who is erased', () => {
  const data = { memberId: 'ann', productId: 'teapot', orderId: 'ord-1', ratings: { product: 5 } };
  const text = { language: 'en', length: 40, fingerprint: 'ffee' };
  const submitted = { kind: 'submitted', eventId: 'e1', hash: 'h', atMs: at(1), data: { ...data, text } };
  const recordWith = (state: string): ReviewRecord =>
    ({
      ...newReview('rev-1'),
      version: 2,
      facts: [submitted, { kind: 'appealed', eventId: 'e2', hash: 'h', atMs: at(2), data: { reason: 'mine' } }],
      standing: { submission: 'e1', state, weight: 1_000, changes: 1, by: 'assessment', sinceMs: at(1) } as Standing,
    }) as unknown as ReviewRecord;

  it('keeps its stars and where it stands, and nothing that says whose it is', () => {
    const record = anonymiseReview(recordWith('published'), at(5));
    expect(record).toMatchObject({ standing: { state: 'published', weight: 1_000 }, anonymisedAtMs: at(5) });
    expect(record?.facts[0]).toMatchObject({
      data: { ratings: { product: 5 }, anonymous: true, text: { length: 40 } },
    });
    expect(JSON.stringify(record)).not.toMatch(/ann"|ord-1|ffee|mine/);
    expect(anonymiseReview(record as ReviewRecord, at(6))).toBeUndefined();
  });

  it('is taken away where nobody had decided on it: its words are gone', () => {
    expect(anonymiseReview(recordWith('held'), at(5))?.standing?.state).toBe('removed');
  });

  it('stands as it stood until the desk decides', () => {
    const record = anonymiseReview(recordWith('published'), at(5)) as ReviewRecord;
    expect(anonymisedStanding(record)).toBe(record.standing);
    const decided = {
      kind: 'decided',
      eventId: 'd',
      hash: '',
      atMs: at(6),
      data: { verdict: 'reject', reason: 'fake', by: 'eve' },
    };
    const after = anonymisedStanding({ ...record, facts: [...record.facts, decided] as ReviewRecord['facts'] });
    expect(after).toMatchObject({ state: 'rejected', by: 'desk', changes: 1 });
  });

  it('is nobody’s among the texts that are like it', () => {
    const row = { reviewId: 'rev-1', memberId: 'ann', productId: 'teapot', atMs: at(1), fingerprint: 'ffee' };
    const other = { ...row, reviewId: 'rev-2', memberId: 'bob' };
    const band = { band: 'b', version: 1, rows: [row, other] };
    expect(anonymisedInBand(band, 'rev-1').rows.map(({ memberId }) => memberId)).toEqual([`${ERASED} rev-1`, 'bob']);
    expect(anonymisedInBand(band, 'rev-3')).toBe(band);
  });
});

it('a complaint keeps what it is about, and not who complained', () => {
  const opened = {
    kind: 'opened',
    eventId: 'e1',
    hash: 'h',
    atMs: at(1),
    words: true,
    data: { memberId: 'ann', brandId: 'hearth', category: 'quality', severity: 'normal' },
  };
  const appealed = { kind: 'appealed', eventId: 'e2', hash: 'h', atMs: at(2), words: true, data: { actor: 'ann' } };
  const record = { ...newComplaint('cmp-1'), version: 2, facts: [opened, appealed] } as unknown as ComplaintRecord;
  const erased = eraseComplaint(record);
  expect(erased).toMatchObject({ version: 3, erased: true, facts: [{ data: { brandId: 'hearth' } }, {}] });
  expect(JSON.stringify(erased)).not.toMatch(/"ann"|words|"h"/);
  expect(eraseComplaint(erased as ComplaintRecord)).toBeUndefined();
});

describe('a visitor that a member turned out to be', () => {
  const visitorOf = (...members: string[]) => ({
    anonymousId: 'anon',
    version: 4,
    identifications: members.map((memberId, index) => ({ eventId: `i${index}`, hash: '', atMs: index, memberId })),
    orderIds: ['ord-1'],
  });

  it('is nobody once the member is erased', () => {
    expect(withoutMember(visitorOf('ann', 'ann'), 'ann')).toBeUndefined();
  });

  it('is whoever else it was; orders that were the member’s are not theirs', () => {
    expect(withoutMember(visitorOf('ann', 'bob'), 'ann')).toMatchObject({ version: 5, orderIds: [] });
    expect(withoutMember(visitorOf('bob', 'ann'), 'ann')).toMatchObject({ orderIds: ['ord-1'] });
  });
});
