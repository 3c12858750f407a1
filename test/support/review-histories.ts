import fc from 'fast-check';
import type { Happening } from './order-histories.ts';

/** A person's word on a review, given at the desk. */
export type Verdict = { reviewId: string; verdict: 'publish' | 'reject'; reason: string };

/** What happened to a few products: everything that bears on ratings, scores, grades and credit. */
export type ReviewHistory = { happenings: Happening[]; verdicts: Verdict[] };

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const PRODUCTS = ['pot', 'cup', 'rug', 'unheard'] as const;
const MAKERS = {
  pot: { brandId: 'hearth', supplierId: 'sup-1' },
  cup: { brandId: 'hearth', supplierId: 'sup-2' },
  rug: { brandId: 'kiln', supplierId: 'sup-2' },
} as const;
/** One that several use, so that copies of it meet. */
const WORDS = [
  undefined,
  'Good.',
  'The lid closes without a gap, and the spout pours a thin, steady stream; nothing has dripped on the cloth in a month of daily tea.',
  'The lid closes without a gap, and the spout pours a thin, steady stream; nothing dripped on the cloth in two months of daily tea.',
  '做工很精细，壶嘴出水又细又稳，用了一个月桌布上一滴都没有漏过，送礼自用都合适。',
  'Das Muster ist schief 😡 and the colour washed out after the first cleaning, so it went back the same week.',
];

const number = (max: number) => fc.integer({ min: 0, max });
const member = fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6');
/** Half of what happens falls into a few days, so that there is something to be seen in it. */
const hours = fc.oneof(number(72), number(24 * 300));

const at = (hour: number, minute: number) => new Date(START_MS + hour * HOUR_MS + minute * 60_000).toISOString();

const bought = fc.record({
  memberId: member,
  productId: fc.constantFrom(...PRODUCTS),
  hour: hours,
  quantity: fc.integer({ min: 1, max: 3 }),
  completed: fc.boolean(),
  returned: fc.boolean(),
  cancelled: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
});

const reviewed = fc.record({
  memberId: member,
  productId: fc.constantFrom(...PRODUCTS),
  hour: hours,
  stars: fc.constantFrom(1, 2, 3, 4, 5, 5, 5),
  words: fc.constantFrom(...WORDS),
  anonymous: fc.boolean(),
  orderOf: fc.option(number(20), { nil: undefined, freq: 2 }),
  edit: fc.option(
    fc.record({
      after: fc.oneof(number(24 * 20), number(24 * 200)),
      stars: fc.integer({ min: 1, max: 5 }),
      words: number(5),
    }),
    {
      nil: undefined,
      freq: 1,
    },
  ),
  removedAfter: fc.option(number(24 * 30), { nil: undefined, freq: 7 }),
  verdict: fc.constantFrom(undefined, undefined, 'publish' as const, 'reject' as const, 'reject' as const),
});

const voted = fc.record({ review: number(40), voterId: member, hour: hours, helpful: fc.boolean() });
const inspected = fc.record({
  about: fc.constantFrom({ productId: 'pot' }, { productId: 'rug' }, { brandId: 'hearth' }, { supplierId: 'sup-2' }),
  hour: hours,
  sampled: fc.integer({ min: 1, max: 60 }),
  failed: number(9),
});

