import { describe, expect, it } from 'vitest';
import { catalogue, findEvent } from '../../../events/catalogue.ts';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../../events/order/order-returned.v1.ts';
import { checkEvent, type IntakeRules } from '../../../shared/domain/intake/check-event.ts';
import { isDeeperThan } from '../../../shared/domain/intake/depth.ts';

const rules: IntakeRules = { findEvent, knowsCurrency: (code) => ['EUR', 'GBP'].includes(code) };

type Sample = { data: { lines: Record<string, unknown>[] } & Record<string, unknown> } & Record<string, unknown>;
const placed = () => structuredClone(orderPlaced.sample) as unknown as Sample;
const returned = () => structuredClone(orderReturned.sample) as unknown as Sample;
const changed = (sample: Sample, change: (event: Sample) => void): Sample => {
  change(sample);
  return sample;
};
const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};
const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ lineId: `${n}`, productId: 'p', quantity: 1, unitPrice: 1 }));

describe('an event that fits', () => {
  it.each(catalogue.filter((it) => it.direction === 'in').map((it) => [it.type, it] as const))(
    '%s',
    (_, definition) => {
      const check = checkEvent(definition.sample, rules);
      expect(check).toMatchObject({ ok: true, checked: { event: { id: definition.sample.id } } });
    },
  );

  it('goes on as it was sent, with every field that is not known here', () => {
    const sent = changed(placed(), (it) => {
      it.traceparent = '00-1';
      it.data.giftWrap = { colour: 'red' };
    });
    const check = checkEvent(sent, rules);
    if (!check.ok) throw new Error(check.refusal.detail);
    expect(check.checked.input).toEqual(sent);
    expect(check.checked.event.data).not.toHaveProperty('giftWrap');
  });

  it('may have 2,000 lines', () => {
    expect(
      checkEvent(
        changed(placed(), (it) => (it.data.lines = lines(2_000))),
        rules,
      ).ok,
    ).toBe(true);
  });
});

