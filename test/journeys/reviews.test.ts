import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from '../support/order-histories.ts';
import { openStorefront, type Reply, type Storefront } from '../support/storefront.ts';

type Published = { id: string; type: string; subject?: string; data: Record<string, unknown> };

let runtime: Runtime;
let shop: Storefront;
let [carl, dora, ann, bob] = ['', '', '', ''];
const published: Published[] = [];

beforeAll(async () => {
  runtime = await createRuntime({
    virtualClock: true,
    onEvent: ({ detail }) => {
      published.push(detail as Published);
    },
  });
  shop = await openStorefront(runtime);
  carl = await runtime.token({ scope: 'desk', member: 'carl' });
  dora = await runtime.token({ scope: 'desk', member: 'dora' });
  ann = await runtime.token({ scope: 'member', member: 'ann' });
  bob = await runtime.token({ scope: 'member', member: 'bob' });
  await tell(
    ...['pot', 'cup', 'rug'].map((productId) =>
      said('product.upserted', productId, '2026-01-01T00:00:00Z', {
        productId,
        name: productId,
        categories: ['Home'],
        brandId: 'hearth',
        supplierId: productId === 'rug' ? 'sup-2' : 'sup-1',
      }),
    ),
    said('member.registered', 'ann', '2026-01-01T00:00:00Z', { memberId: 'ann', displayName: 'Ann' }),
    ...['ann', 'bob', 'cat'].flatMap((memberId) => order(memberId)),
  );
});
afterAll(async () => {
  await runtime?.stop();
});

function said(type: string, id: string, time: string, data: Record<string, unknown>): Happening {
  return { type: `${type}.v1`, id: `${type}-${id}`, time, data };
}

function order(memberId: string): Happening[] {
  const line = (productId: string, index: number) => ({
    lineId: String(index),
    productId,
    quantity: 1,
    unitPrice: 1_000,
  });
  const orderId = `ord-${memberId}`;
  const data = { orderId, memberId, currency: 'EUR', lines: ['pot', 'cup', 'rug'].map(line) };
  return [
    said('order.placed', memberId, '2026-01-02T00:00:00Z', data),
    said('order.completed', memberId, '2026-01-05T00:00:00Z', { orderId, memberId }),
  ];
}

const review = (memberId: string, productId: string, time: string, parts: Record<string, unknown> = {}): Happening =>
  said('review.submitted', `${memberId}-${productId}-${time}`, time, {
    reviewId: `${memberId}-${productId}`,
    memberId,
    productId,
    ratings: { product: 5 },
    ...parts,
  });

async function tell(...happenings: Happening[]): Promise<void> {
  expect((await shop.send(...happenings)).body).toMatchObject({ rejected: [] });
  await runtime.settle();
}

async function post(path: string, body: unknown, token: string): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${runtime.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const reply = { status: answer.status, body: (await answer.json()) as Reply['body'] };
  await runtime.settle();
  return reply;
}

/** Everything that hangs on a review, as everybody and its author are told it. */
async function everything(): Promise<Record<string, unknown>> {
  const paths = [
    '/v1/products/pot/reputation',
    '/v1/products/cup/reputation',
    '/v1/brands/hearth/reputation',
    '/v1/suppliers/sup-1/reputation',
    '/v1/suppliers/sup-1/scorecard',
    '/v1/products/pot/reviews',
    '/v1/products/cup/reviews',
    '/v1/members/ann/reviewer',
  ];
  const reader = await runtime.token({ scope: 'reputation:read members:read' });
  const answers = await Promise.all(paths.map(async (path) => [path, (await shop.get(path, reader)).body] as const));
  const { points } = (await shop.get('/v1/members/ann')).body;
  return { ...Object.fromEntries(answers), points };
}

const weightOf = (answers: Record<string, unknown>, productId: string): unknown[] =>
  (answers[`/v1/products/${productId}/reviews`] as { items: { reviewId: string; weight: number }[] }).items
    .filter(({ reviewId }) => reviewId === `ann-${productId}`)
    .map(({ weight }) => weight);
const outcomesOf = (reviewId: string) =>
  published
    .filter(({ type, subject }) => /^review\.(published|held|rejected)/.test(type) && subject === reviewId)
    .map(({ type }) => type);

