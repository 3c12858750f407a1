import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../infra/attacks/chance.ts';
import { hardened } from '../../infra/attacks/hardening.ts';
import { quietShop } from './quiet-shop.ts';

describe('the real reviews in a shop that is harder to watch over', () => {
  const real = quietShop(50);
  const harder = hardened(real, chanceOf(3));

  it('are the same reviews of the same products with the same stars, in order of time', () => {
    const what = (reviews: typeof real) =>
      reviews.map(({ reviewId, productId, stars }) => `${reviewId} ${productId} ${stars}`);
    expect(what(harder).sort()).toEqual(what(real).sort());
    expect(harder.map(({ atMs }) => atMs)).toEqual(harder.map(({ atMs }) => atMs).sort((a, b) => a - b));
    expect(hardened(real, chanceOf(3))).toEqual(harder);
  });

  it('come without their order, a quarter of them', () => {
    const unlinked = harder.filter(({ verified }) => !verified).length / harder.length;
    expect(unlinked).toBeGreaterThan(0.2);
    expect(unlinked).toBeLessThan(0.3);
  });

  it('are by regulars and late starters, some', () => {
    const byMember = Map.groupBy(harder, ({ memberId }) => memberId.split('-', 1)[0] ?? '');
    expect(byMember.get('regular')?.length).toBeGreaterThan(real.length * 0.04);
    expect(byMember.get('late')?.length).toBe(real.length * 0.02);
  });
});
