import type { EventOf } from '../../../events/define-event.ts';
import type { brandReinstated } from '../../../events/reputation/brand-reinstated.v1.ts';
import type { brandRestricted } from '../../../events/reputation/brand-restricted.v1.ts';
import type { gradeChanged } from '../../../events/reputation/grade-changed.v1.ts';
import type { Standing } from './product-facts.ts';

/** What was last told of a case against a brand or a supplier. */
export type RestrictionFact = {
  sanctionId: string;
  kind: 'ranking' | 'sales_limit';
  atMs: number;
  eventId: string;
  state: 'begun' | 'ended';
  untilMs?: number | undefined;
};

export type StandingTarget = { kind: 'brand' | 'supplier'; id: string };

/** What has been told of the cases against a brand or a supplier, newest first. `version` counts the writes. */
export type StandingRecord = { target: StandingTarget; version: number; facts: readonly RestrictionFact[] };

/** More cases than a brand can have open; the oldest are left out. */
const CASES_LIMIT = 100;

/** The grade of a product as it was told; the latest one counts. */
export function gradeStanding({
  id: eventId,
  data: { productId, to, score, at },
}: EventOf<typeof gradeChanged>): Standing & { kind: 'product' } {
  return { kind: 'product', id: productId, grade: to, score, asOf: new Date(at).toISOString(), eventId };
}

/** Whom a restriction concerns; undefined where the event names nobody. */
export function targetOf(data: { brandId?: string | undefined; supplierId?: string | undefined }) {
  const { brandId, supplierId } = data;
  if (brandId !== undefined) return { kind: 'brand', id: brandId } as const;
  return supplierId === undefined ? undefined : ({ kind: 'supplier', id: supplierId } as const);
}

export function restrictionFact(
  state: RestrictionFact['state'],
  { id, data }: Pick<EventOf<typeof brandRestricted | typeof brandReinstated>, 'id' | 'data'>,
): RestrictionFact {
  const { sanctionId, kind, at, until } = data;
  const untilMs = until === undefined ? undefined : Date.parse(until);
  return { sanctionId, kind, atMs: Date.parse(at), eventId: id, state, untilMs };
}

/**
 * The record with a fact more: of each case what is latest counts, by time; that it has ended before that it has begun; then by
 * event id. Undefined where that changes nothing.
 */
export function withRestrictionFact(before: StandingRecord, fact: RestrictionFact): StandingRecord | undefined {
  const known = before.facts.find(({ sanctionId }) => sanctionId === fact.sanctionId);
  if (known !== undefined && !isLater(fact, known)) return undefined;
  const facts = [...before.facts.filter((it) => it !== known), fact].sort((one, other) =>
    isLater(one, other) ? -1 : 1,
  );
  const kept = facts.slice(0, CASES_LIMIT);
  return kept.includes(fact) ? { ...before, version: before.version + 1, facts: kept } : undefined;
}

/**
 * How a brand or supplier stands. A case that becomes known late may be an old one, so it is the number of the write that says which of
 * two standings with the same latest case is the later.
 */
export function standingOf({ target, version, facts }: StandingRecord): Standing & { kind: 'brand' | 'supplier' } {
  const restrictions = facts
    .filter(({ state }) => state === 'begun')
    .map(({ kind, untilMs }) => ({ kind, ...(untilMs !== undefined && { untilMs }) }));
  const latestMs = Math.max(...facts.map(({ atMs }) => atMs));
  return { ...target, restrictions, asOf: new Date(latestMs).toISOString(), eventId: String(version).padStart(9, '0') };
}

function isLater(one: RestrictionFact, other: RestrictionFact): boolean {
  if (one.atMs !== other.atMs) return one.atMs > other.atMs;
  if (one.state !== other.state) return one.state === 'ended';
  return one.eventId > other.eventId;
}
