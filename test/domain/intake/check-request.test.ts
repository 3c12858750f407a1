import { describe, expect, it } from 'vitest';
import { findEvent } from '../../../events/catalogue.ts';
import { orderCompleted } from '../../../events/order/order-completed.v1.ts';
import { checkRequest, errorsOf } from '../../../shared/domain/intake/check-request.ts';

const rules = { findEvent, knowsCurrency: () => true };
const good = orderCompleted.sample;
const bad = { ...good, data: {} };

describe('a request', () => {
  it.each([
    ['a batch that is no list', good, 'batch', 'invalid_events'],
    ['an empty batch', [], 'batch', 'invalid_events'],
    ['101 events', Array.from({ length: 101 }, () => good), 'batch', 'too_many_events'],
  ] as const)('is refused as a whole: %s', (_, input, form, code) => {
    expect(checkRequest(input, form, rules)).toMatchObject({ kind: 'refused', code });
  });

  it('of 100 events is checked event by event, each at its place', () => {
    const events = Array.from({ length: 100 }, (_, n) => ({ ...(n % 2 === 0 ? good : bad), id: `e${n}` }));
    const check = checkRequest(events, 'batch', rules);
    if (check.kind === 'refused') throw new Error(check.detail);
    expect(check.fit.map((it) => it.index)).toEqual(Array.from({ length: 50 }, (_, n) => 2 * n));
    expect(check.refused.map((it) => [it.index, it.id])).toEqual(
      Array.from({ length: 50 }, (_, n) => [2 * n + 1, `e${2 * n + 1}`]),
    );
  });

  it('of one event is that event, and a list is none', () => {
    expect(checkRequest(good, 'one', rules)).toMatchObject({ kind: 'checked', fit: [{ index: 0 }], refused: [] });
    expect(checkRequest([good], 'one', rules)).toMatchObject({ kind: 'checked', fit: [], refused: [{ index: 0 }] });
  });

  it('names an id only where it is one', () => {
    const check = checkRequest([{ id: 7 }, { id: 'x'.repeat(257) }, { id: 'a@b' }, 5, { id: 'e-9' }], 'batch', rules);
    expect(check.kind === 'checked' && check.refused.map((it) => it.id)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'e-9',
    ]);
  });
});

it('errors have paths from the root of the request', () => {
  const check = checkRequest([good, bad, 5], 'batch', rules);
  if (check.kind === 'refused') throw new Error(check.detail);
  expect(errorsOf(check.refused, 'batch', 50).map((it) => it.path)).toEqual(['events[1].data.orderId', 'events[2]']);
  expect(errorsOf(check.refused, 'one', 50).map((it) => it.path)).toEqual(['data.orderId', '']);
  expect(errorsOf(check.refused, 'batch', 1)).toHaveLength(1);
});
