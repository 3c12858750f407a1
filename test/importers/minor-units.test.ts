import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMinorUnits } from '../../infra/importers/minor-units.ts';

test.each([
  ['2.55', 255],
  ['0', 0],
  ['18', 1800],
  ['7.5', 750],
  ['0.001', 0],
  ['0.004', 0],
  ['0.005', 1],
  // As a double, 1.005 x 100 is 100.49999999999999.
  ['1.005', 101],
  ['8.165', 817],
  ['2.995', 300],
  ['11062.06', 1106206],
])('%s is %i hundredths, half up', (text, amount) => {
  expect(parseMinorUnits(text)).toEqual({ amount, negative: false });
});

test.each([
  ['-11062.06', 1106206, true],
  ['-0.001', 0, true],
  ['-0.00', 0, false],
])('%s keeps its sign aside', (text, amount, negative) => {
  expect(parseMinorUnits(text)).toEqual({ amount, negative });
});

test.each(['', ' ', 'abc', '1,50', '1.', '.5', '1e3', '£1', '--1', 'NaN', '1.2.3'])('%j is no decimal', (text) => {
  expect(parseMinorUnits(text)).toBeUndefined();
});

test('agrees with whole-number arithmetic for every price of four decimals', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (tenThousandths) => {
      const digits = String(tenThousandths).padStart(5, '0');
      const text = `${digits.slice(0, -4)}.${digits.slice(-4)}`;
      expect(parseMinorUnits(text)?.amount).toBe(Math.floor((tenThousandths + 50) / 100));
    }),
  );
});
