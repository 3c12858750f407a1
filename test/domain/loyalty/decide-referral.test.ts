import { describe, expect, it } from 'vitest';
import { referralCompleted } from '../../../events/loyalty/referral-completed.v1.ts';
import { referralWithdrawn } from '../../../events/loyalty/referral-withdrawn.v1.ts';
import { rewardReferral } from '../../../functions/loyalty/reward-referral.ts';
import { availablePoints } from '../../../shared/domain/loyalty/account.ts';
import { decideReferral } from '../../../shared/domain/loyalty/decide-referral.ts';
import { newRegistration, type Registration } from '../../../shared/domain/member/registration.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { memoryProfileStore } from '../../support/memory-profile-store.ts';
import { at } from '../../support/shop-story.ts';

const since = (day: string): Registration => ({ ...newRegistration('x'), version: 1, registeredAtMs: at(day) });

describe('who has been brought by whom', () => {
  it.each([
    { why: 'a member of longer standing', member: since('2026-02-01'), referrer: since('2026-01-01'), code: undefined },
    { why: 'nobody', member: since('2026-02-01'), referrer: undefined, code: 'unknown_referrer' },
    {
      why: 'a member of the same day: each brings the other',
      member: since('2026-02-01'),
      referrer: since('2026-02-01'),
      code: 'referrer_not_earlier',
    },
    {
      why: 'a member whom they brought: the loop never closes',
      member: since('2026-01-01'),
      referrer: since('2026-02-01'),
      code: 'referrer_not_earlier',
    },
    { why: 'oneself', ids: { memberId: 'ann', referrerId: 'ann' }, member: since('2026-01-01'), code: 'self_referral' },
  ])('$why: $code', ({ ids, member, referrer, code }) => {
    const decision = decideReferral(ids ?? { memberId: 'bob', referrerId: 'ann' }, { member, referrer });
    expect(decision).toMatchObject(code === undefined ? { kind: 'granted' } : { kind: 'refused', code });
  });
});

describe('a referral that is due its rewards', () => {
  const registrations: Record<string, Registration> = { ann: since('2026-01-01'), bob: since('2026-01-02') };
  const members = {
    load: async (id: string) => {
      const registration = registrations[id];
      return registration === undefined ? {} : { registration };
    },
    save: async () => undefined,
  };
  const data = {
    memberId: 'bob',
    referrerId: 'ann',
    at: '2026-02-01T00:00:00Z',
    cause: { eventId: 'referral:ord-1', type: 'referral.window', subject: 'ord-1' },
  };
  const parts = { id: 'referral.bob.4', source: 'rapport.loyalty', time: '2026-02-01T00:00:00Z', data };

  it('is rewarded on both sides, once, and taken back on both where it was none', async () => {
    const profile = memoryProfileStore();
    const around = { profile, members, policies: always(currentPolicy), nowMs: at('2026-02-02') };
    const points = (id: string) => availablePoints(profile.accounts.get(id)?.account ?? never());
    const completed = referralCompleted.build(parts);
    expect(await rewardReferral(completed, 'hash', around)).toEqual({ kind: 'granted' });
    await rewardReferral(completed, 'hash', around);
    expect({ ann: points('ann'), bob: points('bob') }).toEqual({ ann: 200, bob: 100 });
    const withdrawn = referralWithdrawn.build({ ...parts, id: 'referral.bob.9', time: '2026-02-03T00:00:00Z' });
    await rewardReferral(withdrawn, 'other', around);
    expect({ ann: points('ann'), bob: points('bob') }).toEqual({ ann: 0, bob: 0 });
  });

  it('is refused to one who brought themselves, kept with the reason, and gives nobody anything', async () => {
    const profile = memoryProfileStore();
    const around = { profile, members, policies: always(currentPolicy), nowMs: at('2026-02-02') };
    const own = referralCompleted.build({ ...parts, data: { ...data, referrerId: 'bob' } });
    expect(await rewardReferral(own, 'hash', around)).toMatchObject({ kind: 'refused', code: 'self_referral' });
    expect(profile.accounts.get('bob')?.journal.count).toBe(0);
    expect([...profile.causes.values()]).toMatchObject([{ facts: [{ data: { points: 0, reason: 'self_referral' } }] }]);
  });
});

function never(): never {
  throw new Error('no account');
}
