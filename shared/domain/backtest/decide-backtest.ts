import { latestPolicy, type Policies } from '../../policy/policies.ts';
import { stamped } from '../../policy/policy.ts';
import type { PolicyDocument } from '../../policy/policy-schema.ts';
import { currencyFixed } from '../policy/put-policy.ts';
import { backtest } from './backtest.ts';
import { anyIn, putAt, type Recorded, type Span } from './recorded.ts';
import type { BacktestReport } from './report.ts';

export type BacktestRefusal = 'base_currency_fixed' | 'too_much_to_replay' | 'nothing_to_replay';

export type BacktestDecision =
  | { kind: 'report'; report: BacktestReport }
  | { kind: 'refused'; code: BacktestRefusal; detail: string };

/**
 * Compares a draft with the policy in force, each as if it had been put when the span begins, or had always been there
 * where the span has no beginning. The refusals, in order of precedence: another base currency; more than can be
 * replayed here; nothing to replay.
 * @param recorded undefined where there is more than the caller can replay
 */
export function decideBacktest(
  policies: Policies,
  draft: PolicyDocument,
  recorded: Recorded | undefined,
  span: Span,
): BacktestDecision {
  const current = latestPolicy(policies);
  const fixed = currencyFixed(current, draft);
  if (fixed !== undefined) return { kind: 'refused', code: 'base_currency_fixed', detail: fixed };
  if (recorded === undefined) {
    const detail = 'There is more than one request can replay: npm run backtest -- --events FILE has no such limit.';
    return { kind: 'refused', code: 'too_much_to_replay', detail };
  }
  if (!anyIn(recorded, span)) {
    return {
      kind: 'refused',
      code: 'nothing_to_replay',
      detail: 'Nothing that bears on points happened in this time.',
    };
  }
  const sides = {
    current: putAt(policies, span.fromMs, current),
    draft: putAt(policies, span.fromMs, stamped(draft)),
  };
  return { kind: 'report', report: backtest(recorded, sides, span) };
}
