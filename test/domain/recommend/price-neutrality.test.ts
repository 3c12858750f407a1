import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { arrange } from '../../../shared/domain/recommend/arrange.ts';
import type { Happened, Question } from '../../../shared/domain/recommend/features.ts';
import type { History, Interaction, Shown } from '../../../shared/domain/recommend/history.ts';
import { comparePrices, judgePrices, type PricePair } from '../../../shared/domain/recommend/price-neutrality.ts';
import { seeded } from '../../../shared/domain/text/seeded.ts';
import { around, candidate, catalogueOf, policy } from '../../support/recommend-lists.ts';

describe('prices offered to those who spend much and those who spend little', () => {
  it.each<[string, PricePair[], { distance: number; meanRatio: number; pairs: number }]>([
    ['the same', [{ high: [100, 200], low: [200, 100] }], { distance: 0, meanRatio: 1, pairs: 1 }],
    ['nothing in common', [{ high: [300, 400], low: [100, 200] }], { distance: 1, meanRatio: 350 / 150, pairs: 1 }],
    ['half of it', [{ high: [100, 400], low: [100, 200] }], { distance: 0.5, meanRatio: 250 / 150, pairs: 1 }],
    [
      'the same overall, in other pairs',
      [
        { high: [100], low: [200] },
        { high: [200], low: [100] },
      ],
      { distance: 0, meanRatio: 1, pairs: 2 },
    ],
    [
      'a long list counts as a short one',
      [
        { high: [100], low: [100] },
        { high: [200, 200, 200, 200], low: [100] },
      ],
      { distance: 0.5, meanRatio: 1.5, pairs: 2 },
    ],
    ['all for nothing', [{ high: [0], low: [0] }], { distance: 0, meanRatio: 1, pairs: 1 }],
    [
      'no prices on one side, and what is no price',
      [
        { high: [], low: [100] },
        { high: [Number.NaN, -5, Number.POSITIVE_INFINITY], low: [1] },
        { high: [Number.NaN, 7], low: [7] },
      ],
      { distance: 0, meanRatio: 1, pairs: 1 },
    ],
    ['nothing', [], { distance: 0, meanRatio: 1, pairs: 0 }],
  ])('%s', (_what, pairs, expected) => {
    const { distance, meanRatio, pairs: compared } = comparePrices(pairs);
    expect(distance).toBeCloseTo(expected.distance, 12);
    expect(meanRatio).toBeCloseTo(expected.meanRatio, 12);
    expect(compared).toBe(expected.pairs);
  });

  it.each<[string, PricePair[], number, string[]]>([
    ['within the bound', [{ high: [100, 101], low: [100, 101] }], 0, []],
    ['nothing was compared', [], 1, ['nothing_compared']],
    ['dearer', [{ high: [300], low: [100] }], 0.1, ['distributions_differ', 'dearer_for_high_spenders']],
    ['cheaper', [{ high: [100], low: [300] }], 0.1, ['distributions_differ', 'cheaper_for_high_spenders']],
    ['for nothing', [{ high: [100], low: [0] }], 1, ['dearer_for_high_spenders']],
    [
      'few but much dearer',
      [{ high: [...Array(19).fill(100), 10_000], low: Array(20).fill(100) }],
      0.1,
      ['dearer_for_high_spenders'],
    ],
    ['spread wider', [{ high: [100, 300], low: [200, 200] }], 0.1, ['distributions_differ']],
  ])('are judged by the policy: %s', (_what, pairs, priceNeutrality, reasons) => {
    expect(judgePrices(pairs, { priceNeutrality })).toMatchObject({
      neutral: reasons.length === 0,
      reasons,
      bound: priceNeutrality,
    });
  });
});

describe('a list that is made for one spender and for another', () => {
  const random = seeded(11);
  const prices = Array.from({ length: 200 }, () => Math.round(100 + 9_900 * random() ** 2));
  const catalogue = catalogueOf(prices.map((price) => ({ price, currency: 'EUR' })));

  /** The offers of a scorer that may use the price; `steering` is what a dear product gets on top for those who spend much. */
  function offers(seed: number, steering: number): number[] {
    const chance = seeded(seed);
    const candidates = prices.map((price, item) =>
      candidate(item, { session: chance(), trending: (steering * price) / 10_000 }),
    );
    return arrange(candidates, around({ catalogue, seed })).items.map(({ item }) => prices[item] ?? 0);
  }
  const pairs = (steering: number): PricePair[] =>
    Array.from({ length: 50 }, (_, seed) => ({ high: offers(seed, steering), low: offers(seed, 0) }));

  it('is neutral where the scorer knows histories alone', () => {
    expect(judgePrices(pairs(0), policy)).toMatchObject({ neutral: true, distance: 0, meanRatio: 1, pairs: 50 });
  });

  it('is found out where a scorer steers those who spend much to what is dear', () => {
    expect(judgePrices(pairs(0.3), policy)).toMatchObject({ neutral: false, pairs: 50 });
    expect(judgePrices(pairs(0.3), policy).reasons).toContain('dearer_for_high_spenders');
  });
});

describe('what recommendations know of a person', () => {
  it('is what happened between it and products, and nothing else', () => {
    expectTypeOf<keyof Question>().toEqualTypeOf<'context' | 'session' | 'recent' | 'basket' | 'purchases' | 'nowMs'>();
    expectTypeOf<keyof Happened>().toEqualTypeOf<'item' | 'kind' | 'atMs'>();
    expectTypeOf<keyof History>().toEqualTypeOf<'interactions' | 'purchases' | 'shown'>();
    expectTypeOf<keyof Interaction>().toEqualTypeOf<'eventId' | 'kind' | 'productId' | 'atMs'>();
    expectTypeOf<keyof Shown>().toEqualTypeOf<'recommendationId' | 'productIds' | 'atMs'>();
  });

  const folder = join(import.meta.dirname, '../../../shared/domain/recommend');
  const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*/g, '');
  const imports = (text: string): string[] => [...code(text).matchAll(/from '([^']+)'/g)].map(([, path]) => path ?? '');
  const foreign = (text: string): string[] =>
    imports(text).filter((path) => /\/(loyalty|member|coupon|quote|liability)\//.test(path));
  const personal = (text: string): string[] => [
    ...(code(text).match(/\b(spend|lifetime|tiers?|birthday|displayName|gender|income|email|phone)\b/gi) ?? []),
  ];
  /** What the shop itself spends on a managed service is no fact of a person. */
  const ofTheShop = (name: string, text: string): boolean =>
    name === 'spend.ts' || imports(text).includes('./spend.ts');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !ofTheShop(name, read(name)));

  it.each(files)('does not come from loyalty or the profile: %s', (name) => {
    const text = read(name);
    expect({ foreign: foreign(text), personal: personal(text) }).toEqual({ foreign: [], personal: [] });
  });

  it('would be found', () => {
    expect(foreign("import { tierOf } from '../loyalty/tiers.ts';")).toHaveLength(1);
    expect(personal('const { spend, displayName } = member; // tier')).toEqual(['spend', 'displayName']);
  });
});