/** The lives of some reviews, of the orders behind them and of what readers and inspectors say. */
export const reviewHistory = (size: { orders: number; reviews: number }): fc.Arbitrary<ReviewHistory> =>
  fc
    .record({
      /** Some register, and some of these twice. */
      members: fc.array(member, { minLength: 4, maxLength: 6 }),
      orders: fc.array(bought, { minLength: size.orders, maxLength: size.orders }),
      reviews: fc.array(reviewed, { minLength: size.reviews, maxLength: size.reviews }),
      votes: fc.array(voted, { minLength: size.reviews, maxLength: size.reviews }),
      inspections: fc.array(inspected, { minLength: 2, maxLength: 5 }),
    })
    .map(({ members, orders, reviews, votes, inspections }) => {
      const happenings: Happening[] = Object.entries(MAKERS).map(([productId, makers], index) => ({
        type: 'product.upserted.v1',
        id: `product-${productId}`,
        time: at(0, index),
        data: { productId, name: productId, categories: ['Home'], ...makers },
      }));
      members.forEach((memberId, index) => {
        const about = { type: 'member.registered.v1', id: `${memberId}-is-${index}`, data: { memberId } };
        happenings.push({ ...about, time: at(index * 24, index) });
      });
      orders.forEach((order, index) => {
        happenings.push(...orderLife(order, index));
      });
      const verdicts: Verdict[] = [];
      reviews.forEach((review, index) => {
        happenings.push(...reviewLife(review, index, orders));
        const reviewId = `rev-${index}`;
        if (review.verdict !== undefined) verdicts.push({ reviewId, verdict: review.verdict, reason: 'looked_at' });
      });
      votes.forEach(({ review, hour, ...vote }, index) => {
        const reviewId = `rev-${review % reviews.length}`;
        happenings.push({
          type: 'review.voted.v1',
          id: `vote-${index}`,
          time: at(hour, index % 60),
          data: { reviewId, ...vote },
        });
      });
      inspections.forEach(({ about, hour, sampled, failed }, index) => {
        happenings.push({
          type: 'inspection.completed.v1',
          id: `inspection-${index}`,
          time: at(hour, index),
          data: { inspectionId: `insp-${index}`, ...about, sampled, failed: Math.min(failed, sampled) },
        });
      });
      return { happenings, verdicts };
    });

type Bought = { memberId: string; productId: string; hour: number; quantity: number } & Record<
  'completed' | 'returned' | 'cancelled',
  boolean
>;

function orderLife(order: Bought, index: number): Happening[] {
  const { memberId, productId, hour, quantity, completed, returned, cancelled } = order;
  const orderId = `ord-${index}`;
  const tell = (verb: string, after: number, data: object = {}): Happening => ({
    type: `order.${verb}.v1`,
    id: `${orderId}-${verb}`,
    time: at(hour + after, index % 60),
    data: { orderId, memberId, ...data },
  });
  const line = { lineId: '1', productId, quantity, unitPrice: 1_000 };
  return [
    tell('placed', 0, { currency: 'EUR', lines: [line] }),
    ...(completed ? [tell('completed', 48)] : []),
    ...(returned ? [tell('returned', 96, { returnId: `ret-${index}`, lines: [{ lineId: '1', quantity: 1 }] })] : []),
    ...(cancelled ? [tell('cancelled', 24)] : []),
  ];
}

type Reviewed = {
  memberId: string;
  productId: string;
  hour: number;
  stars: number;
  words: string | undefined;
  anonymous: boolean;
  orderOf: number | undefined;
  edit: { after: number; stars: number; words: number } | undefined;
  removedAfter: number | undefined;
};

function reviewLife(review: Reviewed, index: number, orders: readonly Bought[]): Happening[] {
  const { memberId, productId, hour, stars, words, anonymous, orderOf, edit, removedAfter } = review;
  const reviewId = `rev-${index}`;
  const tell = (what: string, id: string, after: number, data: object): Happening => ({
    type: `review.${what}.v1`,
    id: `${reviewId}-${id}`,
    time: at(hour + after, index % 60),
    data: { reviewId, ...data },
  });
  const about = {
    memberId,
    productId,
    anonymous,
    ...(orderOf !== undefined && orders.length > 0 && { orderId: `ord-${orderOf % orders.length}` }),
  };
  const said = (product: number, text: string | undefined) => ({
    ...about,
    ratings: { product, service: 1 + ((product * 2) % 5) },
    ...(text !== undefined && { text }),
  });
  return [
    tell('submitted', 'first', 0, said(stars, words)),
    ...(edit === undefined ? [] : [tell('submitted', 'edit', edit.after, said(edit.stars, WORDS[edit.words]))]),
    ...(removedAfter === undefined ? [] : [tell('removed', 'gone', removedAfter, { by: 'member' })]),
  ];
}
