import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { productUpserted } from '../../../events/catalog/product-upserted.v1.ts';
import { catalogue } from '../../../events/catalogue.ts';
import { memberRegistered } from '../../../events/member/member-registered.v1.ts';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { checkEvent } from '../../../shared/domain/intake/check-event.ts';
import { ownerOf, putTogether, takeApart } from '../../../shared/domain/privacy/event-parts.ts';

type Fields = Record<string, unknown>;

function partsOf(definition: (typeof catalogue)[number], input: Fields) {
  const check = checkEvent(input, { findEvent: () => definition, knowsCurrency: () => true });
  if (!check.ok) throw new Error(check.refusal.detail);
  return takeApart(definition, input, check.checked.event.data);
}

const incoming = catalogue.filter(({ direction }) => direction === 'in');

describe('an event is taken apart', () => {
  it.each(incoming.map((it) => [it.type, it] as const))('and put together again: %s', (_, definition) => {
    const { data } = definition.sample as { data: Fields };
    const input = { ...definition.sample, data: { ...data, note: { deep: ['x'] } } };
    const parts = partsOf(definition, input);
    expect(putTogether(parts.open, parts.data).data).toEqual(input.data);
    for (const field of definition.personal) expect(parts.open.data).not.toHaveProperty(field);
    if (parts.owner !== undefined) expect(parts.open.data).not.toHaveProperty('note');
  });

  it('into what is personal and what nobody knows, at every level, and the rest', () => {
    const { data } = orderPlaced.sample as { data: Fields & { lines: Fields[] } };
    const lines = data.lines.map((line, at) => (at === 1 ? { ...line, engraving: 'For Ann' } : line));
    const input = {
      ...orderPlaced.sample,
      data: { ...data, lines, email: 'ann@shop.example' },
      tag: 'Ann',
      traceparent: '00-1',
    };
    const parts = partsOf(orderPlaced, input);
    expect(parts.owner).toBe('MEMBER#mem-1');
    expect(parts.data).toEqual({ email: 'ann@shop.example', lines: { 1: { engraving: 'For Ann' } } });
    expect(parts.extensions).toEqual({ tag: 'Ann' });
    expect(parts.open).toMatchObject({ traceparent: '00-1', subject: 'ord-1', source: '/storefront/web' });
    expect(JSON.stringify(parts.open)).not.toMatch(/Ann|ann@/);
  });

  it('with a subject and a source that may name somebody among the sealed', () => {
    const parts = partsOf(memberRegistered, {
      ...memberRegistered.sample,
      subject: 'Ann Lee',
      source: 'mailto:ann@shop.example',
    });
    expect(parts.extensions).toEqual({ subject: 'Ann Lee', source: 'mailto:ann@shop.example' });
    expect(parts.open).not.toHaveProperty('subject');
    expect(parts.open.source).toBe('urn:rapport:sealed');
  });

  it('not at all where it is nobody, and never with a seal that the sender made', () => {
    const input = { ...productUpserted.sample, data: { ...(productUpserted.sample.data as Fields), shelf: 'A7' } };
    const parts = partsOf(productUpserted, { ...input, rapportseal: 'v1.x' });
    expect(parts).toEqual({ open: input });
    const order = partsOf(orderPlaced, { ...orderPlaced.sample, rapportseal: 'v1.x', rapportsealext: 'v1.y' });
    expect(order).toEqual({ open: orderPlaced.sample, owner: 'MEMBER#mem-1' });
  });

  it('and together again whatever stands in it', () => {
    const fields = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'lines', 'memberId2')),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(fields, (more) => {
        const base = orderPlaced.sample.data as Fields;
        const data = Object.fromEntries([
          ...Object.entries(more).filter(([name]) => !(name in base)),
          ...Object.entries(base),
        ]);
        const input = JSON.parse(JSON.stringify({ ...orderPlaced.sample, data })) as Fields;
        const parts = partsOf(orderPlaced, input);
        expect(JSON.parse(JSON.stringify(putTogether(parts.open, parts.data).data))).toEqual(input.data);
        expect(parts.open.data).toEqual(base);
      }),
      { numRuns: 300 },
    );
  });
});

it.each([
  [{ memberId: 'm', orderId: 'o', anonymousId: 'a' }, 'MEMBER#m'],
  [{ complaintId: 'c', orderId: 'o' }, 'COMPLAINT#c'],
  [{ reviewId: 'r' }, 'REVIEW#r'],
  [{ orderId: 'o', anonymousId: 'a' }, 'ORDER#o'],
  [{ anonymousId: 'a' }, 'VISITOR#a'],
  [{ productId: 'p' }, undefined],
])('%j is sealed for %s', (data, owner) => {
  expect(ownerOf(data)).toBe(owner);
});
