import type { PolicyDocument } from '../../policy/policy-schema.ts';

/**
 * Shares a whole over parts in proportion to their weights by largest remainder: every share is the exact share
 * rounded down, and what is left goes, one each, to the largest remainders (ties: the earlier part). The shares sum
 * to the whole. Whole numbers throughout; all weights 0 gives all shares 0.
 */
export function shareByLargestRemainder(whole: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  // Products that a double holds exactly need no big integers, which cost several times as much.
  if (Number.isSafeInteger(whole * total)) {
    return shareOut(
      whole,
      weights.map((weight) => ({
        share: Math.floor((whole * weight) / total),
        remainder: (whole * weight) % total,
      })),
    );
  }
  const exactTotal = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  return shareOut(
    whole,
    weights.map((weight) => {
      const exact = BigInt(whole) * BigInt(weight);
      return { share: Number(exact / exactTotal), remainder: exact % exactTotal };
    }),
  );
}

function shareOut<Remainder extends number | bigint>(
  whole: number,
  parts: readonly { share: number; remainder: Remainder }[],
): number[] {
  const shares = parts.map(({ share }) => share);
  const left = whole - shares.reduce((sum, share) => sum + share, 0);
  parts
    .map(({ remainder }, index) => ({ remainder, index }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
    .slice(0, left)
    .forEach(({ index }) => {
      shares[index] = (shares[index] ?? 0) + 1;
    });
  return shares;
}

/**
 * Converts minor units of a currency to minor units of the base currency at the policy's rate, half up. The rate has
 * at most 8 decimals, so the sum is done in whole numbers.
 */
export function toBaseCurrency(amount: number, terms: { rate: number; digits: number; baseDigits: number }): number {
  // The shop's own currency, and any other at par.
  if (terms.rate === 1 && terms.digits === terms.baseDigits) return amount;
  const numerator = BigInt(amount) * scaled(terms.rate, 8) * 10n ** BigInt(terms.baseDigits);
  const denominator = 10n ** BigInt(8 + terms.digits);
  return Number((2n * numerator + denominator) / (2n * denominator));
}

/** The way back, half up: minor units of the base currency in those of another. */
export function fromBaseCurrency(amount: number, terms: { rate: number; digits: number; baseDigits: number }): number {
  if (terms.rate === 1 && terms.digits === terms.baseDigits) return amount;
  const numerator = BigInt(amount) * 10n ** BigInt(8 + terms.digits);
  const denominator = scaled(terms.rate, 8) * 10n ** BigInt(terms.baseDigits);
  return Number((2n * numerator + denominator) / (2n * denominator));
}

/** A percentage of an amount, half up. It has at most 4 decimals, so the sum is done in whole numbers. */
export function percentOf(amount: number, percent: number): number {
  return Number((2n * BigInt(amount) * scaled(percent, 4) + 1_000_000n) / 2_000_000n);
}

/** Points for a net in minor units: floor(net in currency units x rate). The rate has at most 4 decimals. */
export function purchasePoints(net: number, terms: { purchaseRate: number; baseDigits: number }): number {
  return Number((BigInt(net) * scaled(terms.purchaseRate, 4)) / 10n ** BigInt(4 + terms.baseDigits));
}

/** Points that go when `returned` of `quantity` pieces of a line have come back, all returns together. */
export function returnedPoints(linePoints: number, returned: number, quantity: number): number {
  return Number((BigInt(linePoints) * BigInt(returned)) / BigInt(quantity));
}

/** Money that goes back for `returned` of `quantity` pieces of a line, all returns together, half up. */
export function returnedNet(lineNet: number, returned: number, quantity: number): number {
  const whole = 2n * BigInt(quantity);
  return Number((2n * BigInt(lineNet) * BigInt(returned) + BigInt(quantity)) / whole);
}

/** The most points that may pay an order of a net in minor units: floor(share x net x points per currency unit). */
export function redemptionLimit(net: number, policy: PolicyDocument): number {
  const { pointsPerCurrencyUnit, orderShareLimit } = policy.points.redemption;
  const digits = policy.currencies[policy.currency]?.digits ?? 0;
  const exact = BigInt(Math.max(0, net)) * scaled(orderShareLimit, 4) * BigInt(pointsPerCurrencyUnit);
  return Number(exact / 10n ** BigInt(4 + digits));
}

/** What points are worth, in minor units of the base currency, rounded down. */
export function pointsValue(points: number, policy: PolicyDocument): number {
  const digits = policy.currencies[policy.currency]?.digits ?? 0;
  return Number((BigInt(points) * 10n ** BigInt(digits)) / BigInt(policy.points.redemption.pointsPerCurrencyUnit));
}

/** An amount of minor units as people write it: 1299 with 2 digits is `12.99`. */
export function formatAmount(amount: number, digits: number): string {
  if (digits === 0) return String(amount);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  return `${amount < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** The currency terms a policy has for a code, or undefined where it does not know the currency. */
export function currencyTerms(policy: PolicyDocument, code: string) {
  const known = policy.currencies[code];
  const base = policy.currencies[policy.currency];
  return known === undefined || base === undefined
    ? undefined
    : { rate: known.rate, digits: known.digits, baseDigits: base.digits };
}

function scaled(factor: number, decimals: number): bigint {
  return BigInt(Math.round(factor * 10 ** decimals));
}
