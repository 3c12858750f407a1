import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from '../../../shared/domain/moderation/assess.ts';
import { SIGNALS, type SignalName, type Signals } from '../../../shared/domain/moderation/signals.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';

const honest = { verified: true, incentivised: false };

/** A policy in which every signal weighs something of its own. */
const policy = policyOf({
  'moderation.base': -5,
  'moderation.weights': Object.fromEntries(SIGNALS.map((name, index) => [name, (index + 1) / 100])),
});

const weighing = (name: SignalName, weight: number): Policy =>
  policyOf({
    'moderation.base': -4,
    'moderation.weights': Object.fromEntries(SIGNALS.map((it) => [it, it === name ? weight : 0])),
  });

const CODES: Record<SignalName, string> = {
  burst: 'burst',
  burstSameStars: 'burst_same_stars',
  burstUnverified: 'burst_unverified',
  burstNewAccounts: 'burst_new_accounts',
  copiesAround: 'copies_around',
  deviation: 'deviation',
  companions: 'companions',
  rate: 'rate',
  extremes: 'extremes',
  sameStars: 'same_stars',
  oneBrand: 'one_brand',
  sleeper: 'sleeper',
  closeness: 'close_copy',
  copies: 'copies',
  ownCopies: 'own_copies',
  shallow: 'shallow',
  templated: 'templated',
  shouting: 'shouting',
  unverified: 'unverified',
  incentivised: 'incentivised',
  newAccount: 'new_account',
};

describe('the assessment of a review', () => {
  it('of which nothing is known but that it was bought: the base alone', () => {
    const { score, verdict, reasons } = assess({}, honest, policy);
    expect(reasons).toEqual([{ code: 'base', value: 1, contribution: -5, text: 'What any review starts from.' }]);
    expect(score).toBe(0.0067);
    expect(verdict).toBe('publish');
  });

  it.each(SIGNALS.filter((name) => !['unverified', 'incentivised', 'newAccount'].includes(name)))(
    'names %s as a reason',
    (name) => {
      const { reasons } = assess({ [name]: 2 }, honest, weighing(name, 0.7));
      expect(reasons).toEqual([
        expect.objectContaining({ code: 'base', contribution: -4 }),
        { code: CODES[name], value: 2, contribution: 1.4, text: expect.stringMatching(/^[A-Z].*\.$/) },
      ]);
    },
  );

  it.each([
    { name: 'unverified', context: { ...honest, verified: false } },
    { name: 'incentivised', context: { ...honest, incentivised: true } },
    { name: 'newAccount', context: { ...honest, accountAgeDays: 6 } },
  ] as const)('names $name as a reason', ({ name, context }) => {
    const { reasons } = assess({}, context, weighing(name, 0.7));
    expect(reasons[1]).toMatchObject({ code: CODES[name], value: 1, contribution: 0.7 });
    expect(assess({}, { ...honest, accountAgeDays: 7 }, weighing(name, 0.7)).reasons).toHaveLength(1);
  });

  it('leaves out what weighs nothing', () => {
    expect(assess({ burst: 8, shouting: 2 }, honest, weighing('burst', 0)).reasons).toHaveLength(1);
  });

  it('says what weighs most first', () => {
    const codes = assess({ burst: 8, copies: 5, rate: 1 }, honest, policy).reasons.map(({ code }) => code);
    expect(codes).toEqual(['base', 'copies', 'burst', 'rate']);
  });

  it.each([
    { base: -20, verdict: 'publish', score: 0 },
    { base: -0.001, verdict: 'publish', score: 0.4998 },
    { base: 0, verdict: 'hold', score: 0.5 },
    { base: 4.59, verdict: 'hold', score: 0.9899 },
    { base: 4.6, verdict: 'reject', score: 0.99 },
    { base: 20, verdict: 'reject', score: 1 },
  ])('at a logit of $base: $verdict', ({ base, verdict, score }) => {
    expect(assess({}, honest, policyOf({ 'moderation.base': base }))).toMatchObject({ verdict, score });
  });

  it('has reasons that add up to the score, to its last digit', () => {
    const values = fc.record(Object.fromEntries(SIGNALS.map((name) => [name, fc.nat(8)])), { requiredKeys: [] });
    fc.assert(
      fc.property(values, fc.boolean(), fc.boolean(), fc.nat(1_000), (signals, verified, incentivised, age) => {
        const { score, reasons } = assess(signals as Signals, { verified, incentivised, accountAgeDays: age }, policy);
        const logit = reasons.reduce((sum, { contribution }) => sum + contribution, 0);
        expect(Math.abs(1 / (1 + Math.exp(-logit)) - score)).toBeLessThan(0.00006);
      }),
    );
  });
});
