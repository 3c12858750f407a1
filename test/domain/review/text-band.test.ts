import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BandRow,
  othersIn,
  ROWS_PER_BAND_LIMIT,
  type TextBand,
  withBandRow,
  withoutBandRow,
} from '../../../shared/domain/review/text-band.ts';

const empty: TextBand = { band: '0abc', version: 0, rows: [] };
const row = (n: number, fingerprint = 'f'): BandRow => ({
  reviewId: `r${String(n).padStart(2, '0')}`,
  memberId: `m${n}`,
  productId: 'teapot',
  atMs: n * 1_000,
  fingerprint,
});
const bandOf = (rows: readonly BandRow[]) => rows.reduce(withBandRow, empty);

describe('a band', () => {
  it('keeps its reviews by time, whoever comes first', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8 }), (order) => {
        expect(bandOf(order.map((n) => row(n)))).toEqual(bandOf([1, 2, 3, 4, 5, 6, 7, 8].map((n) => row(n))));
      }),
    );
  });

  it('keeps the earliest of too many', () => {
    const numbers = Array.from({ length: ROWS_PER_BAND_LIMIT + 5 }, (_, n) => n);
    const kept = bandOf(numbers.map((n) => row(n)));
    expect(kept.rows.map(({ atMs }) => atMs / 1_000)).toEqual(numbers.slice(0, ROWS_PER_BAND_LIMIT));
    expect(bandOf(numbers.toReversed().map((n) => row(n)))).toEqual(kept);
    // One that comes too late changes nothing, so that nothing is written.
    expect(withBandRow(kept, row(99))).toBe(kept);
  });

  it('is the same where a review is in it as it is, and another where its words are others', () => {
    const band = bandOf([row(1), row(2)]);
    expect(withBandRow(band, row(1))).toBe(band);
    expect(withBandRow(band, row(1, 'other')).rows).toEqual([row(1, 'other'), row(2)]);
  });

  it('loses a review whose words have gone', () => {
    const band = bandOf([row(1), row(2)]);
    expect(withoutBandRow(band, 'r01').rows).toEqual([row(2)]);
    expect(withoutBandRow(band, 'r09')).toBe(band);
  });

  it('names each other review once, however many bands it shares', () => {
    const bands = [bandOf([row(1), row(2)]), { ...bandOf([row(2), row(3)]), band: '1abc' }];
    expect(othersIn(bands, 'r01').map(({ reviewId }) => reviewId)).toEqual(['r02', 'r03']);
  });
});
