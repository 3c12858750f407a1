import { expect, it } from 'vitest';
import {
  COUPONS_PER_PAGE,
  givenUnits,
  newWallet,
  putIn,
  takeBack,
  walletSlice,
} from '../../../shared/domain/coupon/wallet.ts';

function filled(count: number) {
  let wallet = newWallet('ann');
  const pages = new Map<number, string[]>();
  for (let n = 0; n < count; n += 1) {
    const next = putIn(wallet, { couponId: `c${n}`, definitionId: 'ten', year: 2026 });
    wallet = next.wallet;
    if (next.page !== undefined) pages.set(next.page.page, next.page.couponIds);
  }
  return { wallet, pages };
}

it.each([0, 1, COUPONS_PER_PAGE, COUPONS_PER_PAGE + 1, 3 * COUPONS_PER_PAGE - 1, 3 * COUPONS_PER_PAGE, 130])(
  'with %i coupons lists each once, newest first, reading the pages it needs',
  (count) => {
    const { wallet, pages } = filled(count);
    expect(wallet.tail.length).toBeLessThanOrEqual(COUPONS_PER_PAGE);
    for (const limit of [1, 7, 100]) {
      const listed: string[] = [];
      for (let below: number | undefined = wallet.count; below !== undefined; ) {
        const slice = walletSlice(wallet, below, limit);
        const loaded = new Map(slice.pages.map((page) => [page, pages.get(page) ?? []]));
        listed.push(...slice.pick(loaded));
        below = slice.next;
      }
      expect(listed).toEqual(Array.from({ length: count }, (_, n) => `c${count - 1 - n}`));
    }
  },
);

it('has nothing to give where a cursor points beyond what there is', () => {
  const { wallet } = filled(3);
  expect(walletSlice(wallet, 99, 2).pick(new Map())).toEqual(['c2', 'c1']);
  expect(walletSlice(newWallet('ann'), 5, 2)).toMatchObject({ pages: [] });
});

it('counts units by definition, ever and by year, and what was taken back no longer', () => {
  const give = (wallet: ReturnType<typeof newWallet>, definitionId: string, year: number) =>
    putIn(wallet, { couponId: 'c', definitionId, year }).wallet;
  let wallet = give(give(give(newWallet('ann'), 'ten', 2025), 'ten', 2026), 'five', 2026);
  expect(givenUnits(wallet, 'ten', 'ever', 2026)).toBe(2);
  expect(givenUnits(wallet, 'ten', 'year', 2026)).toBe(1);
  expect(givenUnits(wallet, 'ten', 'year', 2027)).toBe(0);
  expect(givenUnits(wallet, 'other', 'ever', 2026)).toBe(0);
  wallet = takeBack(wallet, { definitionId: 'ten', year: 2026 });
  expect(givenUnits(wallet, 'ten', 'ever', 2026)).toBe(1);
  expect(givenUnits(wallet, 'ten', 'year', 2026)).toBe(0);
  for (const year of [2027, 2028, 2029]) wallet = give(wallet, 'ten', year);
  expect(wallet.given.ten).toEqual({ ever: 4, years: { 2027: 1, 2028: 1, 2029: 1 } });
});
