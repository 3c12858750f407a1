import { describe, expect, it } from 'vitest';
import { availablePoints } from '../../../shared/domain/loyalty/account.ts';
import { newAccountRecord } from '../../../shared/domain/loyalty/book-postings.ts';
import { type CauseFact, FACTS_PER_CAUSE_LIMIT, newCause } from '../../../shared/domain/loyalty/cause-facts.ts';
import { type CauseDecision, decideCause, type KnownCause } from '../../../shared/domain/loyalty/decide-cause.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { type CauseTold, checkedIn, redeemed, released, reviewed, rewarded } from '../../support/shop-story.ts';

const policies = always(currentPolicy);

const unknown = (causeId: string): KnownCause => ({
  cause: newCause('ann', causeId),
  account: newAccountRecord('ann', policies),
});
const decide = (known: KnownCause, { fact }: CauseTold): CauseDecision => decideCause(known, fact, policies);

function written(decision: CauseDecision) {
  if (decision.kind !== 'write') throw new Error(JSON.stringify(decision));
  return decision;
}

/** What is known once the facts of one cause have been booked, one after the other. */
function booked(...told: CauseTold[]): KnownCause {
  let known = unknown(told[0]?.causeId ?? '');
  for (const next of told) {
    const { cause, accounts } = written(decide(known, next));
    known = { cause, account: accounts[0]?.record ?? known.account };
  }
  return known;
}

const submitted = reviewed('2026-01-05', 'submitted');
const published = reviewed('2026-01-06', 'published');

describe('what is written', () => {
  it('the cause and the account, each a version on', () => {
    const checkIn = checkedIn('2026-01-05', { id: 'evt-1' });
    const { cause, accounts } = written(decide(unknown(checkIn.causeId), checkIn));
    expect(cause).toEqual({ memberId: 'ann', causeId: 'checkin:evt-1', version: 1, facts: [checkIn.fact] });
    expect(accounts).toMatchObject([{ record: { memberId: 'ann', version: 1, journal: { count: 1 } }, pages: [] }]);
  });

  it('the account by the difference alone', () => {
    const { cause, accounts } = written(decide(booked(submitted), published));
    expect(cause.version).toBe(2);
    expect(accounts[0]?.record).toMatchObject({ version: 2, journal: { count: 3 }, account: { openPoints: 0 } });
    expect(accounts[0] && availablePoints(accounts[0].record.account)).toBe(5);
  });

  it.each([
    { what: 'that was submitted again', known: booked(submitted), fact: reviewed('2026-01-05T12:00:00Z', 'submitted') },
    {
      what: 'that was rejected and had brought nothing',
      known: unknown('review:rev-1'),
      fact: reviewed('2026-01-05', 'rejected'),
    },
    { what: 'of a reward given again', known: booked(rewarded('2026-01-05', 200)), fact: rewarded('2026-01-06', 200) },
    { what: 'of a redemption undone that never was', known: unknown('redemption:red-1'), fact: released('2026-01-06') },
  ])('the cause alone, of a fact without effect: $what', ({ known, fact }) => {
    const { cause, accounts } = written(decide(known, fact));
    expect(cause.version).toBe(known.cause.version + 1);
    expect(cause.facts).toContainEqual(fact.fact);
    expect(accounts).toEqual([]);
  });
});

describe('what is not', () => {
  it('a fact that is known', () => {
    expect(decide(booked(submitted), submitted)).toEqual({ kind: 'nothing' });
    expect(decide(booked(submitted, published), submitted)).toEqual({ kind: 'nothing' });
  });

  const full = booked(submitted);
  full.cause.facts = Array.from({ length: FACTS_PER_CAUSE_LIMIT }, (_, index) => ({
    ...submitted.fact,
    eventId: `evt-${index}`,
  })) as CauseFact[];
  it.each([
    {
      code: 'id_reused',
      known: booked(redeemed('2026-01-05', 100)),
      fact: redeemed('2026-01-05', 200),
      detail: 'Event red-1 is known with other content.',
    },
    { code: 'too_many_facts', known: full, fact: published, detail: 'review:rev-1 has 50 facts already.' },
  ])('a fact that is refused: $code', ({ code, known, fact, detail }) => {
    expect(decide(known, fact)).toEqual({ kind: 'refused', code, detail });
  });
});

describe('a fact that comes late', () => {
  const seen = booked(published);
  const history = { entries: seen.account.journal.tail, orders: [], causes: [seen.cause] };

  it('needs the history', () => {
    expect(decide(seen, submitted)).toEqual({ kind: 'need' });
  });

  it('is booked with it, and named by what it corrects', () => {
    const { cause, accounts } = written(decide({ ...seen, history }, submitted));
    expect(cause.facts).toEqual([submitted.fact, published.fact]);
    const [{ record } = { record: seen.account }] = accounts;
    expect(availablePoints(record.account)).toBe(5);
    expect(record.journal.tail.slice(1)).toMatchObject([
      { kind: 'earn', state: 'available', points: -5, eventId: submitted.fact.eventId, subject: 'review:rev-1' },
      { kind: 'earn', state: 'pending', points: 5, eventId: submitted.fact.eventId },
      { kind: 'available', state: 'pending', points: -5, eventId: published.fact.eventId },
      { kind: 'available', state: 'available', points: 5, eventId: published.fact.eventId },
    ]);
  });
});
