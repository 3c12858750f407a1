/** A decimal price in hundredths. `negative` holds for -0.001 too, which rounds to nothing and is still no price. */
export type MinorUnits = { amount: number; negative: boolean };

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d+))?$/;

/**
 * Reads a decimal such as `2.55` as hundredths, rounded half up from its digits: a double would make 1.005 a 100.
 * The amount is that of the magnitude. Undefined where the text is no decimal.
 */
export function parseMinorUnits(text: string): MinorUnits | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, units = '', decimals = ''] = match;
  const hundredths = Number(units + decimals.slice(0, 2).padEnd(2, '0'));
  const roundUp = (decimals[2] ?? '0') >= '5' ? 1 : 0;
  return { amount: hundredths + roundUp, negative: sign === '-' && /[1-9]/.test(units + decimals) };
}
