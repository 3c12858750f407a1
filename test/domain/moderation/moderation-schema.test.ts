import { describe, expect, it } from 'vitest';
import { SIGNALS } from '../../../shared/domain/moderation/signals.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { readPolicy } from '../../../shared/policy/policy-schema.ts';
import { policyWith } from '../../support/policies.ts';

describe('the section of the policy on moderation', () => {
  it('weighs every signal there is, and none that there is not', () => {
    expect(Object.keys(currentPolicy.moderation.weights).sort()).toEqual([...SIGNALS].sort());
  });

  it('publishes an honest review and one without a purchase', () => {
    const { base, weights, holdFrom } = currentPolicy.moderation;
    expect(1 / (1 + Math.exp(-(base + weights.unverified)))).toBeLessThan(holdFrom / 10);
  });

  it('lets no one step of a signal hold a review', () => {
    const { base, weights } = currentPolicy.moderation;
    for (const weight of Object.values(weights)) expect(base + weight).toBeLessThan(-2);
  });

  it.each([
    { what: 'a weight for nothing', at: 'weights.mood', value: 1, path: 'weights.mood' },
    { what: 'a weight left out', at: 'weights.burst', value: undefined, path: 'weights.burst' },
    { what: 'a weight too fine to add up', at: 'weights.burst', value: 0.12345, path: 'weights.burst' },
    { what: 'a weight beyond all reason', at: 'weights.burst', value: 21, path: 'weights.burst' },
    { what: 'a base that is no number', at: 'base', value: '-5', path: 'base' },
    { what: 'a window of no length', at: 'windowDays', value: 1, path: 'windowDays' },
    { what: 'a burst as long as the window', at: 'burstDays', value: 30, path: 'burstDays' },
    { what: 'half a day', at: 'shadowDays', value: 0.5, path: 'shadowDays' },
    { what: 'a share over 1', at: 'usual.fives', value: 1.1, path: 'usual.fives' },
    { what: 'a mean outside the stars', at: 'usual.mean', value: 0.5, path: 'usual.mean' },
    { what: 'no evidence', at: 'usual.evidence', value: 0, path: 'usual.evidence' },
    { what: 'a habit of one review', at: 'member.leastEntries', value: 1, path: 'member.leastEntries' },
    { what: 'an allowance of none', at: 'member.rateAllowance', value: 0, path: 'member.rateAllowance' },
    { what: 'more products than a row has', at: 'sharedProducts', value: 9, path: 'sharedProducts' },
    { what: 'copies that nothing is', at: 'copySimilarity', value: 1, path: 'copySimilarity' },
    { what: 'rejected before held', at: 'rejectFrom', value: 0.3, path: 'rejectFrom' },
    { what: 'a threshold over 1', at: 'holdFrom', value: 1.5, path: 'holdFrom' },
  ])('refuses $what', ({ at, value, path }) => {
    const result = readPolicy(policyWith({ [`moderation.${at}`]: value }));
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toContain(`moderation.${path}`);
  });
});
