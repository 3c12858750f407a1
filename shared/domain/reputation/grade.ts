import type { ReputationPolicy } from '../../policy/reputation-schema.ts';
import {
  type AppealWay,
  COMPONENT_FORMULA,
  type Component,
  coverageOf,
  judge,
  type Loss,
  lossesOf,
  totalOf,
} from './component.ts';
import type { Counters } from './counts.ts';
import { inspected } from './score.ts';
import { type Window, windowOf } from './window.ts';

/** National superior, first grade, qualified, or none of them. */
export type GradeId = 'AAA' | 'AA' | 'A' | 'none';

export type GradeComponentId = keyof ReputationPolicy['grade']['components'];

/** Why there is no grade, where there is none. */
export type GradeReason =
  | Loss<GradeComponentId>
  | { code: 'not_enough_evidence'; coverage: number; needed: number }
  | { code: 'below_lowest_grade'; score: number; needed: number };

export type Grade = {
  id: GradeId;
  /** 0 to 100 with one decimal: the sum of the contributions. Null where too little of it would rest on evidence. */
  score: number | null;
  components: Component<GradeComponentId>[];
  reasons: GradeReason[];
  coverage: number;
  thresholds: Record<Exclude<GradeId, 'none'>, number>;
  window: Window;
  formulaVersion: string;
  formula: string;
};

export const GRADE_FORMULA = {
  version: '1',
  text: `score = sum(contribution); the highest grade whose threshold the score reaches; ${COMPONENT_FORMULA}`,
} as const;

const APPEALS: Record<GradeComponentId, AppealWay> = {
  inspections: 'inspection_recheck',
  returns: 'fact_correction',
  satisfaction: 'review_check',
};

/**
 * The quality grade of a product from its counters: what inspections found, how many orders of it came back, and
 * what buyers say, judged like a score. Without evidence there is no grade.
 */
export function gradeOf(counters: Counters, { nowMs, policy }: { nowMs: number; policy: ReputationPolicy }): Grade {
  const { components: rules, grades: thresholds, coverage: needed } = policy.grade;
  const { window, tally } = windowOf(counters, { nowMs, policy });
  const components = [
    judge('inspections', inspected(tally), rules.inspections),
    judge('returns', { n: tally('returnedOrders'), of: tally('orders') }, rules.returns),
    judge('satisfaction', { n: tally('reviews') - tally('positive'), of: tally('reviews') }, rules.satisfaction),
  ];
  const coverage = coverageOf(components);
  const known = coverage >= needed;
  const score = totalOf(components);
  const id = known ? gradeAt(score, thresholds) : 'none';
  const why: GradeReason[] = known
    ? id === 'none'
      ? [{ code: 'below_lowest_grade', score, needed: thresholds.A }]
      : []
    : [{ code: 'not_enough_evidence', coverage, needed }];
  return {
    id,
    score: known ? score : null,
    components,
    reasons: [...why, ...lossesOf(components, APPEALS)],
    coverage,
    thresholds,
    window,
    formulaVersion: GRADE_FORMULA.version,
    formula: GRADE_FORMULA.text,
  };
}

function gradeAt(score: number, thresholds: Grade['thresholds']): GradeId {
  const reached = (['AAA', 'AA', 'A'] as const).find((id) => score >= thresholds[id]);
  return reached ?? 'none';
}
