import type { ComplaintPolicy } from '../../policy/complaint-schema.ts';
import type { ReputationPolicy } from '../../policy/reputation-schema.ts';
import { wilsonInterval } from './component.ts';
import type { Counters } from './counts.ts';
import { meanOf, rounded } from './rounding.ts';
import { type Tally, type Window, windowOf } from './window.ts';

export type FigureId =
  | 'pass_rate'
  | 'return_rate'
  | 'satisfaction'
  | 'complaint_rate'
  | 'upheld_rate'
  | 'first_response_ms'
  | 'answered_in_time'
  | 'decision_ms'
  | 'decided_in_time'
  | 'resolution_rate'
  | 'complaint_satisfaction';

/** `n` of `of`: a share with six decimals, or for times their mean in milliseconds. Null where there is nothing to measure. */
export type Figure = {
  id: FigureId;
  value: number | null;
  n: number;
  of: number;
  goal?: { at: 'least' | 'most'; value: number };
  /** Whether the goal is met; left out where there is no goal or nothing to measure. */
  met?: boolean;
  /** Of shares: where the true one lies with 95 % confidence, by the Wilson interval. */
  interval?: { low: number; high: number };
};

/** What members say of one stage of the service, 1 to 5; null where nobody has said anything. */
export type Stage = {
  id: 'product' | 'service' | 'logistics' | 'complaints';
  weight: number;
  rating: number | null;
  count: number;
};

export type Scorecard = {
  figures: Figure[];
  /** sum(weight x rating) / sum(weight) over the stages that have been rated, 1 to 5 with two decimals. */
  satisfactionScore: number | null;
  stages: Stage[];
  window: Window;
  formulaVersion: string;
  formula: string;
};

export const SCORECARD_FORMULA = {
  version: '1',
  text: 'value = n / of; satisfactionScore = sum(weight x rating) / sum(weight) over the stages with a rating, to 2 decimals',
} as const;

/**
 * The scorecard of a supplier, a brand or the shop: every figure that quality is controlled by, with what it is made of and the goal
 * it is held against.
 * @param support the goals of the desk that handles complaints
 */
export function scorecardOf(
  counters: Counters,
  { nowMs, policy, support }: { nowMs: number; policy: ReputationPolicy; support: ComplaintPolicy['goals'] },
): Scorecard {
  const { window, tally } = windowOf(counters, { nowMs, policy });
  const { goals, stages: weights } = policy.scorecard;
  const [orders, complaints, answered, decided] = [
    tally('orders'),
    tally('complaints'),
    tally('answered'),
    tally('decided'),
  ];
  const figures: Figure[] = [
    share('pass_rate', tally('sampled') - tally('failed'), tally('sampled'), least(goals.passRate)),
    share('return_rate', tally('returnedOrders'), orders, most(goals.returnRate)),
    share('satisfaction', tally('positive'), tally('reviews'), least(goals.satisfaction)),
    share('complaint_rate', complaints, orders, most(support.complaintRate)),
    share('upheld_rate', tally('upheld'), complaints),
    mean('first_response_ms', tally('answerMs'), answered, most(support.firstResponseMinutes * 60_000)),
    share('answered_in_time', tally('answeredInTime'), answered, least(goals.answeredInTime)),
    mean('decision_ms', tally('decideMs'), decided),
    share('decided_in_time', tally('decidedInTime'), decided, least(goals.decidedInTime)),
    share('resolution_rate', decided, complaints, least(support.resolutionShare)),
    // Out of five points for each complaint that was rated, those that were given.
    share('complaint_satisfaction', tally('satisfaction'), 5 * tally('rated'), least(support.satisfactionShare)),
  ];
  const stages = stagesOf(tally, weights);
  return {
    figures,
    satisfactionScore: satisfactionScore(stages),
    stages,
    window,
    formulaVersion: SCORECARD_FORMULA.version,
    formula: SCORECARD_FORMULA.text,
  };
}

type Goal = NonNullable<Figure['goal']>;

const least = (value: number): Goal => ({ at: 'least', value });
const most = (value: number): Goal => ({ at: 'most', value });

function share(id: FigureId, n: number, of: number, goal?: Goal): Figure {
  const interval = of > 0 && n <= of && id !== 'complaint_satisfaction' ? wilsonInterval(n, of) : undefined;
  return { ...figure(id, { value: of > 0 ? rounded(n / of, 6) : null, n, of }, goal), ...(interval && { interval }) };
}

function mean(id: FigureId, sumMs: number, of: number, goal?: Goal): Figure {
  return figure(id, { value: of > 0 ? Math.round(sumMs / of) : null, n: sumMs, of }, goal);
}

function figure(id: FigureId, measured: { value: number | null; n: number; of: number }, goal?: Goal): Figure {
  const { value } = measured;
  if (goal === undefined || value === null) return { id, ...measured, ...(goal && { goal }) };
  return { id, ...measured, goal, met: goal.at === 'least' ? value >= goal.value : value <= goal.value };
}

function stagesOf(tally: Tally, weights: ReputationPolicy['scorecard']['stages']): Stage[] {
  const stars = ([1, 2, 3, 4, 5] as const).reduce((sum, star) => sum + star * tally(`stars${star}`), 0);
  const stage = (id: Stage['id'], sum: number, count: number) => {
    return { id, weight: weights[id], rating: meanOf(sum, count), count };
  };
  return [
    stage('product', stars, tally('reviews')),
    stage('service', tally('serviceStars'), tally('service')),
    stage('logistics', tally('logisticsStars'), tally('logistics')),
    stage('complaints', tally('satisfaction'), tally('rated')),
  ];
}

function satisfactionScore(stages: readonly Stage[]): number | null {
  const rated = stages.flatMap(({ weight, rating }) => (rating === null ? [] : [{ weight, sum: weight * rating }]));
  const weight = rated.reduce((total, it) => total + it.weight, 0);
  return meanOf(
    rated.reduce((total, it) => total + it.sum, 0),
    weight,
  );
}
