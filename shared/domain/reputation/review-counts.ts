import { type CounterName, type Counters, type Counts, inQuarter, type Target } from './counts.ts';

/** Whom a fact is about, beside the shop as a whole. */
export type Subjects = {
  productId?: string | undefined;
  brandId?: string | undefined;
  supplierId?: string | undefined;
};

export type ReviewRatings = { product: number; service?: number | undefined; logistics?: number | undefined };

/** Stars from which on a review is positive, and up to which it is negative. */
const POSITIVE_FROM = 4;
const NEGATIVE_TO = 2;

/** What a published review calls for in the counters of its product, brand and supplier, and of the shop. */
export function reviewCounts(
  review: Subjects & { productId: string; atMs: number; ratings: ReviewRatings; weightThousandths: number },
): Counts {
  const { atMs, ratings, weightThousandths } = review;
  const { product: stars, service, logistics } = ratings;
  const counters = quarterly(atMs, {
    reviews: 1,
    [`stars${stars}`]: 1,
    positive: stars >= POSITIVE_FROM ? 1 : 0,
    negative: stars <= NEGATIVE_TO ? 1 : 0,
    weight: weightThousandths,
    weighted: weightThousandths * stars,
    ...(service !== undefined && { service: 1, serviceStars: service }),
    ...(logistics !== undefined && { logistics: 1, logisticsStars: logistics }),
  });
  return Object.fromEntries(targetsOf(review).map((target) => [target, counters]));
}

export type CountedLine = Subjects & { productId: string; quantity: number; returned: number };

/**
 * What an order calls for: once it has been completed and unless it is cancelled, one order for each that its lines
 * name, however many lines do, its pieces, and those that came back.
 */
export function orderCounts(order: {
  completedAtMs?: number | undefined;
  cancelled: boolean;
  lines: readonly CountedLine[];
}): Counts {
  const { completedAtMs, cancelled, lines } = order;
  if (completedAtMs === undefined || cancelled) return {};
  const pieces = new Map<Target, { units: number; returned: number }>();
  for (const line of lines) {
    for (const target of targetsOf(line)) {
      const { units, returned } = pieces.get(target) ?? { units: 0, returned: 0 };
      const back = Math.min(line.returned, line.quantity);
      pieces.set(target, { units: units + line.quantity, returned: returned + back });
    }
  }
  return Object.fromEntries(
    [...pieces].map(([target, { units, returned }]) => {
      const returnedOrders = returned > 0 ? 1 : 0;
      return [target, quarterly(completedAtMs, { orders: 1, units, returnedOrders, returnedUnits: returned })];
    }),
  );
}

/** What an inspection calls for: its pieces, and the inspector's own mark where there is one, in hundredths. */
export function inspectionCounts(
  inspection: Subjects & { atMs: number; sampled: number; failed: number; score?: number | undefined },
): Counts {
  const { atMs, sampled, failed, score } = inspection;
  const counters = quarterly(atMs, {
    inspections: 1,
    sampled,
    failed,
    ...(score !== undefined && { inspectionScored: 1, inspectionScore: Math.round(score * 100) }),
  });
  return Object.fromEntries(targetsOf(inspection).map((target) => [target, counters]));
}

function targetsOf({ productId, brandId, supplierId }: Subjects): Target[] {
  return [
    ...(productId === undefined ? [] : [`PRODUCT#${productId}` as const]),
    ...(brandId === undefined ? [] : [`BRAND#${brandId}` as const]),
    ...(supplierId === undefined ? [] : [`SUPPLIER#${supplierId}` as const]),
    'SHOP',
  ];
}

function quarterly(atMs: number, amounts: Partial<Record<CounterName, number>>): Counters {
  const counted = Object.entries(amounts).filter(([, amount]) => amount !== 0);
  return Object.fromEntries(counted.map(([name, amount]) => [inQuarter(name as CounterName, atMs), amount]));
}