test('one verdict has every consequence, and a successful appeal takes every one of them back', async () => {
  runtime.clock.advanceTo(Date.parse('2026-02-01T00:00:00Z'));
  await tell(
    review('bob', 'pot', '2026-01-10T00:00:00Z', {
      ratings: { product: 2, service: 3 },
      text: 'The spout drips a little.',
    }),
    review('cat', 'cup', '2026-01-11T00:00:00Z', { ratings: { product: 4 } }),
    review('ann', 'cup', '2026-01-12T00:00:00Z', { text: 'A thin rim and a good weight in the hand.' }),
    review('ann', 'pot', '2026-01-20T00:00:00Z', { text: 'Pours well, keeps warm for an hour, and is easy to clean.' }),
  );
  const before = await everything();
  expect(before).toMatchObject({
    '/v1/products/pot/reputation': { rating: { count: 2, distribution: { 2: 1, 5: 1 } } },
    '/v1/members/ann/reviewer': { reviews: { published: 2, rejected: 0 } },
  });
  expect(outcomesOf('ann-pot')).toEqual(['review.published.v1']);

  const path = '/v1/desk/reviews/ann-pot/decision';
  expect(await post(path, { verdict: 'reject', reason: 'fake_review' }, carl)).toMatchObject({ status: 200 });
  const rejected = await everything();
  expect(rejected).toMatchObject({
    '/v1/products/pot/reputation': { rating: { count: 1, mean: 2, distribution: { 2: 1, 5: 0 } } },
    '/v1/members/ann/reviewer': { reviews: { published: 1, rejected: 1 } },
  });
  const of = (answers: Record<string, unknown>, name: string) => answers[name] as Record<string, number>;
  expect(of(rejected, '/v1/members/ann/reviewer').credit).toBeLessThan(
    of(before, '/v1/members/ann/reviewer').credit ?? 0,
  );
  expect(weightOf(rejected, 'cup')[0]).toBeLessThan(weightOf(before, 'cup')[0] as number);
  expect(weightOf(rejected, 'pot')).toEqual([]);
  // The members' other reviews weigh less, too: the rating of what they are about moves.
  expect(of(rejected, '/v1/products/cup/reputation')).not.toEqual(of(before, '/v1/products/cup/reputation'));
  for (const name of ['/v1/brands/hearth/reputation', '/v1/suppliers/sup-1/reputation']) {
    expect(of(rejected, name).score, name).toBeLessThan(of(before, name).score ?? 0);
  }
  expect((rejected.points as { available: number }).available).toBe(
    (before.points as { available: number }).available - 5,
  );
  expect(outcomesOf('ann-pot')).toEqual(['review.published.v1', 'review.rejected.v1']);

  // Who is not the author cannot appeal, nor learn that there is something to appeal.
  expect((await post('/v1/members/ann/reviews/ann-pot/appeal', {}, bob)).status).toBe(403);
  expect((await post('/v1/members/bob/reviews/ann-pot/appeal', {}, bob)).status).toBe(404);
  const appeal = await post('/v1/members/ann/reviews/ann-pot/appeal', { reason: 'I bought it.' }, ann);
  expect(appeal).toMatchObject({ status: 200, body: { state: 'rejected', appealed: true } });
  expect(await post('/v1/members/ann/reviews/ann-pot/appeal', {}, ann)).toMatchObject({ status: 200 });
  const lifted = { verdict: 'publish', reason: 'genuine' };
  expect(await post(path, lifted, carl)).toMatchObject({ status: 409, body: { code: 'same_person' } });
  expect(await everything()).toEqual(rejected);

  expect(await post(path, lifted, dora)).toMatchObject({ status: 200 });
  expect(await everything()).toEqual(before);
  expect(outcomesOf('ann-pot')).toEqual(['review.published.v1', 'review.rejected.v1', 'review.published.v1']);
  expect((await shop.get('/v1/desk/reviews/ann-pot', dora)).body).toMatchObject({
    state: 'published',
    by: 'desk',
    history: [
      { kind: 'submitted' },
      { kind: 'decided', verdict: 'reject', by: 'carl', reason: 'fake_review' },
      { kind: 'appealed', reason: 'I bought it.' },
      { kind: 'decided', verdict: 'publish', by: 'dora', reason: 'genuine' },
    ],
  });
}, 60_000);

test('a review of what nobody has heard of waits, and is taken up once the product is told of', async () => {
  await tell(review('bob', 'vase', '2026-01-15T00:00:00Z', { ratings: { product: 4 } }));
  expect((await shop.get('/v1/desk/reviews/bob-vase', carl)).body).toMatchObject({
    state: 'waiting',
    reasons: [{ code: 'unknown_product' }],
  });
  expect((await shop.get('/v1/products/vase/reputation')).status).toBe(404);
  await tell(
    said('product.upserted', 'vase', '2026-01-16T00:00:00Z', {
      productId: 'vase',
      name: 'Vase',
      categories: ['Home'],
      brandId: 'kiln',
    }),
  );
  expect((await shop.get('/v1/products/vase/reputation')).body).toMatchObject({ rating: { count: 1, mean: 4 } });
  expect((await shop.get('/v1/brands/kiln/reputation')).status).toBe(200);
}, 60_000);

