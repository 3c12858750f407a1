import { describe, expect, it } from 'vitest';
import type { Happened } from '../../../shared/domain/recommend/features.ts';
import type { Standing } from '../../../shared/domain/recommend/product-facts.ts';
import { type RuleSurroundings, rulesOf } from '../../../shared/domain/recommend/sellable.ts';
import { catalogueOf, DAY_MS, HOUR_MS, NOW_MS, policy, question, STAMP } from '../../support/recommend-lists.ts';

const catalogue = catalogueOf([
  undefined,
  { availability: 'in_stock', brandId: 'oak', categories: ['Home/Kitchen', 'Gifts'], price: 1_500, currency: 'EUR' },
  { availability: 'out_of_stock' },
  { availability: 'discontinued' },
  { brandId: 'hearth' },
  { supplierId: 'sup-1' },
  { categories: ['Homeware'], price: 0 },
]);
const standings: Standing[] = [
  { kind: 'brand', id: 'hearth', restrictions: [{ kind: 'ranking', untilMs: NOW_MS + 1 }], ...STAMP },
  { kind: 'supplier', id: 'sup-1', restrictions: [{ kind: 'sales_limit' }], ...STAMP },
];
for (const standing of standings) catalogue.applyStanding(standing);
const rules = (more: Partial<RuleSurroundings> = {}) => rulesOf({ catalogue, question, policy, ...more });

describe('what is never on a list', () => {
  it.each<[string, number, Partial<RuleSurroundings>]>([
    ['on_this_page', 1, { pageItem: 1 }],
    ['in_basket', 1, { question: { ...question, basket: [1] } }],
    ['out_of_stock', 2, {}],
    ['discontinued', 3, {}],
    ['restricted', 5, {}],
    ['other_category', 1, { filters: { categories: ['Home/Garden', 'Home/Kit'] } }],
    ['other_category', 6, { filters: { categories: ['Home'] } }],
    ['other_category', 0, { filters: { categories: ['Home'] } }],
    ['other_brand', 1, { filters: { brandIds: ['hearth'] } }],
    ['other_brand', 0, { filters: { brandIds: ['hearth'] } }],
    ['other_price', 1, { filters: { maxPrice: 1_499 } }],
    ['other_price', 1, { filters: { minPrice: 1_501 } }],
    ['other_price', 1, { filters: { minPrice: 2_000, maxPrice: 1_000 } }],
    ['other_price', 1, { filters: { minPrice: 1, currency: 'USD' } }],
    ['other_price', 0, { filters: { minPrice: 0 } }],
  ])('%s: product %i', (code, item, more) => {
    expect(rules(more).refusalOf(item)).toBe(code);
  });

  it.each<[string, number, Partial<RuleSurroundings>]>([
    ['a product that nobody has described', 0, {}],
    ['one in stock', 1, {}],
    ['one of which nobody says whether it is in stock', 6, {}],
    ['one of the category', 1, { filters: { categories: ['Garden', 'Gifts'] } }],
    ['one below the category', 1, { filters: { categories: ['Home'] } }],
    ['one of the brand', 1, { filters: { brandIds: ['hearth', 'oak'] } }],
    ['one at the price', 1, { filters: { minPrice: 1_500, maxPrice: 1_500, currency: 'EUR' } }],
    ['one for nothing', 6, { filters: { maxPrice: 0 } }],
    ['one that is only demoted', 4, {}],
  ])('is not %s', (_what, item, more) => {
    expect(rules(more).refusalOf(item)).toBeUndefined();
  });

  it('is a matter of policy where brands and suppliers are restricted, for as long as they are', () => {
    expect(rules().isDemoted(4)).toBe(true);
    expect(rules({ question: { ...question, nowMs: NOW_MS + 1 } }).isDemoted(4)).toBe(false);
    const strict = { ...policy, restrictions: { ...policy.restrictions, ranking: 'exclude' as const } };
    expect(rules({ policy: strict }).refusalOf(4)).toBe('restricted');
    const mild = { ...policy, restrictions: { ...policy.restrictions, sales_limit: 'demote' as const } };
    expect(rules({ policy: mild }).refusalOf(5)).toBeUndefined();
    expect(rules({ policy: mild }).isDemoted(5)).toBe(true);
  });
});

describe('what had better not be on a list', () => {
  const bought = (atMs: number): Happened => ({ item: 1, kind: 'order', atMs });
  const since = NOW_MS - policy.justBoughtDays * DAY_MS;

  it.each<[string, string | undefined, Partial<RuleSurroundings>]>([
    ['bought at the beginning of the time', 'just_bought', { question: { ...question, purchases: [bought(since)] } }],
    ['bought before it', undefined, { question: { ...question, purchases: [bought(since - 1)] } }],
    ['bought in this session', 'just_bought', { question: { ...question, recent: [bought(NOW_MS)] } }],
    [
      'bought, and a product that people buy again',
      undefined,
      { question: { ...question, purchases: [bought(NOW_MS)] }, repeatShareOf: () => policy.repeatableShare },
    ],
    [
      'bought, and one that few buy again',
      'just_bought',
      { question: { ...question, purchases: [bought(NOW_MS)] }, repeatShareOf: () => policy.repeatableShare - 0.01 },
    ],
    [
      'bought, and nobody can say',
      'just_bought',
      { question: { ...question, purchases: [bought(NOW_MS)] }, repeatShareOf: () => Number.NaN },
    ],
  ])('%s: %s', (_what, code, more) => {
    expect(rules(more).reservationOf(1)).toBe(code);
  });

  const shown = (hoursAgo: number, ids = ['p1']) => ({
    recommendationId: `r${hoursAgo}`,
    productIds: ids,
    atMs: NOW_MS - hoursAgo * HOUR_MS,
  });
  const { times, days } = policy.seen;
  const often = Array.from({ length: times }, (_, hours) => shown(hours + 1));
  const turnedTo = (hoursAgo: number): Partial<RuleSurroundings> => ({
    question: { ...question, recent: [{ item: 1, kind: 'click', atMs: NOW_MS - hoursAgo * HOUR_MS }] },
  });

  it.each<[string, string | undefined, Partial<RuleSurroundings>]>([
    ['shown as often as the policy says', 'seen_too_often', { shown: often }],
    ['shown once less', undefined, { shown: often.slice(1) }],
    ['shown twice on one list', undefined, { shown: [shown(1, ['p1', 'p1']), ...often.slice(2)] }],
    ['shown long ago', undefined, { shown: often.map((it) => ({ ...it, atMs: it.atMs - days * DAY_MS })) }],
    ['shown and then turned to', undefined, { shown: often, ...turnedTo(0.5) }],
    ['shown often enough since it was turned to', 'seen_too_often', { shown: often, ...turnedTo(times + 1) }],
  ])('%s: %s', (_what, code, more) => {
    expect(rules(more).reservationOf(1)).toBe(code);
  });
});
