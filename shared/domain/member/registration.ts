import type { DataOf } from '../../../events/define-event.ts';
import type { memberConsentChanged } from '../../../events/member/member-consent-changed.v1.ts';
import type { memberRegistered } from '../../../events/member/member-registered.v1.ts';

/** A value with the fact that said it; of two facts the later one counts, of one instant the greater event id. */
type Said<Value> = { value: Value; atMs: number; eventId: string };

/** A consent, given or not, with the statement it was about where that was said. */
export type Consent = Said<boolean> & { statementVersion?: string | undefined };

/** What is known of a member that names nobody. */
export type Registration = {
  memberId: string;
  /** Counts the writes; 0 is a record never written. */
  version: number;
  /** The earliest registration known. */
  registeredAtMs?: number | undefined;
  /** The earliest fact of any kind: since when the shop has heard of the member. */
  heardAtMs?: number | undefined;
  channel?: Said<string> | undefined;
  locale?: Said<string> | undefined;
  timeZone?: Said<string> | undefined;
  referredBy?: Said<string> | undefined;
  personalisation?: Consent | undefined;
  marketing?: Consent | undefined;
  /** The brand whose staff the account is. */
  staffOf?: Said<string> | undefined;
};

/** What is known of a member as a person: kept apart, so that it can be encrypted, exported and erased on its own. */
export type Person = {
  memberId: string;
  version: number;
  displayName?: Said<string> | undefined;
  birthday?: Said<string> | undefined;
};

export type MemberFact = {
  kind: 'registered' | 'updated' | 'consent_changed';
  eventId: string;
  atMs: number;
  data: DataOf<typeof memberRegistered> | DataOf<typeof memberConsentChanged>;
};

export type MemberDecision = { registration?: Registration; person?: Person };

/**
 * What a fact changes of what is known. Every field goes by its own latest fact, so the outcome is the same whatever
 * the order in which facts come and however often; a record that does not change is left out.
 */
export function decideMember(registration: Registration, person: Person, fact: MemberFact): MemberDecision {
  const said = <Value>(known: Said<Value> | undefined, value: Value | undefined): Said<Value> | undefined => {
    if (value === undefined) return known;
    const { atMs, eventId } = fact;
    const later = known === undefined || atMs > known.atMs || (atMs === known.atMs && eventId > known.eventId);
    return later ? { value, atMs, eventId } : known;
  };
  const data: Partial<DataOf<typeof memberRegistered>> = fact.data;
  const consented = (known: Consent | undefined, value: boolean | undefined): Consent | undefined => {
    const next = said<boolean>(known, value);
    if (next === undefined || next === known) return known;
    return { ...next, ...(data.statementVersion !== undefined && { statementVersion: data.statementVersion }) };
  };
  const earliest = (knownMs: number | undefined) => Math.min(knownMs ?? Number.POSITIVE_INFINITY, fact.atMs);
  const nextRegistration: Registration = {
    ...registration,
    registeredAtMs: fact.kind === 'registered' ? earliest(registration.registeredAtMs) : registration.registeredAtMs,
    heardAtMs: earliest(registration.heardAtMs),
    channel: said(registration.channel, data.channel),
    locale: said(registration.locale, data.locale),
    timeZone: said(registration.timeZone, data.timeZone),
    referredBy: said(registration.referredBy, data.referredBy),
    personalisation: consented(registration.personalisation, data.consents?.personalisation),
    marketing: consented(registration.marketing, data.consents?.marketing),
    staffOf: said(registration.staffOf, data.staffOf),
  };
  const nextPerson: Person = {
    ...person,
    displayName: said(person.displayName, data.displayName),
    birthday: said(person.birthday, data.birthday),
  };
  // A member of whom only the id is known is written all the same, so that the shop finds the member.
  const changed = registration.version === 0 || !sameContent(registration, nextRegistration);
  return {
    ...(changed && { registration: { ...nextRegistration, version: registration.version + 1 } }),
    ...(!sameContent(person, nextPerson) && { person: { ...nextPerson, version: person.version + 1 } }),
  };
}

/** Since when the shop has known the member: the registration, or the earliest thing heard of the member without one. */
export function knownSinceMs(registration: Registration | undefined): number | undefined {
  return registration?.registeredAtMs ?? registration?.heardAtMs;
}

export function newRegistration(memberId: string): Registration {
  return { memberId, version: 0 };
}

export function newPerson(memberId: string): Person {
  return { memberId, version: 0 };
}

function sameContent<Record extends object>(a: Record, b: Record): boolean {
  return (Object.keys(b) as (keyof Record)[]).every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
}