describe('an event that does not fit is refused', () => {
  const rows: [what: string, event: unknown, code: string, path: string, errorCode: string][] = [
    ['nested without end', changed(placed(), (it) => (it.data.x = nested(100_000))), 'invalid_event', '', 'too_deep'],
    [
      'too large',
      changed(placed(), (it) => (it.data.x = 'x'.repeat(250_000))),
      'event_too_large',
      '',
      'event_too_large',
    ],
    ['no object', 'order', 'invalid_event', '', 'invalid_type'],
    ['a list', [], 'invalid_event', '', 'invalid_type'],
    ['null', null, 'invalid_event', '', 'invalid_type'],
    ['no type', changed(placed(), (it) => delete it.type), 'invalid_event', 'type', 'required'],
    ['a type that is no text', changed(placed(), (it) => (it.type = 7)), 'invalid_event', 'type', 'invalid_type'],
    [
      'a type that is not there',
      changed(placed(), (it) => (it.type = 'order.lost.v1')),
      'unknown_type',
      'type',
      'unknown_type',
    ],
    [
      'a type of ours',
      changed(placed(), (it) => (it.type = 'points.earned.v1')),
      'unknown_type',
      'type',
      'unknown_type',
    ],
    [
      'a type like a property',
      changed(placed(), (it) => (it.type = '__proto__')),
      'unknown_type',
      'type',
      'unknown_type',
    ],
    [
      'another specversion',
      changed(placed(), (it) => (it.specversion = '0.3')),
      'invalid_event',
      'specversion',
      'invalid_value',
    ],
    ['no id', changed(placed(), (it) => delete it.id), 'invalid_event', 'id', 'required'],
    [
      'an e-mail address as id',
      changed(placed(), (it) => (it.id = 'ada@example.org')),
      'invalid_event',
      'id',
      'invalid_format',
    ],
    [
      'an id without end',
      changed(placed(), (it) => (it.id = 'x'.repeat(129))),
      'invalid_event',
      'id',
      'invalid_format',
    ],
    [
      'a day that is none',
      changed(placed(), (it) => (it.time = '2026-02-30T10:00:00Z')),
      'invalid_event',
      'time',
      'invalid_format',
    ],
    [
      'a time without offset',
      changed(placed(), (it) => (it.time = '2026-01-05T10:00:00')),
      'invalid_event',
      'time',
      'invalid_format',
    ],
    [
      'data that is no JSON type',
      changed(placed(), (it) => (it.datacontenttype = 'text/xml')),
      'invalid_event',
      'datacontenttype',
      'invalid_format',
    ],
    [
      'no data',
      changed(placed(), (it) => delete (it as Record<string, unknown>).data),
      'invalid_event',
      'data',
      'required',
    ],
    ['a missing field', changed(placed(), (it) => delete it.data.orderId), 'invalid_event', 'data.orderId', 'required'],
    [
      'negative money',
      changed(placed(), (it) => (it.data.lines[0]!.unitPrice = -1)),
      'invalid_event',
      'data.lines[0].unitPrice',
      'too_small',
    ],
    [
      'fractional money',
      changed(placed(), (it) => (it.data.lines[1]!.unitPrice = 12.99)),
      'invalid_event',
      'data.lines[1].unitPrice',
      'invalid_type',
    ],
    [
      'money as text',
      changed(placed(), (it) => (it.data.shipping = '390')),
      'invalid_event',
      'data.shipping',
      'invalid_type',
    ],
    [
      'quantity 0',
      changed(placed(), (it) => (it.data.lines[0]!.quantity = 0)),
      'invalid_event',
      'data.lines[0].quantity',
      'too_small',
    ],
    [
      'a return of quantity 0',
      changed(returned(), (it) => (it.data.lines[0]!.quantity = 0)),
      'invalid_event',
      'data.lines[0].quantity',
      'too_small',
    ],
    [
      'a discount above the price',
      changed(placed(), (it) => (it.data.lines[0]!.discount = 9_999)),
      'invalid_event',
      'data.lines[0].discount',
      'invalid_value',
    ],
    ['no lines', changed(placed(), (it) => (it.data.lines = [])), 'invalid_event', 'data.lines', 'too_small'],
    [
      '2,001 lines',
      changed(placed(), (it) => (it.data.lines = lines(2_001))),
      'invalid_event',
      'data.lines',
      'too_big',
    ],
    [
      '10,000 lines',
      changed(placed(), (it) => (it.data.lines = lines(10_000))),
      'event_too_large',
      '',
      'event_too_large',
    ],
    [
      'two lines of one id',
      changed(placed(), (it) => (it.data.lines[1]!.lineId = '1')),
      'invalid_event',
      'data.lines',
      'invalid_value',
    ],
    [
      'no currency code',
      changed(placed(), (it) => (it.data.currency = 'eur')),
      'invalid_event',
      'data.currency',
      'invalid_format',
    ],
    [
      'a currency the policy does not know',
      changed(placed(), (it) => (it.data.currency = 'XAU')),
      'unknown_currency',
      'data.currency',
      'unknown_currency',
    ],
  ];
  it.each(rows)('%s', (_, event, code, path, errorCode) => {
    const check = checkEvent(event, rules);
    if (check.ok) throw new Error('It was let through');
    expect(check.refusal.code).toBe(code);
    expect(check.refusal.errors).toContainEqual({ path, code: errorCode, message: expect.stringMatching(/\w/) });
  });

  it('says at most 50 things about one event', () => {
    const event = changed(placed(), (it) => (it.data.lines = lines(200).map((line) => ({ ...line, quantity: 0 }))));
    const check = checkEvent(event, rules);
    expect(check.ok ? 0 : check.refusal.errors.length).toBe(50);
  });
});

describe('depth', () => {
  it.each([
    [0, 1, false],
    [1, 1, false],
    [2, 1, true],
    [500_000, 32, true],
  ])('%i levels against a limit of %i: %s', (levels, limit, deeper) => {
    expect(isDeeperThan(nested(levels), limit)).toBe(deeper);
  });
});
