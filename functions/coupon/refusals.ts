import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { CommandRefusal } from '../../shared/domain/coupon/decide-coupon.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

/** A decision that is no refusal; a refusal is thrown as what the caller is told. */
export function accepted<Decision extends { kind: string }>(
  decision: Decision | CommandRefusal,
): Exclude<Decision, CommandRefusal> {
  if (isRefusal(decision)) throw new Problem(decision.code, decision.detail);
  return decision as Exclude<Decision, CommandRefusal>;
}

function isRefusal(decision: { kind: string }): decision is CommandRefusal {
  return decision.kind === 'refused';
}

/** Load, decide, save, and again where somebody was faster; where they always are, the caller is to try again. */
export async function decideAnew<Result>(attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await retryConflicts(WriteConflict, attempt);
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
    throw new Problem('unavailable', 'Too many ask for this at the same time.');
  }
}
