import type { ChainAnswer } from '../../shared/domain/recommend/engine-chain.ts';
import type { MetricCounts } from '../../shared/runtime/metrics.ts';

/** What is counted of a page. A list for somebody of whom nothing is known is no failure of the engine that would have made it. */
export function countsOf({ fallback, attempts }: ChainAnswer<unknown>['engine']): MetricCounts {
  const fellBack = fallback !== undefined && fallback.cause !== 'cold';
  const capReached = attempts.some(({ cause }) => cause === 'spend_cap');
  return { Recommended: 1, FellBack: Number(fellBack), SpendCapReached: Number(capReached) };
}
