import { type Policies, policyAt, presentMs } from '../../policy/policies.ts';
import type { Counters } from './counts.ts';
import { gradeOf } from './grade.ts';
import { scoreOf } from './score.ts';
import type { Scored } from './scored.ts';

type Tally = { counters: Counters; cause?: Scored['cause'] | undefined };

const NO_CAUSE = { eventId: 'unknown', type: 'unknown', subject: 'unknown' };

/**
 * What is to be told of a product's grade or of a brand's or supplier's score after its counters have changed: nothing where it is
 * what was told before, to the point.
 */
export function standingOfTarget(
  target: string,
  { counters, cause = NO_CAUSE }: Tally,
  known: Scored | undefined,
  { policies, nowMs }: { policies: Policies; nowMs: number },
): Scored[] {
  const policy = policyAt(policies, presentMs(policies, nowMs));
  const found = target.startsWith('PRODUCT#')
    ? gradeFound(gradeOf(counters, { nowMs, policy: policy.reputation }))
    : scoreFound(scoreOf(counters, { nowMs, policy: policy.reputation }));
  const before = known === undefined ? undefined : { score: known.score, level: known.level };
  const same = target.startsWith('PRODUCT#')
    ? (before?.level ?? NO_GRADE) === found.level
    : before !== undefined && Math.round(before.score) === Math.round(found.score) && before.level === found.level;
  if (same) return [];
  return [
    {
      target,
      version: known?.version ?? 0,
      ...found,
      atMs: nowMs,
      cause,
      policyStamp: policy.stamp,
      ...(before && { from: before }),
    },
  ];
}

export const NO_GRADE = 'none';

function gradeFound({ id, score, formulaVersion }: ReturnType<typeof gradeOf>) {
  return { level: id, score: score ?? 0, formulaVersion };
}

function scoreFound({ level, score, formulaVersion }: ReturnType<typeof scoreOf>) {
  return { level, score, formulaVersion };
}
