import { describe, expect, it } from 'vitest';
import { groupSignals, OTHERS_LIMIT, othersOf } from '../../../shared/domain/moderation/group-signals.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { entry, listed, times } from './listed-reviews.ts';

const productsOf = (numbers: readonly number[]) =>
  othersOf(
    entry(0),
    numbers.map((number) => entry(number)),
    currentPolicy,
  );

describe('the other products of a member', () => {
  it('are those reviewed close in time, the nearest eight, each once, in a few characters', () => {
    const entries = [
      ...times(12, (index) => entry(index + 1, { day: -index })),
      entry(90, { productId: 'product-1', day: -20 }),
      entry(91, { productId: 'product-0', day: -1 }),
      entry(92, { day: -31 }),
    ];
    const others = othersOf(entry(0), entries, currentPolicy);
    expect(others).toHaveLength(OTHERS_LIMIT);
    expect(others).toEqual(productsOf([1, 2, 3, 4, 5, 6, 7, 8]));
    for (const name of others) expect(name).toMatch(/^[0-9a-z]{5}$/);
    expect(othersOf(entry(0), entries.toReversed(), currentPolicy)).toEqual(others);
  });
});

describe('members who meet again and again', () => {
  const review = listed(1, { others: productsOf([1, 2, 3]) });
  const met = (numbers: readonly number[], count = 1) =>
    groupSignals(
      review,
      times(count, (index) => listed(index + 2, { day: 3, others: productsOf(numbers) })),
      currentPolicy,
    );

  it.each([
    { what: 'nobody else', products: [], count: 0, companions: undefined },
    { what: 'strangers', products: [7, 8, 9], count: 5, companions: undefined },
    { what: 'one other product in common', products: [1, 8, 9], count: 5, companions: undefined },
    { what: 'two, with one member', products: [1, 2, 9], count: 1, companions: 1 },
    { what: 'two, with three members', products: [1, 3], count: 3, companions: 2 },
    { what: 'three, with forty', products: [1, 2, 3], count: 40, companions: 5 },
  ])('$what: $companions', ({ products, count, companions }) => {
    expect(met(products, count).companions).toBe(companions);
  });

  it('say nothing where nobody has looked', () => {
    expect(groupSignals(listed(1), [listed(2, { others: productsOf([1, 2, 3]) })], currentPolicy)).toEqual({});
    expect(groupSignals(review, [listed(2)], currentPolicy)).toEqual({});
  });
});
