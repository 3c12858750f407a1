import { type Counters, sumOf, type Target } from '../../shared/domain/reputation/counts.ts';
import { inspectionCounts, orderCounts, reviewCounts } from '../../shared/domain/reputation/review-counts.ts';

export const atMs = (time: string) => Date.parse(time);

/** The present of most tests, in the second quarter of the year. */
export const NOW_MS = atMs('2026-05-20T12:00:00Z');

/** What a brand or supplier is known by; figures that are left out are 0. */
export type Known = {
  reviews?: number;
  positive?: number;
  /** The stars of the reviews that are not positive. */
  otherStars?: 1 | 2 | 3;
  orders?: number;
  returned?: number;
  /** Complaints, of which some were upheld, rejected or withdrawn. */
  complaints?: number;
  upheld?: number;
  rejected?: number;
  withdrawn?: number;
  answered?: number;
  answeredInTime?: number;
  decided?: number;
  decidedInTime?: number;
  overdue?: number;
  sampled?: number;
  failed?: number;
  mark?: number;
  time?: string;
};

const SUPPLIER = { productId: 'pot', supplierId: 'sup-1' };
const TARGET: Target = 'SUPPLIER#sup-1';

/** The counters that reviews, orders, complaints and inspections come to, made of the facts themselves where they are few. */
export function countersOf(known: Known): Counters {
  const { time = '2026-04-10T10:00:00Z', otherStars = 1, ...it } = known;
  const at = atMs(time);
  const { reviews = 0, positive = 0, orders = 0, returned = 0, sampled = 0, failed = 0, mark } = it;
  const review = (stars: number) =>
    reviewCounts({ ...SUPPLIER, atMs: at, ratings: { product: stars }, weightThousandths: 1_000 });
  const order = (back: number) =>
    orderCounts({ completedAtMs: at, cancelled: false, lines: [{ ...SUPPLIER, quantity: 1, returned: back }] });
  const counts = sumOf([
    ...Array.from({ length: reviews }, (_, index) => review(index < positive ? 5 - (index % 2) : otherStars)),
    ...Array.from({ length: orders }, (_, index) => order(index < returned ? 1 : 0)),
    ...(sampled > 0 ? [inspectionCounts({ ...SUPPLIER, atMs: at, sampled, failed, score: mark })] : []),
  ]);
  const quarter = `${new Date(at).getUTCFullYear()}q${Math.floor(new Date(at).getUTCMonth() / 3) + 1}`;
  const complaints = Object.fromEntries(
    (
      [
        'complaints',
        'upheld',
        'rejected',
        'withdrawn',
        'answered',
        'answeredInTime',
        'decided',
        'decidedInTime',
        'overdue',
      ] as const
    ).flatMap((name) => (it[name] === undefined ? [] : [[`${name}@${quarter}`, it[name]]])),
  );
  const decided = (it.upheld ?? 0) + (it.rejected ?? 0) + (it.withdrawn ?? 0);
  const open = (it.complaints ?? 0) - decided;
  return { ...(counts[TARGET] ?? {}), ...complaints, ...(open > 0 && { open }) };
}

/** Several of them together. */
export function together(...parts: Counters[]): Counters {
  return sumOf(parts.map((SHOP) => ({ SHOP }))).SHOP ?? {};
}
