import type { Recorded } from '../../shared/domain/backtest/recorded.ts';
import { replay } from '../../shared/domain/loyalty/replay.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { factOf, type Told } from './shop-story.ts';

/** What a shop has recorded once all of it has been told, under the default policy. */
export function recordedOf(...told: readonly Told[]): Recorded {
  const { orders, causes, visitors } = replay(told.map(factOf), always(currentPolicy));
  return { orders: [...orders.values()], causes: [...causes.values()], visitors };
}
