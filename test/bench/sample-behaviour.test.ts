import { describe, expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { SampleBehaviour } from './sample-behaviour.ts';
import { sampleProduct } from './sample-shop.ts';

function events(seed: number) {
  const sample = new SampleBehaviour(seed);
  const who = { memberId: 'mem-1' };
  const atMs = Date.parse('2026-10-01T00:00:00Z');
  const shown = sample.shown(['sku-1', 'sku-2'], { anonymousId: 'anon-1' }, atMs);
  return [
    sample.upserted(sampleProduct(1, 100)),
    ...(['viewed', 'carted', 'favourited'] as const).map((it) => sample.meets(it, 'sku-1', who, atMs)),
    shown,
    sample.clicked(shown, 'sku-2', { anonymousId: 'anon-1' }, atMs),
  ];
}

describe('sample behaviour', () => {
  test('is events that the shop takes', () => {
    for (const event of events(1)) expect(findEvent(event.type)?.parse(event)).toMatchObject({ ok: true });
  });

  test('is the same in every run, under ids of its own', () => {
    expect(events(1)).toEqual(events(1));
    expect(new Set(events(1).map(({ id }) => id)).size).toBe(events(1).length);
    expect(events(1).map(({ id }) => id)).not.toContain(events(2)[0]?.id);
  });
});
