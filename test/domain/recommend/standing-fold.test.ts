import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type RestrictionFact,
  type StandingRecord,
  standingOf,
  withRestrictionFact,
} from '../../../shared/domain/recommend/standing-fold.ts';
import { linkTo, type VisitorLink } from '../../../shared/domain/recommend/visitor-link.ts';

const none: StandingRecord = { target: { kind: 'brand', id: 'hearth' }, version: 0, facts: [] };
const fold = (facts: readonly RestrictionFact[]) =>
  facts.reduce((record, fact) => withRestrictionFact(record, fact) ?? record, none);

const fact = fc.record({
  sanctionId: fc.constantFrom('s1', 's2', 's3'),
  kind: fc.constantFrom('ranking' as const, 'sales_limit' as const),
  atMs: fc.integer({ min: 1, max: 4 }),
  eventId: fc.constantFrom(...'abcdefghijkl'),
  state: fc.constantFrom('begun' as const, 'ended' as const),
});
/** One id never stands for two facts: what shares it says the same. */
const facts = fc
  .uniqueArray(fact, { selector: ({ eventId }) => eventId, maxLength: 12 })
  .chain((all) => fc.record({ all: fc.constant(all), shuffled: fc.shuffledSubarray(all, { minLength: all.length }) }));

describe('what is told of a brand', () => {
  it('comes to the same in any order, and told twice changes nothing', () => {
    const sameEveryWay = fc.property(facts, ({ all, shuffled }) => {
      const record = fold(all);
      expect(fold(shuffled).facts).toEqual(record.facts);
      for (const it of all) expect(withRestrictionFact(record, it)).toBeUndefined();
    });
    fc.assert(sameEveryWay);
  });

  it('is each time a later standing than before, for whoever saw the one before', () => {
    const laterEachTime = fc.property(facts, ({ all }) => {
      let record = none;
      for (const it of all) {
        const next = withRestrictionFact(record, it);
        if (next === undefined) continue;
        const [before, after] = [record.version === 0 ? undefined : standingOf(record), standingOf(next)];
        expect(`${before?.asOf} ${before?.eventId}` < `${after.asOf} ${after.eventId}` || before === undefined).toBe(
          true,
        );
        record = next;
      }
    });
    fc.assert(laterEachTime);
  });

  it('has ended where it began and ended in the same moment', () => {
    const begun = { sanctionId: 's1', kind: 'ranking', atMs: 1, eventId: 'z', state: 'begun' } as const;
    const ended = { ...begun, eventId: 'a', state: 'ended' } as const;
    expect(standingOf(fold([ended, begun])).restrictions).toEqual([]);
    expect(standingOf(fold([begun])).restrictions).toEqual([{ kind: 'ranking' }]);
  });

  it('is bounded', () => {
    const many = Array.from({ length: 150 }, (_, n): RestrictionFact => {
      return { sanctionId: `s${n}`, kind: 'ranking', atMs: n, eventId: `e${n}`, state: 'begun' };
    });
    expect(fold(many).facts).toHaveLength(100);
    expect(withRestrictionFact(fold(many), { ...many[0]!, sanctionId: 'old' })).toBeUndefined();
  });
});

describe('which member a visitor is', () => {
  const login = fc.record({
    memberId: fc.constantFrom('ann', 'bob', 'cid'),
    atMs: fc.integer({ min: 1, max: 4 }),
    eventId: fc.constantFrom('a', 'b', 'c', 'd'),
  });
  const linkOf = (logins: readonly { memberId: string; atMs: number; eventId: string }[]) =>
    logins.reduce<VisitorLink | undefined>((link, it) => linkTo(link, it) ?? link, undefined);

  it('is the one of the earliest login, in any order', () => {
    const logins = fc
      .uniqueArray(login, { selector: ({ eventId }) => eventId, minLength: 1 })
      .chain((all) =>
        fc.record({ all: fc.constant(all), shuffled: fc.shuffledSubarray(all, { minLength: all.length }) }),
      );
    const sameEveryWay = fc.property(logins, ({ all, shuffled }) => {
      const { former: _, ...link } = linkOf(all)!;
      expect(linkOf(shuffled)).toMatchObject(link);
      for (const it of all) expect(linkTo(linkOf(all), it)).toBeUndefined();
      expect(linkOf(shuffled)!.former).not.toContain(link.memberId);
    });
    fc.assert(sameEveryWay);
  });

  it('remembers who was taken for the visitor in between', () => {
    const at = (memberId: string, atMs: number) => ({ memberId, atMs, eventId: `e${atMs}` });
    expect(linkOf([at('ann', 5), at('bob', 4), at('cid', 3)])).toEqual({ ...at('cid', 3), former: ['ann', 'bob'] });
    expect(linkOf([at('ann', 5), at('bob', 4), at('ann', 3)])?.former).toEqual(['bob']);
    expect(linkOf([at('ann', 5), at('bob', 6)])?.former).toEqual([]);
  });
});
