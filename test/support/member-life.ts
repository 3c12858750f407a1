import { expect } from 'vitest';
import type { Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from './order-histories.ts';

export const LIFE_NAME = 'Ann Example';
export const LIFE_BIRTHDAY = '1990-02-28';
/** What is written in the course of a life, each time by somebody else or about something else. */
export const LIFE_WORDS = {
  title: 'Lovely pourer',
  review: 'It pours without a drop, well made and solid.',
  complaint: 'The lid does not close on mine.',
  answer: 'A new lid is on its way to you.',
  adjustment: 'for the long wait',
} as const;

/** When all of it has happened. */
export const LIFE_IS_OVER = '2026-01-20T10:00:00Z';

const product: Happening = {
  type: 'product.upserted.v1',
  id: 'life-product',
  time: '2026-01-01T09:00:00Z',
  data: {
    productId: 'teapot',
    name: 'Teapot',
    brandId: 'hearth',
    categories: ['Home/Kitchen'],
    price: 62_999,
    currency: 'CNY',
  },
};

/**
 * What a member does who leaves something in every store; all ids end with the member's own. `apart`: about a product of its own, and in no
 * words that others use too, so that any number of lives are the same.
 */
export function lifeOf(memberId: string, { apart = false } = {}): Happening[] {
  const id = (name: string) => `${name}-${memberId}`;
  const anonymousId = id('anon');
  const productId = apart ? id('teapot') : 'teapot';
  const line = { lineId: '1', productId, quantity: 2, unitPrice: 62_999, brandId: 'hearth' };
  const order = { memberId, currency: 'CNY', lines: [line] };
  const happen = (type: string, time: string, data: Record<string, unknown>, name = type): Happening => ({
    type: `${type}.v1`,
    id: id(name),
    time: `2026-01-${time}Z`,
    data,
  });
  return [
    { ...product, id: apart ? id(product.id) : product.id, data: { ...product.data, productId } },
    happen('product.viewed', '02T09:00:00', { productId, anonymousId }),
    happen('order.placed', '02T09:30:00', { ...order, memberId: undefined, anonymousId, orderId: id('ord-0') }, 'o0'),
    happen('member.registered', '04T09:00:00', {
      memberId,
      displayName: LIFE_NAME,
      birthday: LIFE_BIRTHDAY,
      timeZone: 'Asia/Shanghai',
      consents: { personalisation: true, marketing: true },
    }),
    happen('member.identified', '04T09:01:00', { memberId, anonymousId }),
    happen('member.checked_in', '05T08:00:00', { memberId }),
    happen('order.placed', '05T10:00:00', { ...order, orderId: id('ord-1') }, 'o1'),
    happen('order.completed', '08T09:00:00', { orderId: id('ord-1') }, 'o1-done'),
    happen('order.placed', '09T10:00:00', { ...order, orderId: id('ord-2') }, 'o2'),
    happen('review.submitted', '10T10:00:00', {
      reviewId: id('rev'),
      memberId,
      productId,
      orderId: id('ord-1'),
      ratings: { product: 5, logistics: 3 },
      ...(!apart && { title: LIFE_WORDS.title, text: LIFE_WORDS.review }),
    }),
    happen(
      'review.submitted',
      '10T11:00:00',
      {
        reviewId: id('rev-of-other'),
        memberId: id('other'),
        productId,
        ratings: { product: 4 },
      },
      'r-other',
    ),
    happen('review.voted', '11T10:00:00', { reviewId: id('rev-of-other'), voterId: memberId, helpful: true }),
    happen('review.voted', '11T10:01:00', { reviewId: id('rev'), voterId: id('other'), helpful: true }, 'v-other'),
    happen('recommendation.shown', '11T11:00:00', { recommendationId: id('rec'), productIds: [productId], memberId }),
  ];
}

export type Asked = { status: number; body: Record<string, unknown> };

/** Asks a route with a token. */
export async function askWith(
  runtime: Runtime,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Asked> {
  const answer = await fetch(`${runtime.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Puts a coupon on offer, so that there is one to give. */
export async function offerCoupon(runtime: Runtime, coupon: Readonly<Record<string, unknown>>): Promise<void> {
  const admin = await runtime.token({ scope: 'admin' });
  const { body } = await askWith(runtime, admin, 'GET', '/v1/policy');
  const policy = body.policy as { version: string; coupons: unknown[] };
  const next = {
    ...body,
    policy: { ...policy, version: `${policy.version}-more`, coupons: [...policy.coupons, coupon] },
  };
  const put = await askWith(runtime, admin, 'PUT', '/v1/policy', next, { 'if-match': `"${body.version}"` });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
}

/** What a member asks for, and the desk does for them, beside what events tell; the coupon `life` has to be on offer. */
export async function commandsOf(runtime: Runtime, memberId: string): Promise<void> {
  const id = (name: string) => `${name}-${memberId}`;
  const desk = await runtime.token({ scope: 'desk members:write events:write members:read' });
  const own = `/v1/members/${memberId}`;
  const commands: [path: string, body: Record<string, unknown>][] = [
    [`${own}/coupons`, { couponId: id('c'), definition: 'life' }],
    [`${own}/redemptions`, { redemptionId: id('red'), points: 100 }],
    [`${own}/adjustments`, { adjustmentId: id('adj'), points: 7, reason: LIFE_WORDS.adjustment }],
    [
      '/v1/complaints',
      { complaintId: id('cmp'), memberId, productId: 'teapot', category: 'quality', text: LIFE_WORDS.complaint },
    ],
    [`/v1/complaints/${id('cmp')}/answers`, { text: LIFE_WORDS.answer }],
  ];
  for (const [path, body] of commands) {
    const answer = await askWith(runtime, desk, 'POST', path, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  }
}
