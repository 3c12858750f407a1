import { describe, expect, it } from 'vitest';
import { defaultWeights } from '../../../shared/domain/recommend/default-weights.ts';
import { contexts, featureNames } from '../../../shared/domain/recommend/features.ts';

describe('weights before anything has been learnt', () => {
  it.each(contexts)('name every feature on %s, so that each is asked', (context) => {
    const weights = defaultWeights[context];
    expect(Object.keys(weights).sort()).toEqual([...featureNames].sort());
    for (const weight of Object.values(weights)) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
  });

  it('keep the two that follow a session together as they were chosen, on every page', () => {
    for (const context of contexts) {
      const { session, neighbours } = defaultWeights[context];
      expect({ session, neighbours }).toEqual({ session: 1, neighbours: defaultWeights.home.neighbours });
    }
  });
});
