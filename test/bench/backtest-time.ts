/** How long a back-test of a real shop's whole history takes, in one process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onlineRetail } from '../../infra/importers/online-retail.ts';
import { readExport } from '../../infra/importers/read-export.ts';
import { decideBacktest } from '../../shared/domain/backtest/decide-backtest.ts';
import { recorder } from '../../shared/domain/backtest/recorder.ts';
import { stampPolicy } from '../../shared/policy/check-policy.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy, documentOf } from '../../shared/policy/policy.ts';
import { DATA_FOLDER } from './data-folder.ts';

/** `readMs`: from JSON texts to what was recorded. `replayMs`: under both policies, with the report. */
export type BacktestRow = { events: number; orders: number; memberOrders: number; readMs: number; replayMs: number };

const EXPORT = join(DATA_FOLDER, 'online-retail/online-retail.csv.gz');

/** Undefined where the export is not there: it is too large to be part of the project. */
export async function measureBacktest(): Promise<BacktestRow | undefined> {
  if (!existsSync(EXPORT)) return undefined;
  const plan = await onlineRetail.plan(readExport(EXPORT));
  const texts = [...plan.events()].map((event) => JSON.stringify(event));
  const policies = always(currentPolicy);
  const startedMs = performance.now();
  const events = recorder(policies);
  let lastMs = 0;
  for (const text of texts) {
    const taken = events.take(JSON.parse(text));
    if (taken.kind === 'taken') lastMs = Math.max(lastMs, taken.atMs);
  }
  const recorded = events.recorded();
  const readMs = performance.now();
  const decision = decideBacktest(policies, draft(), recorded, { fromMs: Number.NEGATIVE_INFINITY, toMs: lastMs });
  if (decision.kind !== 'report') throw new Error(`The history cannot be replayed: ${decision.code}`);
  return {
    events: texts.length,
    orders: recorded.orders.length,
    memberOrders: decision.report.current.orders,
    readMs: readMs - startedMs,
    replayMs: performance.now() - readMs,
  };
}

/** Another rate, other tiers and another basis of them, so that nothing of the draft is as in the policy in force. */
function draft() {
  const { points, tiers, ...rest } = documentOf(currentPolicy);
  const steps = tiers.steps.map((step) => ({ ...step, threshold: Math.floor(step.threshold * 0.8) }));
  const policy = stampPolicy({
    ...rest,
    version: 'draft',
    points: { ...points, purchaseRate: 2 },
    tiers: { ...tiers, basis: 'rolling_12_months', steps },
  });
  return documentOf(policy);
}
