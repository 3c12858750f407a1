import type { Policy } from '../../policy/policy.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import type { Account } from '../loyalty/account.ts';

export type Lifecycle = 'new' | 'growing' | 'mature' | 'at_risk' | 'lost';

export type Reason = { code: string; value: number; threshold: number };

/** A group the member is in, since when, until when if nothing happens, and why. */
export type Segment = { id: string; sinceMs: number; untilMs?: number; reasons: Reason[] };

/**
 * Where a member stands: how many orders have come decides between new, growing and mature, and how long ago the last
 * one was placed between these, at risk and lost. Both follow the clock, so nothing has to be written for it.
 */
export function lifecycleOf(
  account: Account,
  nowMs: number,
  policy: Policy,
  registeredAtMs: number | undefined,
): { lifecycle: Lifecycle; segments: Segment[] } {
  const { growingOrders, matureOrders, atRiskAfterDays, lostAfterDays } = policy.lifecycle;
  const { orders } = account.lifetime;
  const lastMs = account.lastOrderAtMs;
  if (lastMs === undefined) {
    const reasons = [{ code: 'orders', value: orders, threshold: growingOrders }];
    return named('new', { sinceMs: registeredAtMs ?? account.tier.sinceMs, reasons });
  }
  const idleDays = Math.floor((nowMs - lastMs) / DAY_MS);
  const atRiskMs = lastMs + atRiskAfterDays * DAY_MS;
  const lostMs = lastMs + lostAfterDays * DAY_MS;
  if (nowMs >= lostMs) {
    const reasons = [{ code: 'days_since_last_order', value: idleDays, threshold: lostAfterDays }];
    return named('lost', { sinceMs: lostMs, reasons });
  }
  if (nowMs >= atRiskMs) {
    const reasons = [{ code: 'days_since_last_order', value: idleDays, threshold: atRiskAfterDays }];
    return named('at_risk', { sinceMs: atRiskMs, untilMs: lostMs, reasons });
  }
  const { stage } = account;
  const sinceMs = Math.max(stage.sinceMs, account.activeSinceMs ?? 0);
  const threshold = stage.id === 'mature' ? matureOrders : growingOrders;
  return named(stage.id, { sinceMs, untilMs: atRiskMs, reasons: [{ code: 'orders', value: orders, threshold }] });
}

function named(lifecycle: Lifecycle, segment: Omit<Segment, 'id'>) {
  return { lifecycle, segments: [{ id: `lifecycle:${lifecycle}`, ...segment }] };
}
