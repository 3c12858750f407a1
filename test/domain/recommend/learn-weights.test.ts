import { describe, expect, it } from 'vitest';
import { featureNames, type WeightsByContext } from '../../../shared/domain/recommend/features.ts';
import { learnWeights, type WeightExample } from '../../../shared/domain/recommend/learn-weights.ts';
import { seeded } from '../../../shared/domain/text/seeded.ts';

const prior: WeightsByContext = {
  home: { session: 1, content: 1 },
  product: { session: 1 },
  cart: { session: 1 },
};
const at = (name: (typeof featureNames)[number]): number => featureNames.indexOf(name);

/** Candidates of chance, of which the hit is that with the best planted score; `noise` is how much chance has a say in it. */
function planted(count: number, weights: Partial<Record<(typeof featureNames)[number], number>>, noise = 0.3) {
  const random = seeded(11);
  return Array.from({ length: count }, (): WeightExample => {
    const scored = Array.from({ length: 20 }, () => {
      const values = new Float64Array(featureNames.length);
      for (const name of ['session', 'content', 'trending'] as const) values[at(name)] = random();
      const score = Object.entries(weights).reduce(
        (sum, [name, weight]) => sum + weight * (values[at(name as 'session')] ?? 0),
        noise * random(),
      );
      return { values, score };
    });
    const best = Math.max(...scored.map(({ score }) => score));
    return { context: 'home', candidates: scored.map(({ values, score }) => ({ values, hit: score === best })) };
  });
}

describe('weights that are learnt', () => {
  it('find what speaks for what came next, and keep the scale of the prior', () => {
    const { weights, evidence } = learnWeights(planted(1_000, { content: 1, trending: 0.5 }), prior, 1);
    const { session = 0, content = 0, trending = 0 } = weights.home;
    expect(content).toBe(1);
    expect(trending).toBeGreaterThan(0.3);
    expect(trending).toBeLessThan(0.7);
    expect(session).toBeLessThan(0.15);
    expect(evidence.home?.learnt).toBeGreaterThan(evidence.home?.prior ?? 1);
    expect(evidence.home?.kept).toBe(false);
    expect(weights.product).toEqual(prior.product);
  });

  it('leave out what speaks against a product instead of giving it a negative weight', () => {
    const { weights } = learnWeights(planted(1_000, { content: 1, session: -0.5 }), prior, 1);
    expect(weights.home.session).toBeUndefined();
    expect(weights.home.content).toBe(1);
  });

  it('are the prior where there is too little to learn from, nothing to learn, or nothing to win', () => {
    expect(learnWeights(planted(199, { content: 1 }), prior, 1).weights).toEqual(prior);
    expect(learnWeights([], prior, 1)).toEqual({ weights: prior, evidence: {} });
    const noHits = planted(300, { content: 1 }).map(({ context, candidates }) => ({
      context,
      candidates: candidates.map(({ values }) => ({ values, hit: false })),
    }));
    expect(learnWeights(noHits, prior, 1).weights).toEqual(prior);
    expect(learnWeights(planted(1_000, { session: 1, content: 1 }), prior, 1).evidence.home?.kept).toBe(true);
  });

  it('have a scale of their own where the prior has no weights', () => {
    const { weights } = learnWeights(planted(400, { content: 1 }), { ...prior, home: {} }, 1);
    expect(weights.home.content).toBe(1);
  });

  it('are the same for the same seed', () => {
    const examples = planted(400, { content: 1, trending: 0.5 });
    expect(learnWeights(examples, prior, 5)).toEqual(learnWeights(examples, prior, 5));
  });
});
