import type { ArrangeSurroundings } from '../../shared/domain/recommend/arrange.ts';
import {
  type Candidate,
  type FeatureName,
  featureNames,
  type Question,
} from '../../shared/domain/recommend/features.ts';
import { LiveCatalogue } from '../../shared/domain/recommend/live-catalogue.ts';
import type { ProductFacts } from '../../shared/domain/recommend/product-facts.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import type { RecommendationPolicy } from '../../shared/policy/recommend-schema.ts';

export const NOW_MS = Date.parse('2026-01-20T12:00:00Z');
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export const policy: RecommendationPolicy = {
  ...currentPolicy.recommendations,
  exploration: { share: 0, newDays: 30 },
};

export const question: Question = {
  context: 'home',
  session: [],
  recent: [],
  basket: [],
  purchases: [],
  nowMs: NOW_MS,
};

export const STAMP = { asOf: '2026-01-01T00:00:00.000Z', eventId: 'e1' };

/** A catalogue of products p0, p1 ... ; of those that are undefined it knows no more than the id. */
export function catalogueOf(products: readonly (Partial<ProductFacts> | undefined)[]): LiveCatalogue {
  return new LiveCatalogue({
    ids: products.map((_, item) => `p${item}`),
    products: products.map(
      (more, item) => more && { productId: `p${item}`, name: `Product ${item}`, categories: [], ...STAMP, ...more },
    ),
  });
}

/** A candidate by what features contribute to it. */
export function candidate(item: number, parts: Partial<Record<FeatureName, number>> | number): Candidate {
  const named: Partial<Record<FeatureName, number>> = typeof parts === 'number' ? { session: parts } : parts;
  const contributions = Float64Array.from(featureNames, (name) => named[name] ?? 0);
  return { item, contributions, score: contributions.reduce((sum, it) => sum + it, 0) };
}

export function around(more: Partial<ArrangeSurroundings> = {}): ArrangeSurroundings {
  return { catalogue: catalogueOf(Array(30).fill(undefined)), question, policy, limit: 20, seed: 1, ...more };
}

export const itemsOf = ({ items }: { items: readonly { item: number }[] }): number[] => items.map(({ item }) => item);
