import type { Policy } from './policy.ts';

/** A policy and since when it applies, in milliseconds since 1970. */
export type PolicyVersion = { fromMs: number; policy: Policy };

/**
 * Every policy the shop ever had, oldest first; the first one applies from the beginning of time. A fact is judged by
 * the policy that applied at its own time, however late it comes.
 */
export type Policies = readonly [PolicyVersion, ...PolicyVersion[]];

/** The one policy of a shop that has never changed it. */
export function always(policy: Policy): Policies {
  return [{ fromMs: Number.NEGATIVE_INFINITY, policy }];
}

/** The policy that applied at an instant. */
export function policyAt(policies: Policies, atMs: number): Policy {
  return (policies.findLast(({ fromMs }) => fromMs <= atMs) ?? policies[0]).policy;
}

/** The policy that applies from now on, as far as is known. */
export function latestPolicy(policies: Policies): Policy {
  return (policies.at(-1) ?? policies[0]).policy;
}

/** How far the clock of whoever put a policy may be ahead of ours. */
const LEAD_LIMIT_MS = 60_000;

/**
 * The instant that a command or a question counts as which comes now: after the policy that was put last, though that may
 * have been in this very millisecond, or by a clock that is a little ahead of ours.
 */
export function presentMs(policies: Policies, nowMs: number): number {
  const { fromMs } = policies.at(-1) ?? policies[0];
  return fromMs - nowMs <= LEAD_LIMIT_MS ? Math.max(nowMs, fromMs) : nowMs;
}

/** The instant of the first change of policy after an instant, if there is one. */
export function nextPolicyChangeMs(policies: Policies, afterMs: number): number | undefined {
  return policies.find(({ fromMs }) => fromMs > afterMs)?.fromMs;
}

/** Whether the policy that applied at an instant had a rate for a currency. */
export function knowsCurrency(policies: Policies, code: string, atMs: number): boolean {
  return Object.hasOwn(policyAt(policies, atMs).currencies, code);
}

/** Where a handler gets the policies from: read anew for every request and every batch, so that a change counts at once. */
export type PolicySource = { load(): Promise<Policies> };
