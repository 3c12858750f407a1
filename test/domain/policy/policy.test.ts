import { describe, expect, it } from 'vitest';
import { stampPolicy } from '../../../shared/policy/check-policy.ts';
import { always, type Policies, presentMs } from '../../../shared/policy/policies.ts';
import shopPolicy from '../../../shared/policy/policy.json' with { type: 'json' };
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { readPolicy } from '../../../shared/policy/policy-schema.ts';
import { policyWith } from '../../support/policies.ts';

const withValue = (at: string, value: unknown) => policyWith({ [at]: value });

describe('the default policy', () => {
  it('earns, holds and lets expire as the contract says', () => {
    expect(currentPolicy.points).toEqual({
      purchaseRate: 1,
      multipliers: [],
      checkIn: 10,
      review: 5,
      holdDays: 7,
      expiryMonths: 12,
      expiryNoticeDays: [30, 7],
      shortfall: 'debt',
      redemption: { pointsPerCurrencyUnit: 100, orderShareLimit: 0.5, largestPoints: 1_000_000 },
    });
  });

  it.each([
    { id: 'basic', from: 0, discount: 0, benefits: [] },
    { id: 'silver', from: 1_000, discount: 5, benefits: ['member_discount'] },
    { id: 'gold', from: 5_000, discount: 10, benefits: ['member_discount', 'birthday_voucher'] },
    {
      id: 'diamond',
      from: 20_000,
      discount: 15,
      benefits: ['member_discount', 'birthday_voucher', 'own_support_line', 'new_products_first'],
    },
  ])('has the tier $id from $from with $discount % off', ({ id, from, discount, benefits }) => {
    expect(currentPolicy.tiers.steps.find((step) => step.id === id)).toEqual({
      id,
      threshold: from * 100,
      discountPercent: discount,
      benefits,
    });
    expect(currentPolicy.tiers.steps).toHaveLength(4);
    expect(currentPolicy.tiers.basis).toBe('accumulated');
  });

  it('knows five currencies at one to one, in a shop whose clocks show UTC', () => {
    expect(currentPolicy.timeZone).toBe('UTC');
    expect(currentPolicy.currency).toBe('CNY');
    const even = { rate: 1, digits: 2 };
    expect(currentPolicy.currencies).toEqual({ CNY: even, USD: even, EUR: even, GBP: even, BRL: even });
  });
});

