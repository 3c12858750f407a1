import { describe, expect, it } from 'vitest';
import { tierOutlook } from '../../../shared/domain/loyalty/tier-outlook.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy, type Policy } from '../../../shared/policy/policy.ts';
import { at, completed, lifeOf, placed, policiesFrom, policyWith, type Told } from '../../support/shop-story.ts';

const bought = (time: string, total: number, orderId = 'ord-1'): Told[] => [
  placed(time, { orderId, total }),
  completed(time, { orderId }),
];

const judged = (basis: Policy['tiers']['basis'], graceDays = 0, stepDown: Policy['tiers']['stepDown'] = 'to_fit') =>
  policyWith((it) => {
    Object.assign(it.tiers, { basis, graceDays, stepDown });
  });

function outlook(told: readonly Told[], now: string, policies: Policies) {
  return tierOutlook(lifeOf('ann', told, now, policies).account, at(now), policies);
}

const instant = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
const keepOf = (told: readonly Told[], now: string, policies: Policies) => {
  const { keep } = outlook(told, now, policies);
  if (keep === undefined) return undefined;
  const { fromMs, byMs, ...rest } = keep;
  return { ...rest, ...(fromMs !== undefined && { from: instant(fromMs) }), by: instant(byMs) };
};

describe('what is missing to the next tier', () => {
  it.each([
    { spend: 0, next: { id: 'silver', remaining: 100_000 } },
    { spend: 99_999, next: { id: 'silver', remaining: 1 } },
    { spend: 100_000, next: { id: 'gold', remaining: 400_000 } },
    { spend: 1_999_999, next: { id: 'diamond', remaining: 1 } },
    { spend: 2_000_000, next: undefined },
  ])('at $spend: $next', ({ spend, next }) => {
    const told = spend === 0 ? [] : bought('2026-01-05', spend);
    expect(outlook(told, '2026-01-06', always(currentPolicy))).toEqual({ spend, ...(next && { next }) });
  });

  it('goes by the spend that counts, also while a grace keeps a tier that it does not reach', () => {
    const told = [...bought('2026-06-05', 500_000), ...bought('2027-01-10', 120_000, 'ord-2')];
    expect(outlook(told, '2027-01-11', always(judged('calendar_year', 31)))).toMatchObject({
      spend: 120_000,
      next: { id: 'diamond', remaining: 1_880_000 },
    });
  });
});

describe('what keeps a tier', () => {
  const june = bought('2026-06-05', 150_000);
  it.each([
    { what: 'nothing has to, where all spend counts for ever', basis: 'accumulated', graceDays: 0, keep: undefined },
    {
      what: 'spend of a later month, before the month turns that the present spend drops out with',
      basis: 'rolling_12_months',
      graceDays: 0,
      keep: {
        remaining: 100_000,
        from: '2026-07-01T00:00:00.000Z',
        by: '2027-07-01T00:00:00.000Z',
        otherwise: 'basic',
      },
    },
    {
      what: 'spend before the grace is over',
      basis: 'rolling_12_months',
      graceDays: 10,
      keep: {
        remaining: 100_000,
        from: '2026-07-01T00:00:00.000Z',
        by: '2027-07-11T00:00:00.000Z',
        otherwise: 'basic',
      },
    },
    {
      what: 'no spend at all, where a new year starts from nothing',
      basis: 'calendar_year',
      graceDays: 0,
      keep: { by: '2027-01-01T00:00:00.000Z', otherwise: 'basic' },
    },
    {
      what: 'spend of the new year, within the grace',
      basis: 'calendar_year',
      graceDays: 31,
      keep: {
        remaining: 100_000,
        from: '2027-01-01T00:00:00.000Z',
        by: '2027-02-01T00:00:00.000Z',
        otherwise: 'basic',
      },
    },
    {
      what: 'spend of the months that count by then, where the grace is longer than a year',
      basis: 'rolling_12_months',
      graceDays: 366,
      keep: {
        remaining: 100_000,
        from: '2027-07-01T00:00:00.000Z',
        by: '2028-07-01T00:00:00.000Z',
        otherwise: 'basic',
      },
    },
  ] as const)('$what', ({ basis, graceDays, keep }) => {
    expect(keepOf(june, '2026-06-06', always(judged(basis, graceDays)))).toEqual(keep);
  });

  it('says from when only until then', () => {
    const policies = always(judged('calendar_year', 31));
    expect(keepOf(june, '2027-01-01', policies)).toEqual({
      remaining: 100_000,
      by: '2027-02-01T00:00:00.000Z',
      otherwise: 'basic',
    });
  });

  it('is for the next step down, where it goes one at a time', () => {
    const told = bought('2026-06-05', 500_000);
    expect(keepOf(told, '2027-01-01', always(judged('calendar_year', 31, 'one')))).toMatchObject({
      remaining: 500_000,
      otherwise: 'silver',
    });
  });

  it('does what it says: so much, completed in the last millisecond, and the tier stays; a cent less, and it falls', () => {
    for (const policy of [
      judged('rolling_12_months'),
      judged('rolling_12_months', 10),
      judged('rolling_12_months', 366),
      judged('calendar_year', 31),
      judged('calendar_year', 31, 'one'),
    ]) {
      const told = [...bought('2026-06-05', 500_000), ...bought('2026-09-05', 100_000, 'ord-2')];
      const { keep } = outlook(told, '2026-09-06', always(policy));
      if (keep?.remaining === undefined) throw new Error('nothing keeps the tier');
      const lastMoment = new Date(keep.byMs - 1).toISOString();
      const tierThen = (total: number) =>
        lifeOf('ann', [...told, ...bought(lastMoment, total, 'ord-3')], new Date(keep.byMs).toISOString(), policy)
          .account.tier.id;
      expect(tierThen(keep.remaining)).toBe('gold');
      expect(tierThen(keep.remaining - 1)).not.toBe('gold');
    }
  });
});

describe('a change of policy that is known to come', () => {
  const silver = bought('2026-01-05', 150_000);
  const threshold = (amount: number) =>
    policyWith((it) => {
      it.tiers.steps[1]!.threshold = amount;
    });

  it('asks for what the tier will take then', () => {
    const policies = policiesFrom(currentPolicy, { from: '2026-03-01', policy: threshold(200_000) });
    expect(keepOf(silver, '2026-02-01', policies)).toEqual({
      remaining: 50_000,
      by: '2026-03-01T00:00:00.000Z',
      otherwise: 'basic',
    });
  });

  it('cannot be met where there will be no such tier', () => {
    const policies = policiesFrom(currentPolicy, {
      from: '2026-03-01',
      policy: policyWith((it) => {
        it.tiers.steps[1]!.id = 'bronze';
      }),
    });
    expect(keepOf(silver, '2026-02-01', policies)).toEqual({ by: '2026-03-01T00:00:00.000Z', otherwise: 'bronze' });
  });

  it('has nothing to be kept where it lifts the member', () => {
    const policies = policiesFrom(currentPolicy, {
      from: '2026-03-01',
      policy: policyWith((it) => {
        it.tiers.steps[2]!.threshold = 150_000;
      }),
    });
    expect(keepOf(silver, '2026-02-01', policies)).toBeUndefined();
  });
});
