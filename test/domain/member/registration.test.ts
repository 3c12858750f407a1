import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberConsentChanged } from '../../../events/member/member-consent-changed.v1.ts';
import { memberRegistered } from '../../../events/member/member-registered.v1.ts';
import {
  decideMember,
  knownSinceMs,
  type MemberFact,
  newPerson,
  newRegistration,
  type Person,
  type Registration,
} from '../../../shared/domain/member/registration.ts';

type Known = { registration: Registration; person: Person };

const nothing: Known = { registration: newRegistration('ann'), person: newPerson('ann') };

/** What is known after facts have come one after the other, each decision written as the store would. */
function heard(facts: readonly MemberFact[]): Known {
  let known = nothing;
  for (const it of facts) known = { ...known, ...decideMember(known.registration, known.person, it) };
  return known;
}

/** What was said, without when and how often it was written. */
const content = ({ registration, person }: Known) =>
  JSON.parse(JSON.stringify({ registration: { ...registration, version: 0 }, person: { ...person, version: 0 } }));

const fact = (kind: MemberFact['kind'], atMs: number, data: Record<string, unknown>, eventId = `e${atMs}`) => {
  const definition = kind === 'consent_changed' ? memberConsentChanged : memberRegistered;
  const time = new Date(atMs).toISOString();
  const parsed = definition.parse({
    specversion: '1.0',
    type: definition.type,
    id: eventId,
    source: '/test',
    time,
    data: { memberId: 'ann', ...data },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return { kind, eventId, atMs, data: parsed.event.data } as MemberFact;
};

describe('what a member has said', () => {
  it('is kept apart: who they are, and what names nobody', () => {
    const { registration, person } = heard([
      fact('registered', 5, {
        channel: 'web',
        locale: 'en-GB',
        timeZone: 'Europe/London',
        birthday: '02-29',
        displayName: 'Ada',
        referredBy: 'bob',
        consents: { personalisation: true },
      }),
    ]);
    expect(Object.keys(person).sort()).toEqual(['birthday', 'displayName', 'memberId', 'version']);
    expect(JSON.stringify(registration)).not.toMatch(/Ada|02-29/);
    expect(registration).toMatchObject({
      version: 1,
      registeredAtMs: 5,
      channel: { value: 'web' },
      referredBy: { value: 'bob' },
      personalisation: { value: true },
    });
    expect(registration.marketing).toBeUndefined();
  });

  it.each([
    { what: 'the later of two', first: [1, 'e1', 'Ada'], second: [2, 'e2', 'Eve'], stays: 'Eve' },
    {
      what: 'of one instant the one with the greater event id',
      first: [1, 'b', 'Ada'],
      second: [1, 'a', 'Eve'],
      stays: 'Ada',
    },
    { what: 'the later, though it came first', first: [9, 'e9', 'Ada'], second: [2, 'e2', 'Eve'], stays: 'Ada' },
  ] as const)('stands by itself, field by field: $what', ({ first, second, stays }) => {
    const [a, b] = [first, second].map(([atMs, id, displayName]) => fact('updated', atMs, { displayName }, id));
    expect(heard([a!, b!]).person.displayName?.value).toBe(stays);
    expect(heard([b!, a!]).person.displayName?.value).toBe(stays);
  });

  it('stays where a later fact leaves it out', () => {
    const { person, registration } = heard([
      fact('registered', 1, { displayName: 'Ada', consents: { marketing: true } }),
      fact('updated', 2, { locale: 'de' }),
      fact('consent_changed', 3, { consents: { personalisation: true } }),
    ]);
    expect(person.displayName?.value).toBe('Ada');
    expect(registration).toMatchObject({ marketing: { value: true }, personalisation: { value: true } });
  });

  it('is withdrawn by the later word', () => {
    const facts = [
      fact('registered', 1, { consents: { marketing: true } }),
      fact('consent_changed', 2, { consents: { marketing: false } }),
    ];
    expect(heard(facts).registration.marketing?.value).toBe(false);
    expect(heard(facts.reverse()).registration.marketing?.value).toBe(false);
  });

  it('keeps with each consent the statement it was about, and none of an earlier one', () => {
    const facts = [
      fact('registered', 1, { consents: { marketing: true, personalisation: true }, statementVersion: '2025-12' }),
      fact('consent_changed', 2, { consents: { marketing: false }, statementVersion: '2026-01' }),
      fact('consent_changed', 3, { consents: { personalisation: false } }),
    ];
    for (const order of [facts, [...facts].reverse()]) {
      const { marketing, personalisation } = heard(order).registration;
      expect(marketing).toMatchObject({ value: false, atMs: 2, statementVersion: '2026-01' });
      expect(personalisation).toMatchObject({ value: false, atMs: 3 });
      expect(personalisation).not.toHaveProperty('statementVersion');
    }
  });

  it('is the same whatever the order in which facts come, and however often', () => {
    const data = fc.record(
      {
        displayName: fc.constantFrom('Ada', 'Eve'),
        birthday: fc.constantFrom('02-29', '1990-01-01'),
        channel: fc.constantFrom('web', 'app'),
        locale: fc.constantFrom('en', 'de'),
        consents: fc.record({ marketing: fc.boolean(), personalisation: fc.boolean() }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    const facts = fc.uniqueArray(
      fc
        .record({
          kind: fc.constantFrom('registered' as const, 'updated' as const),
          atMs: fc.integer({ min: 1, max: 6 }),
          id: fc.integer({ min: 1, max: 99 }),
          data,
        })
        .map((it) => fact(it.kind, it.atMs, it.data, `e${it.id}`)),
      { selector: (it) => it.eventId, minLength: 1, maxLength: 8 },
    );
    const arrivals = facts.chain((all) =>
      fc.array(fc.constantFrom(...all), { maxLength: 6 }).chain((repeats) =>
        fc.record({
          facts: fc.constant(all),
          delivered: fc.shuffledSubarray([...all, ...repeats], { minLength: all.length + repeats.length }),
        }),
      ),
    );
    fc.assert(
      fc.property(arrivals, ({ facts: all, delivered }) => {
        expect(content(heard(delivered))).toEqual(content(heard(all)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is written', () => {
  it('is a record that has changed, and no other', () => {
    const known = heard([fact('registered', 1, { displayName: 'Ada', channel: 'web' })]);
    const again = fact('registered', 1, { displayName: 'Ada', channel: 'web' });
    expect(decideMember(known.registration, known.person, again)).toEqual({});
    const name = decideMember(known.registration, known.person, fact('updated', 2, { displayName: 'Eve' }));
    expect(name).toEqual({ person: expect.objectContaining({ version: 2 }) });
    const channel = decideMember(known.registration, known.person, fact('updated', 2, { channel: 'app' }));
    expect(channel).toEqual({ registration: expect.objectContaining({ version: 2 }) });
  });

  it('is a member of whom only the id is known, so that the shop finds the member', () => {
    expect(decideMember(nothing.registration, nothing.person, fact('registered', 1, {}))).toEqual({
      registration: expect.objectContaining({ memberId: 'ann', version: 1, registeredAtMs: 1 }),
    });
  });
});

describe('since when the shop has known a member', () => {
  it.each([
    { what: 'the registration', facts: [fact('registered', 5, {}), fact('updated', 9, {})], since: 5 },
    { what: 'the earliest of several', facts: [fact('registered', 9, {}), fact('registered', 5, {})], since: 5 },
    {
      what: 'the registration, though something was heard before',
      facts: [fact('updated', 1, {}), fact('registered', 5, {})],
      since: 5,
    },
    { what: 'the first thing heard, without one', facts: [fact('updated', 7, { locale: 'de' })], since: 7 },
    {
      what: 'the first, though a later one said the same again',
      facts: [fact('updated', 7, { locale: 'de' }), fact('updated', 9, { locale: 'en' })],
      since: 7,
    },
    { what: 'a name alone', facts: [fact('updated', 7, { displayName: 'Ada' })], since: 7 },
    { what: 'nothing but the id', facts: [fact('updated', 7, {})], since: 7 },
  ])('$what', ({ facts, since }) => {
    expect(knownSinceMs(heard(facts).registration)).toBe(since);
    expect(knownSinceMs(heard([...facts].reverse()).registration)).toBe(since);
  });

  it('is not known where nothing is', () => {
    expect(knownSinceMs(undefined)).toBeUndefined();
  });
});
