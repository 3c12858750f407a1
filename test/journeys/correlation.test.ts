import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { MEDIA_TYPE_EVENT } from '../../events/envelope.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { type Happening, toEvent } from '../support/order-histories.ts';
import { completed, placed } from '../support/shop-story.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

type Told = { id: string; type: string; correlationid?: string; causationid?: string; data: Record<string, unknown> };
type Line = Record<'level' | 'message' | 'function' | 'eventId' | 'correlationId' | 'causationId', string | undefined>;

let runtime: Runtime;
let shop: Storefront;
let told: Told[] = [];
let lines: Line[] = [];

beforeAll(async () => {
  vi.stubEnv('FOLLOW_ONE_IN', '1');
  vi.stubEnv('LOG_LEVEL', 'info');
  runtime = await createRuntime({
    virtualClock: true,
    onEvent: ({ detail }) => void told.push(detail as Told),
    onLog: ({ line }) => void lines.push(line as Line),
  });
  shop = await openStorefront(runtime);
});
afterAll(async () => {
  await runtime?.stop();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  told = [];
  lines = [];
});

const said = (type: string, id: string, time: string, data: Record<string, unknown>): Happening => ({
  type: `${type}.v1`,
  id,
  time,
  data,
});

async function send(happening: Happening, trace: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ ...toEvent(happening), ...trace });
  const reply = await shop.post(body, { 'content-type': MEDIA_TYPE_EVENT, ...headers });
  expect(reply).toMatchObject({ status: 202, body: { rejected: [] } });
  await runtime.settle();
}

const ofType = (type: string): Told => {
  const found = told.find((it) => it.type === `${type}.v1`);
  if (found === undefined) throw new Error(`${type} was not told`);
  return found;
};
const functionsThatSaid = (correlationId: string) =>
  new Set(
    lines.filter((it) => it.correlationId === correlationId).map((it) => it.function?.replace('rapport-dev-', '')),
  );

describe('an order', () => {
  test('begins a trace by itself, which everything that follows from it carries', async () => {
    await send(placed('2026-01-05T10:00:00Z', { orderId: 'first', memberId: 'ann', total: 200_000 }));
    await send(completed('2026-01-06T10:00:00Z', { orderId: 'first', memberId: 'ann' }));
    expect(ofType('order.placed')).not.toHaveProperty('correlationid');
    expect(ofType('points.earned')).toMatchObject({ causationid: 'first:placed', correlationid: 'first:placed' });
    expect(ofType('tier.changed')).toMatchObject({ causationid: 'first:completed', correlationid: 'first:completed' });
    expect(functionsThatSaid('first:placed')).toEqual(
      new Set([undefined, 'loyalty-order-placed', 'recommend-order-placed', 'loyalty-publisher']),
    );
  });

  test('belongs to the request that it came with, where that has an id', async () => {
    await send(
      placed('2026-01-07T10:00:00Z', { orderId: 'second', memberId: 'ann' }),
      {},
      { 'x-correlation-id': 'visit-7' },
    );
    expect(ofType('order.placed')).toMatchObject({ id: 'second:placed', correlationid: 'visit-7' });
    expect(ofType('points.earned')).toMatchObject({ causationid: 'second:placed', correlationid: 'visit-7' });
    expect(functionsThatSaid('visit-7').size).toBe(4);
    expect(lines.find(({ message }) => message === 'published')).toMatchObject({
      eventId: ofType('points.earned').id,
      causationId: 'second:placed',
      correlationId: 'visit-7',
    });
  });

  test('keeps the trace that it has been given before', async () => {
    const given = { correlationid: 'basket-3', causationid: 'click-9' };
    await send(placed('2026-01-08T10:00:00Z', { orderId: 'third' }), given, { 'x-correlation-id': 'visit-8' });
    expect(ofType('order.placed')).toMatchObject(given);
    expect(ofType('points.earned')).toMatchObject({ causationid: 'third:placed', correlationid: 'basket-3' });
    expect(functionsThatSaid('visit-8').size).toBe(0);
    expect(lines.find(({ message }) => message === 'taken_in')).toMatchObject({ causationId: 'click-9' });
  });

  test('that comes again is the same, whatever it is said to belong to', async () => {
    const order = placed('2026-01-09T10:00:00Z', { orderId: 'fourth', memberId: 'ann' });
    await send(order, {}, { 'x-correlation-id': 'once' });
    await send(order, {}, { 'x-correlation-id': 'twice' });
    expect(told.filter(({ type }) => type === 'points.earned.v1')).toHaveLength(1);
    expect(ofType('points.earned').correlationid).toBe('once');
  });

  test('with a trace that is no id has none, and nobody reads what it says', async () => {
    await send(placed('2026-01-10T10:00:00Z', { orderId: 'fifth' }), { correlationid: 'Ann Smith, 7 High Street' });
    expect(ofType('points.earned').correlationid).toBe('fifth:placed');
    expect(JSON.stringify([lines, told])).not.toContain('High Street');
  });
});

describe('a review', () => {
  test('is followed over what we tell ourselves, to the points and on', async () => {
    await send(
      said('product.upserted', 'pot-1', '2026-01-11T00:00:00Z', {
        productId: 'pot',
        name: 'Pot',
        categories: ['Home'],
        brandId: 'hearth',
      }),
    );
    const data = { reviewId: 'rev-1', memberId: 'ann', productId: 'pot', ratings: { product: 5 } };
    const words = { text: 'Pours well, keeps warm for an hour, and is easy to clean.' };
    await send(said('review.submitted', 'rev-1:submitted', '2026-01-12T00:00:00Z', { ...data, ...words }), {
      correlationid: 'visit-9',
    });
    const published = ofType('review.published');
    expect(published).toMatchObject({ causationid: 'rev-1:submitted', correlationid: 'visit-9' });
    // The points follow from the review's being published, and so from the visit.
    const earned = ofType('points.earned');
    expect(earned).toMatchObject({ causationid: published.id, correlationid: 'visit-9' });
    expect([...functionsThatSaid('visit-9')].sort()).toEqual([
      'loyalty-publisher',
      'loyalty-review-published',
      'reputation-publisher',
      'review-submitted',
      undefined,
    ]);
  });

  test('that the desk decides on: what changes says which decision it follows from', async () => {
    const desk = await runtime.token({ scope: 'desk', member: 'carl' });
    runtime.clock.advanceTo(Date.parse('2026-01-20T00:00:00Z'));
    const answer = await fetch(`${runtime.url}/v1/desk/reviews/rev-1/decision`, {
      method: 'POST',
      headers: { authorization: `Bearer ${desk}`, 'content-type': 'application/json' },
      body: JSON.stringify({ verdict: 'reject', reason: 'fake_review' }),
    });
    expect(answer.status).toBe(200);
    await runtime.settle();
    const rejected = ofType('review.rejected');
    expect(rejected.causationid).toBe((rejected.data.cause as { eventId: string }).eventId);
    expect(rejected.correlationid).toBe(rejected.causationid);
    // Whatever was told since goes back to the one decision, but for what the passing days have brought.
    const followed = told.filter(({ type }) => type !== 'points.available.v1');
    expect(new Set(followed.map(({ correlationid }) => correlationid))).toEqual(new Set([rejected.correlationid]));
    for (const type of ['points.reversed.v1', 'reputation.changed.v1'])
      expect(followed.map((it) => it.type)).toContain(type);
  });
});

test('no line names a member, and no event id does', () => {
  const texts = [...lines.map((it) => JSON.stringify(it)), ...told.map(({ id }) => id)];
  expect(texts.filter((text) => /\bann\b/i.test(text))).toEqual([]);
});