describe('a policy that is not valid is refused, with the path of what is wrong', () => {
  const step = shopPolicy.tiers.steps;
  const bands = shopPolicy.preferences.priceBands;
  it.each([
    { what: 'a field that there is none of', at: 'pointz', value: 1, path: 'pointz', code: 'unknown_field' },
    { what: 'one deep within', at: 'points.holdDay', value: 7, path: 'points.holdDay', code: 'unknown_field' },
    { what: 'a field left out', at: 'points.holdDays', value: undefined, path: 'points.holdDays', code: 'required' },
    { what: 'another schema', at: 'schemaVersion', value: 2, path: 'schemaVersion' },
    { what: 'a version that is no name', at: 'version', value: 'one two', path: 'version' },
    { what: 'a time zone that there is none of', at: 'timeZone', value: 'Europe/Atlantis', path: 'timeZone' },
    { what: 'a currency that is no code', at: 'currency', value: 'euro', path: 'currency' },
    {
      what: 'a base currency not listed',
      at: 'currency',
      value: 'JPY',
      path: 'currencies.JPY',
      code: 'unknown_currency',
    },
    { what: 'a base currency not at 1', at: 'currencies.CNY.rate', value: 1.1, path: 'currencies.CNY' },
    {
      what: 'a listed currency that is no code',
      at: 'currencies.euro',
      value: { rate: 1, digits: 2 },
      path: 'currencies.euro',
    },
    { what: 'a rate of nothing', at: 'currencies.EUR.rate', value: 0, path: 'currencies.EUR.rate' },
    { what: 'a rate below nothing', at: 'currencies.EUR.rate', value: -1, path: 'currencies.EUR.rate' },
    { what: 'a rate too precise', at: 'currencies.EUR.rate', value: 0.123456789, path: 'currencies.EUR.rate' },
    { what: 'half a decimal place', at: 'currencies.EUR.digits', value: 1.5, path: 'currencies.EUR.digits' },
    { what: 'points below nothing', at: 'points.purchaseRate', value: -1, path: 'points.purchaseRate' },
    { what: 'points too precise', at: 'points.purchaseRate', value: 1.00001, path: 'points.purchaseRate' },
    { what: 'points without bounds', at: 'points.purchaseRate', value: 1_001, path: 'points.purchaseRate' },
    { what: 'a hold below nothing', at: 'points.holdDays', value: -1, path: 'points.holdDays' },
    { what: 'no month to spend in', at: 'points.expiryMonths', value: 0, path: 'points.expiryMonths' },
    { what: 'a shortfall rule there is none of', at: 'points.shortfall', value: 'forgive', path: 'points.shortfall' },
    {
      what: 'more than a whole order',
      at: 'points.redemption.orderShareLimit',
      value: 1.1,
      path: 'points.redemption.orderShareLimit',
    },
    { what: 'no tier', at: 'tiers.steps', value: [], path: 'tiers.steps' },
    { what: 'a first tier above 0', at: 'tiers.steps.0.threshold', value: 1, path: 'tiers.steps[0].threshold' },
    {
      what: 'two tiers at one threshold',
      at: 'tiers.steps.2.threshold',
      value: 100_000,
      path: 'tiers.steps[2].threshold',
      code: 'tiers_overlap',
    },
    {
      what: 'a falling threshold',
      at: 'tiers.steps.2.threshold',
      value: 50_000,
      path: 'tiers.steps[2].threshold',
      code: 'thresholds_fall',
    },
    { what: 'a threshold below nothing', at: 'tiers.steps.1.threshold', value: -1, path: 'tiers.steps[1].threshold' },
    { what: 'half a cent of a threshold', at: 'tiers.steps.1.threshold', value: 0.5, path: 'tiers.steps[1].threshold' },
    { what: 'two tiers of one name', at: 'tiers.steps.2.id', value: 'silver', path: 'tiers.steps[2].id' },
    { what: 'a tier without a proper name', at: 'tiers.steps.2.id', value: 'Gold!', path: 'tiers.steps[2].id' },
    {
      what: 'more than all off',
      at: 'tiers.steps.1.discountPercent',
      value: 101,
      path: 'tiers.steps[1].discountPercent',
    },
    { what: 'another basis', at: 'tiers.basis', value: 'moon_phase', path: 'tiers.basis' },
    { what: 'no price band', at: 'preferences.priceBands', value: [], path: 'preferences.priceBands' },
    {
      what: 'a last price band with an end',
      at: 'preferences.priceBands.2.upTo',
      value: 9_000,
      path: 'preferences.priceBands[2].upTo',
    },
    {
      what: 'a price band in between without one',
      at: 'preferences.priceBands.1.upTo',
      value: undefined,
      path: 'preferences.priceBands[1].upTo',
    },
    {
      what: 'price bands that overlap',
      at: 'preferences.priceBands.1.upTo',
      value: 1_000,
      path: 'preferences.priceBands[1].upTo',
    },
    {
      what: 'two price bands of one name',
      at: 'preferences.priceBands.2.id',
      value: 'low',
      path: 'preferences.priceBands[2].id',
    },
    {
      what: 'a negative rate',
      at: 'points.purchaseRate',
      value: -1,
      path: 'points.purchaseRate',
    },
    { what: 'another basis of tiers', at: 'tiers.basis', value: 'balance', path: 'tiers.basis' },
    { what: 'steps down without a grace between them', at: 'tiers.stepDown', value: 'one', path: 'tiers.graceDays' },
    { what: 'another shortfall', at: 'points.shortfall', value: 'forget', path: 'points.shortfall' },
    { what: 'two notices on one day', at: 'points.expiryNoticeDays', value: [7, 7], path: 'points.expiryNoticeDays' },
    {
      what: 'a period that ends before it begins',
      at: 'points.multipliers',
      value: [{ id: 'double', from: '2026-11-12', to: '2026-11-11', factor: 2 }],
      path: 'points.multipliers[0].to',
    },
    {
      what: 'two periods of one name',
      at: 'points.multipliers',
      value: [
        { id: 'double', from: '2026-11-11', to: '2026-11-11', factor: 2 },
        { id: 'double', from: '2026-12-12', to: '2026-12-12', factor: 2 },
      ],
      path: 'points.multipliers[1].id',
    },
    {
      what: 'a benefit that is described nowhere',
      at: 'tiers.steps.1.benefits',
      value: ['free_tea'],
      path: 'tiers.steps[1].benefits[0]',
    },
    {
      what: 'a birthday voucher that is no coupon',
      at: 'benefits.birthday_voucher.coupon',
      value: 'cake',
      path: 'benefits.birthday_voucher.coupon',
    },
    {
      what: 'two coupons of one name',
      at: 'coupons',
      value: [shopPolicy.coupons[0], shopPolicy.coupons[0]],
      path: 'coupons[1].id',
    },
    {
      what: 'a coupon that ends before it begins',
      at: 'coupons.0',
      value: { ...shopPolicy.coupons[0], from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' },
      path: 'coupons[0].until',
    },
    { what: 'nothing remembered', at: 'preferences.kept', value: 0, path: 'preferences.kept' },
    { what: 'a taste of no duration', at: 'preferences.halfLifeDays', value: 0, path: 'preferences.halfLifeDays' },
    { what: 'mature before growing', at: 'lifecycle.matureOrders', value: 2, path: 'lifecycle.matureOrders' },
    { what: 'lost before at risk', at: 'lifecycle.lostAfterDays', value: 90, path: 'lifecycle.lostAfterDays' },
  ])('$what', ({ at, value, path, code }) => {
    const result = readPolicy(withValue(at, value));
    if (result.ok) throw new Error('the policy was taken');
    expect(result.errors.map((error) => error.path)).toContain(path);
    for (const error of result.errors) expect(error.message).not.toBe('');
    if (code !== undefined) expect(result.errors).toContainEqual(expect.objectContaining({ path, code }));
  });

  it('with everything that is wrong, at once', () => {
    const document = {
      ...shopPolicy,
      timeZone: 'Moon/Base',
      tiers: { ...shopPolicy.tiers, steps: [step[1], step[0]] },
    };
    const result = readPolicy(document);
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual(
      expect.arrayContaining(['timeZone', 'tiers.steps[0].threshold', 'tiers.steps[1].threshold']),
    );
    expect(() => stampPolicy(document)).toThrow(
      /The policy is not valid\..*tiers\.steps\[1\]\.threshold: A tier starts/s,
    );
    expect(bands.at(-1)).not.toHaveProperty('upTo');
  });

  it.each([null, 'policy', 7, [], undefined])('where it is no policy at all: %j', (input) => {
    expect(readPolicy(input).ok).toBe(false);
  });
});

describe('the stamp of a policy', () => {
  it("is the shop's version and a short hash of the content", () => {
    expect(currentPolicy.stamp).toMatch(/^1-[0-9a-f]{8}$/);
  });

  it('is the same for the same content, in whatever order it was written', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, field]) => [name, turned(field)]),
      );
    };
    expect(stampPolicy(turned(shopPolicy)).stamp).toBe(currentPolicy.stamp);
    expect(stampPolicy(structuredClone(shopPolicy)).stamp).toBe(currentPolicy.stamp);
  });

  it.each([
    ['points.holdDays', 8],
    ['tiers.steps.1.discountPercent', 6],
    ['currencies.EUR.rate', 7.85],
    ['timeZone', 'Asia/Shanghai'],
    ['version', '2'],
  ])('is another where %s is', (at, value) => {
    expect(stampPolicy(withValue(at, value)).stamp).not.toBe(currentPolicy.stamp);
  });
});

describe('the instant that counts as now', () => {
  const versions = (fromMs: number) =>
    [...always(currentPolicy), { fromMs, policy: currentPolicy }] as unknown as Policies;
  it.each([
    { what: 'is now', fromMs: 900, nowMs: 1_000, present: 1_000 },
    { what: 'is after a policy of this very millisecond', fromMs: 1_001, nowMs: 1_000, present: 1_001 },
    { what: 'is not dragged along by a policy of another time', fromMs: 61_001, nowMs: 1_000, present: 1_000 },
  ])('$what', ({ fromMs, nowMs, present }) => {
    expect(presentMs(versions(fromMs), nowMs)).toBe(present);
  });
});
