import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../shared/domain/loyalty/account.ts';
import { accountDifferences } from '../../../shared/domain/loyalty/account-difference.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

const account = (parts: Partial<Account> = {}): Account => ({ ...newAccount(always(currentPolicy)), ...parts });

describe('accounts side by side', () => {
  it('are the same whatever order their parts were put in, and whatever is not there was left out', () => {
    const stands = account({ months: { 24300: 5, 24301: 7 }, timeZone: undefined, debt: -0 });
    const { months: _, ...rest } = account();
    expect(accountDifferences(stands, { months: { 24301: 7, 24300: 5 }, ...rest })).toEqual([]);
  });

  it('are the same up to when time was taken into account, and by which fold', () => {
    expect(accountDifferences(account({ clockMs: 5, fold: 1 }), account({ clockMs: 9 }))).toEqual([]);
  });

  it('are the same where nothing is left of one, but since when it has been there', () => {
    const tier = { id: account().tier.id, sinceMs: 5 };
    expect(accountDifferences(account({ tier }), account())).toEqual([]);
    const last = { atMs: 9, rank: 0, eventId: 'e', subject: 's' } as unknown as NonNullable<Account['last']>;
    expect(accountDifferences(account({ tier, last }), account({ last }))).toHaveLength(1);
  });

  it('differ by the names of their parts, in the order of the alphabet', () => {
    const stands = account({ tier: { id: 'gold', sinceMs: 0 }, debt: 3 });
    expect(accountDifferences(stands, account({ lots: [{ expiresAtMs: 1, points: 2 }] }))).toEqual([
      { part: 'debt', stands: 3, should: 0 },
      { part: 'lots', stands: [], should: [{ expiresAtMs: 1, points: 2 }] },
      { part: 'tier', stands: { id: 'gold', sinceMs: 0 }, should: account().tier },
    ]);
  });
});
