import { type OpenSanction, restrictedBy } from './sanction.ts';
import { type Cause, causeOf, type RestrictionKind, type SanctionTarget } from './sanction-facts.ts';

/** What a case has restricted a brand or a supplier in. */
export type Restriction = {
  sanctionId: string;
  kind: RestrictionKind;
  sinceMs: number;
  untilMs: number;
  reason: string;
  cause: Cause;
  liftedAtMs?: number | undefined;
};

/** All restrictions of a brand or a supplier, those in force and those that were, youngest first. */
export type Restrictions = { version: number; restrictions: Restriction[] };

export const noRestrictions: Restrictions = { version: 0, restrictions: [] };

/** So many are kept; of those that are over the oldest goes first. */
export const RESTRICTIONS_LIMIT = 50;

/** `BRAND#id` or `SUPPLIER#id`. */
export function targetKey({ brandId, supplierId }: SanctionTarget): string {
  return brandId === undefined ? `SUPPLIER#${supplierId}` : `BRAND#${brandId}`;
}

/** The restriction that a case has led to; undefined where it has led to none. */
export function restrictionOf(sanction: OpenSanction): Restriction | undefined {
  const restricted = restrictedBy(sanction);
  if (restricted === undefined) return undefined;
  const { record, folded } = sanction;
  const { step, sinceMs, untilMs, lifted } = restricted;
  return {
    sanctionId: record.sanctionId,
    kind: folded.notice.data.restriction,
    sinceMs,
    untilMs,
    reason: folded.notice.data.reason,
    cause: causeOf(record.sanctionId, step.fact),
    // What has ended by time before it was lifted has ended by time.
    ...(lifted && lifted.atMs < untilMs && { liftedAtMs: lifted.atMs }),
  };
}

/**
 * The restrictions with what a case has led to by now; undefined where that is known already, and `full` where so many are in
 * force that there is room for no other.
 */
export function withRestriction(
  before: Restrictions,
  restriction: Restriction,
  nowMs: number,
): Restrictions | 'full' | undefined {
  const known = before.restrictions.find(({ sanctionId }) => sanctionId === restriction.sanctionId);
  if (known?.liftedAtMs === restriction.liftedAtMs && known !== undefined) return undefined;
  const others = before.restrictions.filter((it) => it !== known);
  const all = [...others, restriction].sort((a, b) => b.sinceMs - a.sinceMs || (a.sanctionId < b.sanctionId ? -1 : 1));
  if (all.length <= RESTRICTIONS_LIMIT) return { version: before.version + 1, restrictions: all };
  const oldest = all.findLast((it) => it !== restriction && stateOf(it, nowMs) !== 'in_force');
  if (oldest === undefined) return 'full';
  return { version: before.version + 1, restrictions: all.filter((it) => it !== oldest) };
}

export function stateOf({ untilMs, liftedAtMs }: Restriction, nowMs: number): 'in_force' | 'ended' | 'lifted' {
  if (liftedAtMs !== undefined) return 'lifted';
  return nowMs < untilMs ? 'in_force' : 'ended';
}

/** Restrictions as everybody may see them at an instant. */
export function restrictionsView({ restrictions }: Restrictions, nowMs: number) {
  return restrictions.map(({ sanctionId, kind, sinceMs, untilMs, reason, cause, ...it }) => ({
    kind,
    since: new Date(sinceMs).toISOString(),
    until: new Date(it.liftedAtMs ?? untilMs).toISOString(),
    state: stateOf({ sanctionId, kind, sinceMs, untilMs, reason, cause, ...it }, nowMs),
    reason,
    cause,
    sanctionId,
  }));
}
