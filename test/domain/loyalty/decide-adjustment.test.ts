import { describe, expect, it } from 'vitest';
import { adjust } from '../../../functions/loyalty/adjust.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { book } from '../../support/book.ts';
import { memoryProfileStore } from '../../support/memory-profile-store.ts';
import { memoryWords } from '../../support/memory-words.ts';
import { at, completed, placed, policyWith } from '../../support/shop-story.ts';

async function shop() {
  const profile = memoryProfileStore();
  await book(profile, [placed('2026-01-05'), completed('2026-01-06')]);
  const words = memoryWords();
  const around = { profile, words, policies: always(currentPolicy), nowMs: at('2026-02-01') };
  return { profile, words, around, state: () => JSON.stringify([...profile.accounts, ...profile.causes]) };
}

const command = { memberId: 'ann', adjustmentId: 'adj-1', points: 25, reason: 'the parcel was late', by: 'eva' };

describe('an adjustment', () => {
  it.each([
    { points: 25, available: 125 },
    { points: -25, available: 75 },
    { points: -100, available: 0 },
  ])(
    'of $points leaves $available, and its reason is kept among the words of the member',
    async ({ points, available }) => {
      const { around, profile, words } = await shop();
      expect(await adjust({ ...command, points }, around)).toMatchObject({
        kind: 'done',
        receipt: { points, balance: { available, pending: 0, debt: 0 } },
      });
      const entry = profile.accounts.get('ann')?.journal.tail.at(-1);
      const arithmetic = `${Math.abs(points)} points ${points > 0 ? 'given' : 'taken'} by hand`;
      expect(entry).toMatchObject({ kind: 'adjust', points, eventId: 'adj-1', arithmetic });
      expect([...words.kept]).toEqual([['MEMBER#ann adjustment/adj-1', { reason: 'the parcel was late' }]]);
      expect(JSON.stringify([...profile.accounts, ...profile.causes])).not.toContain('parcel');
      expect([...profile.causes.values()][0]?.facts[0]).toMatchObject({ data: { by: 'eva' } });
    },
  );

  it.each(['debt', 'within_balance', 'only_pending'] as const)(
    'takes what the desk says, whatever becomes of points that a return does not find: %s',
    async (shortfall) => {
      const { around, profile } = await shop();
      const policy = policyWith((it) => {
        it.points.shortfall = shortfall;
      });
      const outcome = await adjust({ ...command, points: -25 }, { ...around, policies: always(policy) });
      expect(outcome).toMatchObject({ receipt: { balance: { available: 75 } } });
      expect(profile.accounts.get('ann')?.account.lots).toMatchObject([{ points: 75 }]);
    },
  );

  it('that is sent again has the same answer, whoever sends it; other content under its id is refused', async () => {
    const { around, state } = await shop();
    const first = await adjust(command, around);
    const before = state();
    expect(await adjust({ ...command, by: 'tom' }, around)).toEqual({ ...first, again: true });
    expect(await adjust({ ...command, points: 26 }, around)).toMatchObject({ kind: 'refused', code: 'id_reused' });
    expect(await adjust({ ...command, reason: 'other' }, around)).toMatchObject({ code: 'id_reused' });
    expect(state()).toBe(before);
  });

  it('cannot take what is not there, and then changes nothing', async () => {
    const { around, state } = await shop();
    const before = state();
    expect(await adjust({ ...command, points: -101 }, around)).toMatchObject({ code: 'insufficient_points' });
    expect(await adjust({ ...command, memberId: 'eve' }, around)).toEqual({ kind: 'unknown_member' });
    expect(state()).toBe(before);
  });
});
