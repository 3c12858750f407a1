import type { Account } from '../loyalty/account.ts';
import { type Balances, balancesOf, lotMonth, type MemberBooks, sumOf } from './member-books.ts';

/** What does not agree between an account and what is told of it. */
export type Disagreement = 'pending' | 'available' | 'debt' | 'lots' | 'releases' | 'entries';

/** An account that its journal and its facts do not bear out; `facts` is left out where they were not asked. */
export type Drift = {
  memberId: string;
  disagree: Disagreement[];
  account: Balances;
  journal: Balances;
  facts?: Balances | undefined;
};

/** Where an account and its books disagree, both up to the same instant: in the order of the type, or not at all. */
export function disagreements(account: Account, books: MemberBooks): Disagreement[] {
  const has = balancesOf(account);
  const told = sumOf(books.entries);
  const found: Disagreement[] = (['pending', 'available', 'debt'] as const).filter((it) => has[it] !== told[it]);
  const lots = new Map<string, number>();
  const add = (month: string, points: number) => lots.set(month, (lots.get(month) ?? 0) + points);
  for (const { month, points } of books.lots) add(month, points);
  for (const { expiresAtMs, points } of account.lots) add(lotMonth(expiresAtMs), -points);
  if ([...lots.values()].some((points) => points !== 0)) found.push('lots');
  const releases = books.entries.filter(({ kind }) => kind === 'available');
  if (releases.reduce((sum, { points }) => sum + points, 0) !== 0) found.push('releases');
  return found;
}
