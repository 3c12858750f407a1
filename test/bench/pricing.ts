/** Quantities times prices. */
import { PRICES, type PriceId } from './prices.ts';

/** Where a quantity comes from: read from a meter, written in AWS's documentation, or supposed. */
export type Origin = 'measured' | 'documented' | 'assumed';

/** A line of a bill. `quantity` is for one order (or event), in the units of the price. */
export type BillLine = {
  service: string;
  what: string;
  price: PriceId;
  quantity: number;
  origin: Origin;
  /** How the quantity comes about, in a few words. */
  why: string;
};

export type PricedLine = BillLine & { total: number; dollars: number };

export type Bill = { lines: PricedLine[]; dollars: number };

/** Dollars for a quantity. */
export function dollarsOf(price: PriceId, quantity: number): number {
  const { dollars, per } = PRICES[price];
  return (quantity / per) * dollars;
}

/** Prices lines for so many orders. Nothing is rounded but what is printed. */
export function billOf(lines: readonly BillLine[], orders: number): Bill {
  const priced = lines.map((line): PricedLine => {
    const total = line.quantity * orders;
    return { ...line, total, dollars: dollarsOf(line.price, total) };
  });
  return { lines: priced, dollars: priced.reduce((sum, { dollars }) => sum + dollars, 0) };
}
