import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, contentHash } from '../../../shared/domain/intake/content-hash.ts';

const event = { type: 'order.placed.v1', time: '2026-01-05T10:00:00Z', data: { orderId: 'o1', lines: [{ a: 1 }] } };

describe('the content hash', () => {
  it.each([
    ['another source, subject and extension', { ...event, source: '/pos/4', subject: 'x', traceparent: '00-1' }],
    ['the same instant with another offset', { ...event, time: '2026-01-05T11:00:00+01:00' }],
    ['fields in another order', { ...event, data: { lines: [{ a: 1 }], orderId: 'o1' } }],
  ])('is the same for %s', (_, other) => {
    expect(contentHash(other)).toBe(contentHash(event));
  });

  it.each([
    ['type', { ...event, type: 'order.completed.v1' }],
    ['time', { ...event, time: '2026-01-05T10:00:01Z' }],
    ['value', { ...event, data: { orderId: 'o1', lines: [{ a: 2 }] } }],
    ['unknown field', { ...event, data: { ...event.data, gift: true } }],
    ['order of a list', { ...event, data: { orderId: 'o1', lines: [{ a: 1 }, {}] } }],
  ])('is another for another %s', (_, other) => {
    expect(contentHash(other)).not.toBe(contentHash(event));
  });

  it('stays what it is: every claim ever stored was made with it', () => {
    expect(contentHash(event)).toBe('2LQX45PkPvBfGw9TMGm90BaUOHWxG3x9iFhObRMyzVo');
  });
});

describe('canonical JSON', () => {
  it('reads back as the value, whatever the value', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      }),
    ));

  it('is one text for one value, whatever the order of its fields', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    ));
});
