import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';

export type BreakerPolicy = RecommendationPolicy['personalize']['breaker'];

/**
 * Keeps a service that fails from being asked: closed, it is asked; open, it is left alone for a while; half open, one question finds out
 * whether it is well again. `period` counts the changes between these, so that an answer to a question of an earlier period changes nothing.
 */
export type Breaker =
  | { state: 'closed'; period: number; failures: number }
  | { state: 'open' | 'half_open'; period: number; sinceMs: number };

/** Of which period a question is; whoever asks gives it back with how it went. */
export type Permit = { period: number };

export const closedBreaker: Breaker = { state: 'closed', period: 0, failures: 0 };

/** Whether the service may be asked. Of an open breaker whose time is over, and of a half open one that never heard, one question is let through. */
export function permit(
  breaker: Breaker,
  nowMs: number,
  { openSeconds }: BreakerPolicy,
): { breaker: Breaker; permit?: Permit } {
  if (breaker.state === 'closed') return { breaker, permit: { period: breaker.period } };
  const elapsedMs = nowMs - breaker.sinceMs;
  // A clock that was set back must not hold it open until it is that late again.
  if (elapsedMs >= 0 && elapsedMs < openSeconds * 1_000) return { breaker };
  const period = breaker.period + 1;
  return { breaker: { state: 'half_open', period, sinceMs: nowMs }, permit: { period } };
}

export function succeeded(breaker: Breaker, { period }: Permit): Breaker {
  if (period !== breaker.period) return breaker;
  if (breaker.state === 'closed') return breaker.failures === 0 ? breaker : { ...breaker, failures: 0 };
  return { state: 'closed', period: period + 1, failures: 0 };
}

export function failed(breaker: Breaker, { period }: Permit, nowMs: number, policy: BreakerPolicy): Breaker {
  if (period !== breaker.period) return breaker;
  const failures = breaker.state === 'closed' ? breaker.failures + 1 : policy.failures;
  if (failures < policy.failures) return { state: 'closed', period, failures };
  return { state: 'open', period: period + 1, sinceMs: nowMs };
}
