import { describe, expect, it } from 'vitest';
import { readPutPolicy } from '../../../shared/domain/policy/read-put.ts';
import shopPolicy from '../../../shared/policy/policy.json' with { type: 'json' };
import { policyWith } from '../../support/policies.ts';

const errorsOf = (body: unknown) => {
  const read = readPutPolicy(body);
  return read.ok ? [] : read.errors.map(({ path, code }) => `${path} ${code}`).toSorted();
};

const coupon = shopPolicy.coupons[0];
const longNames = Array.from({ length: 50 }, (_, n) => `${n}${'x'.repeat(190)}`);

describe('what is put', () => {
  it('is a policy by itself', () => {
    expect(readPutPolicy(shopPolicy)).toEqual({ ok: true, document: shopPolicy });
  });

  it('or a policy with a reason', () => {
    expect(readPutPolicy({ policy: shopPolicy, reason: 'Spring' })).toEqual({
      ok: true,
      document: shopPolicy,
      reason: 'Spring',
    });
  });

  it('or what was read, sent back', () => {
    const body = { version: '1-00000000', number: 3, since: '2026-01-01T00:00:00.000Z', policy: shopPolicy };
    expect(readPutPolicy(body)).toMatchObject({ ok: true, document: shopPolicy });
  });

  it.each([
    ['nothing', null, [' invalid_type']],
    ['a list', [], [' invalid_type']],
    ['a text', 'policy', [' invalid_type']],
    ['a policy that is none', { policy: 7 }, ['policy invalid_type']],
    ['a field beside the policy that there is none of', { policy: shopPolicy, when: 1 }, ['when unknown_field']],
    ['an empty reason', { policy: shopPolicy, reason: '' }, ['reason too_small']],
    ['a reason too long', { policy: shopPolicy, reason: 'x'.repeat(501) }, ['reason too_big']],
    [
      'tiers that overlap',
      policyWith({ 'tiers.steps.2.threshold': 100_000 }),
      ['tiers.steps[2].threshold tiers_overlap'],
    ],
    [
      'thresholds that fall',
      policyWith({ 'tiers.steps.2.threshold': 5 }),
      ['tiers.steps[2].threshold thresholds_fall'],
    ],
    ['a negative rate', policyWith({ 'points.purchaseRate': -1 }), ['points.purchaseRate too_small']],
    ['an unknown currency', policyWith({ currency: 'XAU' }), ['currencies.XAU unknown_currency']],
    [
      'everything at once',
      {
        policy: policyWith({
          'tiers.steps.1.threshold': -5,
          'tiers.steps.3.threshold': 500_000,
          'points.purchaseRate': -1,
          currency: 'XAU',
        }),
        reason: '',
      },
      [
        'policy.currencies.XAU unknown_currency',
        'policy.points.purchaseRate too_small',
        'policy.tiers.steps[1].threshold thresholds_fall',
        'policy.tiers.steps[1].threshold too_small',
        'policy.tiers.steps[3].threshold tiers_overlap',
        'reason too_small',
      ],
    ],
    [
      'more than a function can read at every start',
      policyWith({
        coupons: Array.from({ length: 20 }, (_, n) => ({
          ...coupon,
          id: n === 0 ? 'birthday' : `c${n}`,
          categories: longNames,
        })),
      }),
      [' too_big'],
    ],
  ])('is refused where it is %s', (_, body, errors) => {
    expect(errorsOf(body)).toEqual(errors);
  });
});
