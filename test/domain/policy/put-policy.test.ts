import { describe, expect, it } from 'vitest';
import {
  decidePutPolicy,
  etagOf,
  POLICY_VERSIONS_LIMIT,
  type PutPolicyRefusal,
} from '../../../shared/domain/policy/put-policy.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy, documentOf, type Policy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';

const RELEASE = always(currentPolicy);
const second = policyOf({ version: '2', 'points.holdDays': 14 });
const two: Policies = [...RELEASE, { fromMs: 1_000, policy: second }];
const third = policyOf({ version: '3' });

const put = (policies: Policies, policy: Policy, parts: { ifMatch?: string | undefined; atMs?: number } = {}) =>
  decidePutPolicy(policies, {
    document: documentOf(policy),
    ifMatch: etagOf((policies.at(-1) ?? policies[0]).policy),
    atMs: 5_000,
    by: 'ops',
    reason: 'Spring',
    ...parts,
  });

describe('a policy that is put', () => {
  it('applies from then on, and what the release said until then is kept as the first', () => {
    const decision = put(RELEASE, second);
    if (decision.kind !== 'write') throw new Error(decision.kind);
    expect(decision.added).toEqual([
      {
        number: 1,
        fromMs: Number.NEGATIVE_INFINITY,
        policy: currentPolicy,
        atMs: 5_000,
        reason: expect.stringContaining('release'),
      },
      { number: 2, fromMs: 5_001, policy: second, atMs: 5_000, by: 'ops', reason: 'Spring' },
    ]);
    expect(decision.policies).toEqual([...RELEASE, { fromMs: 5_001, policy: second }]);
  });

  it('is the next version where there are some', () => {
    expect(put(two, third)).toMatchObject({ kind: 'write', added: [{ number: 3, fromMs: 5_001 }] });
  });

  it('always applies later than the one before, whatever the clock says', () => {
    expect(put(two, third, { atMs: 1_000 })).toMatchObject({ added: [{ fromMs: 1_001, atMs: 1_000 }] });
    expect(put(two, third, { atMs: 7 })).toMatchObject({ added: [{ fromMs: 1_001, atMs: 7 }] });
  });

  it('may be one that the shop has had before', () => {
    expect(put(two, currentPolicy)).toMatchObject({ kind: 'write', added: [{ number: 3 }] });
  });

  it('changes nothing where it says what is in force already, whatever was read before', () => {
    const stale = { ifMatch: etagOf(currentPolicy) };
    expect(put(two, second)).toEqual({ kind: 'unchanged' });
    expect(put(two, second, stale)).toEqual({ kind: 'unchanged' });
    expect(put(RELEASE, currentPolicy)).toEqual({ kind: 'unchanged' });
  });
});

describe('a policy is refused', () => {
  const many = [
    ...RELEASE,
    ...Array.from({ length: POLICY_VERSIONS_LIMIT - 1 }, (_, n) => ({ fromMs: n, policy: second })),
  ] as unknown as Policies;
  const inEuro = policyOf({ currency: 'EUR' });
  const stale = { ifMatch: etagOf(currentPolicy) };
  const rows: { what: string; policies: Policies; policy: Policy; parts?: object; code: PutPolicyRefusal }[] = [
    {
      what: 'without a precondition, even one in force',
      policies: two,
      policy: second,
      parts: { ifMatch: undefined },
      code: 'precondition_required',
    },
    {
      what: 'after another has been put',
      policies: two,
      policy: third,
      parts: stale,
      code: 'precondition_failed',
    },
    {
      what: 'after another has been put, before its currency is looked at',
      policies: two,
      policy: inEuro,
      parts: stale,
      code: 'precondition_failed',
    },
    {
      what: 'by a tag that only begins like the right one',
      policies: two,
      policy: third,
      parts: { ifMatch: `"${second.stamp}0"` },
      code: 'precondition_failed',
    },
    {
      what: 'by a weak tag, which promises less than it takes',
      policies: two,
      policy: third,
      parts: { ifMatch: `W/${etagOf(second)}` },
      code: 'precondition_failed',
    },
    { what: 'in another base currency', policies: two, policy: inEuro, code: 'base_currency_fixed' },
    {
      what: 'in a base currency of other decimals',
      policies: two,
      policy: policyOf({ 'currencies.CNY': { rate: 1, digits: 0 } }),
      code: 'base_currency_fixed',
    },
    { what: 'in another base currency, before the limit', policies: many, policy: inEuro, code: 'base_currency_fixed' },
    { what: 'beyond the limit', policies: many, policy: third, code: 'too_many_versions' },
  ];
  it.each(rows)('$what', ({ policies, policy, parts, code }) => {
    const decision = put(policies, policy, parts);
    expect(decision).toEqual({ kind: 'refused', code, detail: expect.stringMatching(/\.$/) });
  });
});

it.each([
  ['in quotes', etagOf(second)],
  ['without quotes', second.stamp],
  ['among others', `"a", ${etagOf(second)}`],
  ['as any', '*'],
])('If-Match may name the policy in force %s', (_, ifMatch) => {
  expect(put(two, third, { ifMatch }).kind).toBe('write');
});
