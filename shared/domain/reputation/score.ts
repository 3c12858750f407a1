import type { ReputationPolicy } from '../../policy/reputation-schema.ts';
import {
  type AppealWay,
  COMPONENT_FORMULA,
  type Component,
  coverageOf,
  judge,
  type Loss,
  lossesOf,
  meanMark,
  totalOf,
} from './component.ts';
import type { Counters } from './counts.ts';
import { type Tally, type Window, windowOf } from './window.ts';

export type ScoreComponentId = keyof ReputationPolicy['score']['components'];

export type Score = {
  /** 0 to 100 with one decimal: the sum of the contributions. */
  score: number;
  /** By the policy's levels, or `unrated` where too little of the score rests on evidence. */
  level: string;
  components: Component<ScoreComponentId>[];
  /** What was lost for what; the losses add up to 100 less the score. */
  reasons: Loss<ScoreComponentId>[];
  complaints: ComplaintFigures;
  /** How much of the score, in percent, rests on evidence, and whether that is enough for a level. */
  coverage: number;
  rated: boolean;
  levels: { id: string; from: number }[];
  window: Window;
  formulaVersion: string;
  formula: string;
};

/** `open` is how many there are now; the others are those opened in the window, of which `counted` count. */
export type ComplaintFigures = {
  open: number;
  total: number;
  upheld: number;
  undecided: number;
  rejected: number;
  withdrawn: number;
  counted: number;
};

/** The level of a brand or supplier of which too little is known. */
export const UNRATED = 'unrated';

export const SCORE_FORMULA = {
  version: '1',
  text: `score = sum(contribution); ${COMPONENT_FORMULA}`,
} as const;

const APPEALS: Record<ScoreComponentId, AppealWay> = {
  satisfaction: 'review_check',
  complaints: 'complaint_appeal',
  returns: 'fact_correction',
  inspections: 'inspection_recheck',
  response: 'fact_correction',
  resolution: 'fact_correction',
};

/**
 * The score of a brand or supplier from its counters: six rates of things gone wrong over the policy's window, each
 * read off a curve and weighted. Late answers and unmet deadlines are rates of orders like complaints (as marketplaces
 * measure their sellers), never of complaints: else one more complaint, handled in time, would better the score.
 */
export function scoreOf(counters: Counters, { nowMs, policy }: { nowMs: number; policy: ReputationPolicy }): Score {
  const { components: rules, levels, coverage: enough } = policy.score;
  const { window, tally } = windowOf(counters, { nowMs, policy });
  const orders = tally('orders');
  const complaints = complaintFigures(counters, tally, policy);
  const late = tally('answered') - tally('answeredInTime');
  const components = [
    judge('satisfaction', { n: tally('reviews') - tally('positive'), of: tally('reviews') }, rules.satisfaction),
    judge('complaints', { n: complaints.counted, of: orders }, rules.complaints),
    judge('returns', { n: tally('returnedOrders'), of: orders }, rules.returns),
    judge('inspections', inspected(tally), rules.inspections),
    judge('response', { n: late, of: orders }, rules.response),
    judge('resolution', { n: unmet(tally, late), of: orders }, rules.resolution),
  ];
  const score = totalOf(components);
  const coverage = coverageOf(components);
  const rated = coverage >= enough;
  return {
    score,
    level: rated ? (levels.find(({ from }) => score >= from)?.id ?? UNRATED) : UNRATED,
    components,
    reasons: lossesOf(components, APPEALS),
    complaints,
    coverage,
    rated,
    levels,
    window,
    formulaVersion: SCORE_FORMULA.version,
    formula: SCORE_FORMULA.text,
  };
}

/** The evidence of inspections: failed pieces among those looked at, and the inspectors' mean mark. */
export function inspected(tally: Tally): { n: number; of: number; mark: number | undefined } {
  const mark = meanMark(tally('inspectionScore'), tally('inspectionScored'));
  return { n: tally('failed'), of: tally('sampled'), mark };
}

/**
 * Which complaints count. One that was upheld does; one that was rejected or withdrawn does not. One that has not been
 * decided counts like an upheld one, up to a limit per order: to decide late is worth nothing, and a flood of
 * complaints that nobody has looked into cannot take more than the limit is worth.
 */
function complaintFigures(counters: Counters, tally: Tally, policy: ReputationPolicy): ComplaintFigures {
  const { minimum, openLimit } = policy.score.components.complaints;
  const [total, upheld] = [tally('complaints'), tally('upheld')];
  const [rejected, withdrawn] = [tally('rejected'), tally('withdrawn')];
  const undecided = Math.max(0, total - upheld - rejected - withdrawn);
  const limit = Math.floor(openLimit * Math.max(tally('orders'), minimum));
  const counted = upheld + Math.min(undecided, limit);
  return { open: counters.open ?? 0, total, upheld, undecided, rejected, withdrawn, counted };
}

/** Complaints decided late, or with a deadline that passed while nothing was done, other than by a late answer. */
function unmet(tally: Tally, lateAnswers: number): number {
  return Math.max(0, tally('decided') - tally('decidedInTime'), tally('overdue') - lateAnswers);
}
