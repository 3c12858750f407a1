import { describe, expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { SampleReviews } from './sample-reviews.ts';

function events(seed: number) {
  const sample = new SampleReviews(seed);
  const about = { productId: 'pot', orderId: 'ord-1' };
  return [
    sample.product('pot', { brandId: 'hearth', supplierId: 'sup-1' }, 0),
    sample.registered('mem-1', 1),
    ...Array.from({ length: 50 }, (_, day) => sample.review({ memberId: `mem-${day}`, ...about, day })),
    sample.complaint('mem-1', about, 5),
    sample.answered('cmp-1', 6),
    sample.decided('cmp-1', 7),
    sample.rated('cmp-1', 8),
  ];
}

describe('sample reviews', () => {
  test('are events that the shop takes', () => {
    for (const event of events(1)) expect(findEvent(event.type)?.parse(event)).toMatchObject({ ok: true });
  });

  test('are the same in every run, under ids of their own', () => {
    expect(events(1)).toEqual(events(1));
    expect(new Set(events(1).map(({ id }) => id)).size).toBe(events(1).length);
    expect(events(1).map(({ id }) => id)).not.toContain(events(2)[0]?.id);
  });

  test('say something else each time', () => {
    const texts = events(1).flatMap(({ data }) => (typeof data.text === 'string' ? data.text : []));
    expect(new Set(texts).size).toBe(texts.length);
  });
});
