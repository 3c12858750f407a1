import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../../events/envelope.ts';
import { memberRegistered } from '../../../events/member/member-registered.v1.ts';
import {
  addCauseFact,
  type CauseFact,
  type CauseRecord,
  checkInOf,
  FACTS_PER_CAUSE_LIMIT,
  introductionOf,
  newCause,
} from '../../../shared/domain/loyalty/cause-facts.ts';
import { toEvent } from '../../support/order-histories.ts';
import { at, reviewed } from '../../support/shop-story.ts';

const submitted = reviewed('2026-01-05', 'submitted').fact;
const published = reviewed('2026-01-06', 'published').fact;

function withFacts(...facts: CauseFact[]): CauseRecord {
  return facts.reduce(
    (cause, fact) => {
      const added = addCauseFact(cause, fact);
      return added.kind === 'added' ? added.cause : cause;
    },
    newCause('ann', 'review:rev-1'),
  );
}

describe('a fact of a cause', () => {
  it('is added, in order of time whatever the order of arrival', () => {
    expect(withFacts(published, submitted).facts).toEqual([submitted, published]);
    expect(withFacts(submitted, published).facts).toEqual([submitted, published]);
  });

  it('is put after another of its instant by its event id', () => {
    const [a, b] = ['a', 'b'].map((id) => reviewed('2026-01-05', 'submitted', { id }).fact);
    expect(withFacts(b!, a!).facts.map((it) => it.eventId)).toEqual(['a', 'b']);
  });

  it('that is known changes nothing', () => {
    expect(addCauseFact(withFacts(submitted), submitted)).toEqual({ kind: 'duplicate' });
  });

  it('leaves the record as it was that it is added to', () => {
    const cause = withFacts(submitted);
    addCauseFact(cause, published);
    expect(cause.facts).toEqual([submitted]);
  });

  const many = Array.from(
    { length: FACTS_PER_CAUSE_LIMIT },
    (_, index) => reviewed('2026-01-05', 'submitted', { id: `evt-${index}` }).fact,
  );
  it.each([
    {
      code: 'id_reused',
      known: [submitted],
      fact: { ...published, eventId: submitted.eventId },
      detail: 'Event rev-1:submitted:2026-01-05 is known with other content.',
    },
    { code: 'too_many_facts', known: many, fact: published, detail: 'review:rev-1 has 50 facts already.' },
    {
      code: 'id_reused',
      known: many,
      fact: { ...published, eventId: 'evt-0' },
      detail: 'Event evt-0 is known with other content.',
    },
  ])('is refused: $code, $detail', ({ code, known, fact, detail }) => {
    expect(addCauseFact(withFacts(...known), fact as CauseFact)).toEqual({ kind: 'refused', code, detail });
  });

  it('is as many as there may be', () => {
    expect(withFacts(...many).facts).toHaveLength(FACTS_PER_CAUSE_LIMIT);
    expect(addCauseFact(withFacts(...many), many[0]!)).toEqual({ kind: 'duplicate' });
  });
});

const HASH = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const eventOf = (type: string, data: Record<string, unknown>) =>
  toEvent({ type, id: 'evt-1', time: '2026-01-05T10:00:00+01:00', data: { memberId: 'ann', ...data } });

describe('a check-in', () => {
  it('is a cause of its own, at its instant, with half of the hash', () => {
    expect(checkInOf(eventOf('member.checked_in.v1', {}), HASH)).toEqual({
      causeId: 'checkin:evt-1',
      fact: {
        kind: 'checked_in',
        eventId: 'evt-1',
        hash: HASH.slice(0, 22),
        atMs: at('2026-01-05T09:00:00Z'),
        data: {},
      },
    });
  });
});

describe('an introduction', () => {
  const introduction = (type: string, data: Record<string, unknown>) => {
    type Registered = Parameters<typeof introductionOf>[0];
    return introductionOf(eventOf(type, data) as CloudEvent as Registered, HASH);
  };
  const [registered, updated] = [memberRegistered.type, 'member.updated.v1'];

  it.each([
    { type: registered, data: { timeZone: 'Asia/Tokyo' }, says: { timeZone: 'Asia/Tokyo' } },
    { type: registered, data: { referredBy: 'bob' }, says: { referredBy: 'bob' } },
    {
      type: registered,
      data: { timeZone: 'Asia/Tokyo', referredBy: 'bob', displayName: 'Ann' },
      says: { timeZone: 'Asia/Tokyo', referredBy: 'bob' },
    },
    { type: updated, data: { timeZone: 'Asia/Tokyo', referredBy: 'bob' }, says: { timeZone: 'Asia/Tokyo' } },
  ])('$type with $data says $says', ({ type, data, says }) => {
    expect(introduction(type, data)).toMatchObject({
      causeId: 'introduction:evt-1',
      fact: { kind: 'introduced', data: says },
    });
    expect(introduction(type, data)?.fact.data).toEqual(says);
  });

  it.each([
    { type: registered, data: { displayName: 'Ann' } },
    { type: updated, data: { referredBy: 'bob' } },
  ])('$type with $data says nothing that bears on points', ({ type, data }) => {
    expect(introduction(type, data)).toBeUndefined();
  });
});
