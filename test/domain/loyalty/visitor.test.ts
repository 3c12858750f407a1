import { describe, expect, it } from 'vitest';
import {
  IDENTIFICATIONS_LIMIT,
  type Identification,
  identify,
  memberOfVisitor,
  newVisitor,
  resolveOwner,
  type Visitor,
} from '../../../shared/domain/loyalty/visitor.ts';
import { identified, placed, shopAfter } from '../../support/shop-story.ts';

const login = (parts: Partial<Identification> = {}): Identification => ({
  eventId: 'login-1',
  hash: 'hash-1',
  atMs: 1_000,
  memberId: 'ann',
  ...parts,
});

function visitorAfter(...logins: Identification[]): Visitor {
  return logins.reduce((visitor, it) => {
    const decision = identify(visitor, it);
    return decision.kind === 'identified' ? decision.visitor : visitor;
  }, newVisitor('v1'));
}

describe('a visitor', () => {
  it('is nobody until a login says which member it is', () => {
    expect(memberOfVisitor(newVisitor('v1'))).toBeUndefined();
    expect(memberOfVisitor(visitorAfter(login()))).toBe('ann');
  });

  const early = login({ eventId: 'b', atMs: 1_000, memberId: 'ann' });
  const late = login({ eventId: 'a', atMs: 2_000, memberId: 'bob' });
  const sameInstant = login({ eventId: 'c', atMs: 1_000, memberId: 'cid' });
  it.each([
    { what: 'in time', logins: [early, late] },
    { what: 'late first', logins: [late, early] },
    { what: 'of one instant: the smaller event id', logins: [sameInstant, early, late] },
    { what: 'again and again', logins: [late, early, late, sameInstant, early] },
  ])('that two members claim is the earliest one, whatever the arrival: $what', ({ logins }) => {
    expect(memberOfVisitor(visitorAfter(...logins))).toBe('ann');
  });

  it('is not changed by a login that is known', () => {
    expect(identify(visitorAfter(login()), login())).toEqual({ kind: 'duplicate' });
  });

  it.each([
    {
      code: 'id_reused',
      what: 'a known event id with other content',
      visitor: visitorAfter(login()),
      next: login({ hash: 'other' }),
      detail: 'Event login-1 is known with other content.',
    },
    {
      code: 'too_many_facts',
      what: 'one login more than a person has',
      visitor: visitorAfter(
        ...Array.from({ length: IDENTIFICATIONS_LIMIT }, (_, n) => login({ eventId: `e${n}`, atMs: n })),
      ),
      next: login({ eventId: 'one more' }),
      detail: 'Visitor v1 has been identified 50 times.',
    },
  ])('refuses with $code: $what', ({ code, visitor, next, detail }) => {
    expect(identify(visitor, next)).toEqual({ kind: 'refused', code, detail });
  });
});

describe('whose an order is once its visitor is known', () => {
  const ann = visitorAfter(login());
  it.each([
    { claimed: { kind: 'member', memberId: 'bob' }, visitor: ann, owner: { kind: 'member', memberId: 'bob' } },
    { claimed: { kind: 'visitor', anonymousId: 'v1' }, visitor: ann, owner: { kind: 'member', memberId: 'ann' } },
    {
      claimed: { kind: 'visitor', anonymousId: 'v1' },
      visitor: newVisitor('v1'),
      owner: { kind: 'visitor', anonymousId: 'v1' },
    },
    { claimed: { kind: 'guest' }, visitor: ann, owner: { kind: 'guest' } },
    { claimed: undefined, visitor: ann, owner: undefined },
  ] as const)('$claimed.kind becomes $owner', ({ claimed, visitor, owner }) => {
    expect(resolveOwner(claimed, visitor)).toEqual(owner);
  });

  const order = placed('2026-01-05', { anonymousId: 'v1' });
  const other = placed('2026-01-06', { orderId: 'ord-2', anonymousId: 'v2' });
  it.each([
    { what: 'identified before the order', facts: [identified('2026-01-01', 'v1', 'ann'), order], of: ['ann'] },
    { what: 'identified after the order', facts: [order, identified('2026-02-01', 'v1', 'ann')], of: ['ann'] },
    { what: 'never identified', facts: [order], of: [] },
    { what: 'another visitor identified', facts: [order, identified('2026-01-01', 'v2', 'ann')], of: [] },
    {
      what: 'two visitors that are one member',
      facts: [order, other, identified('2026-02-01', 'v1', 'ann'), identified('2026-02-02', 'v2', 'ann')],
      of: ['ann'],
    },
    {
      what: 'one visitor that two members claim',
      facts: [identified('2026-02-02', 'v1', 'bob'), order, identified('2026-02-01', 'v1', 'ann')],
      of: ['ann'],
    },
  ])('$what: booked to $of', ({ facts, of }) => {
    expect([...shopAfter(facts).accounts.keys()]).toEqual(of);
  });
});
