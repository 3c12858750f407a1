import type { Account } from './account.ts';

/** A part of an account that is not what the facts come to. */
export type AccountDifference = { part: string; stands: unknown; should: unknown };

/** What says how an account came to be and not what it is: up to when time was taken into account, and by which fold. */
const BESIDE_THE_POINT: ReadonlySet<string> = new Set(['clockMs', 'fold', 'last']);

/**
 * Where two accounts, both taken to the same instant, are not the same; by the names of their parts, in the order of the
 * alphabet. What stands as undefined is not there.
 */
export function accountDifferences(stands: Account, should: Account): AccountDifference[] {
  const [one, other]: Record<string, unknown>[] = [plain(stands), plain(knownSince(stands, should))];
  const parts = [...new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])].sort();
  return parts
    .filter((part) => !BESIDE_THE_POINT.has(part) && ordered(one?.[part]) !== ordered(other?.[part]))
    .map((part) => ({ part, stands: one?.[part], should: other?.[part] }));
}

/** An account of which nothing is left, because it has turned out to be another's, still says since when the member has been known. */
function knownSince({ tier: { sinceMs } }: Account, should: Account): Account {
  return should.last === undefined ? { ...should, tier: { ...should.tier, sinceMs } } : should;
}

/** As it is kept: JSON has neither undefined nor a minus zero. */
function plain(account: Account): Record<string, unknown> {
  return JSON.parse(JSON.stringify(account)) as Record<string, unknown>;
}

/** A text that is the same whatever order the names of an object were put in. */
function ordered(value: unknown): string {
  return (
    JSON.stringify(value, (_name, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ''
  );
}
