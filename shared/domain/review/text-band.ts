/** A review whose text shares a band of its fingerprint with others. */
export type BandRow = { reviewId: string; memberId: string; productId: string; atMs: number; fingerprint: string };

export type TextBand = {
  band: string;
  /** Counts the writes; 0 is a band never written. */
  version: number;
  rows: BandRow[];
};

/** Of more reviews that share a band, the earliest are kept: a copy comes after what it copies. */
export const ROWS_PER_BAND_LIMIT = 20;

/** A band with a review put into it; the same band where that changes nothing. */
export function withBandRow(band: TextBand, row: BandRow): TextBand {
  const known = band.rows.find(({ reviewId }) => reviewId === row.reviewId);
  if (known !== undefined && known.fingerprint === row.fingerprint && known.atMs === row.atMs) return band;
  const rows = [...band.rows.filter(({ reviewId }) => reviewId !== row.reviewId), row]
    .sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1))
    .slice(0, ROWS_PER_BAND_LIMIT);
  const same = rows.length === band.rows.length && rows.every((it, index) => it === band.rows[index]);
  return same ? band : { ...band, rows };
}

/** A band without a review; the same band where it is not in it. */
export function withoutBandRow(band: TextBand, reviewId: string): TextBand {
  const rows = band.rows.filter((row) => row.reviewId !== reviewId);
  return rows.length === band.rows.length ? band : { ...band, rows };
}

/** The other reviews in any of the bands, each once. */
export function othersIn(bands: readonly TextBand[], reviewId: string): BandRow[] {
  const others = bands.flatMap(({ rows }) => rows).filter((row) => row.reviewId !== reviewId);
  return [...new Map(others.map((row) => [row.reviewId, row])).values()].sort(
    (a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1),
  );
}