test('a review before delivery is not verified, and stays so', async () => {
  const line = { lineId: '1', productId: 'rug', quantity: 1, unitPrice: 1_000 };
  await tell(
    said('order.placed', 'eve', '2026-01-10T00:00:00Z', {
      orderId: 'ord-eve',
      memberId: 'eve',
      currency: 'EUR',
      lines: [line],
    }),
    review('eve', 'rug', '2026-01-12T00:00:00Z', { orderId: 'ord-eve' }),
  );
  const seen = async () => (await shop.get('/v1/desk/reviews/eve-rug', carl)).body;
  expect(await seen()).toMatchObject({ verifiedPurchase: false, purchase: 'before_delivery' });
  await tell(said('order.completed', 'eve', '2026-01-14T00:00:00Z', { orderId: 'ord-eve', memberId: 'eve' }));
  expect(await seen()).toMatchObject({ verifiedPurchase: false, purchase: 'before_delivery' });
  // Written again afterwards, it is.
  await tell(review('eve', 'rug', '2026-01-15T00:00:00Z', { orderId: 'ord-eve' }));
  expect(await seen()).toMatchObject({ verifiedPurchase: true, purchase: 'verified', state: 'published' });
}, 60_000);

test('what is said is answered as data, under the name that the author has given or none', async () => {
  const markup = '<script>alert("x")</script> 很好 👍🏽 très bien';
  await tell(
    review('ann', 'rug', '2026-01-25T00:00:00Z', { title: '<b>Good</b>', text: markup }),
    review('bob', 'rug', '2026-01-26T00:00:00Z', { anonymous: true, ratings: { product: 3 } }),
  );
  const { items } = (await shop.get('/v1/products/rug/reviews?sort=newest')).body as unknown as {
    items: Record<string, unknown>[];
  };
  expect(items.map(({ author, title, text }) => ({ author, title, text }))).toEqual([
    { author: 'anonymous', title: undefined, text: undefined },
    { author: 'Ann', title: '<b>Good</b>', text: markup },
    { author: 'eve', title: undefined, text: undefined },
  ]);
}, 60_000);

test('votes help, the latest of each reader, and not those of the author, of staff, or of the same reader twice', async () => {
  const vote = (voterId: string, time: string, helpful: boolean, reviewId = 'ann-cup') =>
    said('review.voted', `${voterId}-${reviewId}-${time}`, time, { reviewId, voterId, helpful });
  const staff = (memberId: string) =>
    said('member.registered', memberId, '2026-01-01T00:00:00Z', { memberId, staffOf: 'hearth' });
  await tell(staff('sam'), staff('sue'));
  const votes = async (reviewId = 'ann-cup', productId = 'cup') =>
    (
      (await shop.get(`/v1/products/${productId}/reviews?sort=helpful`)).body as unknown as {
        items: { reviewId: string; votes: object }[];
      }
    ).items.find((it) => it.reviewId === reviewId)?.votes;
  await tell(
    vote('v1', '2026-01-21T00:00:00Z', true),
    vote('v2', '2026-01-21T00:00:00Z', true),
    vote('v2', '2026-01-22T00:00:00Z', false),
    vote('v3', '2026-01-22T00:00:00Z', true),
    vote('v3', '2026-01-21T00:00:00Z', false),
  );
  expect(await votes()).toEqual({ helpful: 2, unhelpful: 1 });
  await tell(
    vote('v1', '2026-01-21T00:00:00Z', true),
    vote('ann', '2026-01-21T00:00:00Z', true),
    vote('sam', '2026-01-21T00:00:00Z', true),
  );
  expect(await votes()).toEqual({ helpful: 2, unhelpful: 1 });
  const refused = runtime.deadLetters().map(({ body }) => (body as { data: { voterId: string } }).data.voterId);
  expect(refused.sort()).toEqual(['ann', 'sam']);

  // Votes that come before the review are counted once it is known, but for those that may not be.
  await tell(
    vote('cat', '2026-01-28T00:00:00Z', true, 'cat-rug'),
    vote('sue', '2026-01-28T00:00:00Z', true, 'cat-rug'),
    vote('bob', '2026-01-28T00:00:00Z', true, 'cat-rug'),
    review('cat', 'rug', '2026-01-27T00:00:00Z'),
  );
  expect(await votes('cat-rug', 'rug')).toEqual({ helpful: 1, unhelpful: 0 });
}, 60_000);
