import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../infra/attacks/chance.ts';
import { edited, textSource } from '../../infra/attacks/fake-texts.ts';
import { fingerprintOf, similarity } from '../../shared/domain/moderation/fingerprint.ts';
import { quietShop } from './quiet-shop.ts';

const real = quietShop(50);
const TEXT = real.find(({ text }) => text.length > 100)?.text ?? '';

describe('false texts', () => {
  it('are edited a little: another text, of which most is left', () => {
    const chance = chanceOf(5);
    const likeness = Array.from({ length: 100 }, () => {
      const other = edited(TEXT, chance);
      return similarity(fingerprintOf(TEXT) ?? '', fingerprintOf(other) ?? '');
    });
    expect(likeness.filter((it) => it === 1).length).toBeLessThan(60);
    expect(likeness.filter((it) => it >= 0.5).length).toBeGreaterThan(85);
  });

  it('can be edited however short they are', () => {
    const chance = chanceOf(5);
    for (const text of ['', 'a', 'ok', 'muito bom']) {
      for (let round = 0; round < 50; round += 1) expect(typeof edited(text, chance)).toBe('string');
    }
  });

  it('copy nothing that is not there yet', () => {
    const middle = real[Math.floor(real.length / 2)]?.atMs ?? 0;
    const texts = textSource(real, chanceOf(5));
    const later = new Set(real.filter(({ atMs }) => atMs >= middle).map(({ text }) => fingerprintOf(text)));
    for (let round = 0; round < 200; round += 1) {
      expect(later.has(fingerprintOf(texts.copied({ stars: 5, beforeMs: middle })) ?? '')).toBe(false);
    }
  });

  it('suit their stars, and are new where they are composed', () => {
    const texts = textSource(real, chanceOf(5));
    expect(texts.short({ stars: 1, beforeMs: 0 })).not.toBe('');
    const composed = texts.composed({ stars: 5, beforeMs: Number.POSITIVE_INFINITY });
    expect(composed.length).toBeGreaterThan(40);
  });
});
