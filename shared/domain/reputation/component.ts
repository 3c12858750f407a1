import type { ReputationPolicy } from '../../policy/reputation-schema.ts';
import { rounded } from './rounding.ts';

/** How a policy judges one rate of things gone wrong. */
export type ComponentRule = ReputationPolicy['score']['components']['satisfaction'];

export type Curve = ComponentRule['curve'];

/** So many things went wrong of so many; `mark` is a judge's own mean mark, 0 to 100, where there is one. */
export type Evidence = { n: number; of: number; mark?: number | undefined };

/** How far a component rests on what was seen: not at all, in part, or wholly. */
export type Basis = 'assumed' | 'partly_assumed' | 'measured';

export type Component<Id extends string = string> = {
  id: Id;
  /** 0 to 100. */
  value: number;
  weight: number;
  /** weight x value / 100, with one decimal. */
  contribution: number;
  /** The rate that the value is read off the curve at. */
  rate: number;
  /** What the rate is made of: see `COMPONENT_FORMULA`. */
  evidence: { n: number; of: number; minimum: number; assumed: number; grace: number };
  basis: Basis;
  /** Where the true rate lies with 95 % confidence, by what was seen alone: the Wilson interval. */
  interval?: { low: number; high: number };
  mark?: number;
  curve: Curve;
};

export const COMPONENT_FORMULA =
  'rate = (max(0, n - grace) + max(0, minimum - of) x assumed) / max(of, minimum), at most 1, to 6 decimals; value = the curve at the rate, straight between its points, to 4 decimals, and no more than the mark where there is one; contribution = weight x value / 100 to 1 decimal';

/**
 * Judges one rate. Evidence below the minimum is filled up with what the policy assumes (a Beta prior that fades as
 * evidence comes in, and is gone at the minimum), so that one bad review of one does not make a rate of 100 %. Every
 * step is monotone: one more thing gone wrong never raises the contribution.
 */
export function judge<Id extends string>(id: Id, seen: Evidence, rule: ComponentRule): Component<Id> {
  const { weight, curve, minimum, assumed, grace } = rule;
  const { n, of, mark } = seen;
  const filled = Math.max(0, minimum - of);
  const rate = Math.min(1, rounded((Math.max(0, n - grace) + filled * assumed) / Math.max(of, minimum), 6));
  const value = Math.min(rounded(valueAt(rate, curve), 4), mark ?? 100);
  return {
    id,
    value,
    weight,
    contribution: rounded((weight * value) / 100, 1),
    rate,
    evidence: { n, of, minimum, assumed, grace },
    basis: of === 0 ? 'assumed' : filled > 0 ? 'partly_assumed' : 'measured',
    ...(of > 0 && { interval: wilsonInterval(Math.min(n, of), of) }),
    ...(mark !== undefined && { mark }),
    curve,
  };
}

/** The value of a curve at a rate. */
export function valueAt(rate: number, curve: Curve): number {
  const next = curve.findIndex((point) => point.rate >= rate);
  const above = curve[next] ?? curve.at(-1);
  const below = curve[next - 1];
  if (above === undefined) return 0;
  if (below === undefined || next < 0 || above.rate === rate) return above.value;
  return below.value + (above.value - below.value) * ((rate - below.rate) / (above.rate - below.rate));
}

/** Two-sided, 95 %. */
const Z = 1.959964;

/**
 * The score interval for a share of `n` among `of` (E. B. Wilson, 1927): unlike the normal one it stays within 0 and 1 and
 * is of use for few.
 */
export function wilsonInterval(n: number, of: number): { low: number; high: number } {
  const share = n / of;
  const square = Z ** 2;
  const middle = share + square / (2 * of);
  const reach = Z * Math.sqrt((share * (1 - share)) / of + square / (4 * of ** 2));
  const whole = 1 + square / of;
  return {
    low: Math.max(0, rounded((middle - reach) / whole, 4)),
    high: Math.min(1, rounded((middle + reach) / whole, 4)),
  };
}

/** What all components come to; contributions have one decimal, so that this is exact. */
export function totalOf(components: readonly Component[]): number {
  return rounded(
    components.reduce((sum, { contribution }) => sum + contribution, 0),
    1,
  );
}

/** How much of a score, in percent, rests on evidence: each component's weight, as far as its evidence reaches the minimum. */
export function coverageOf(components: readonly Component[]): number {
  const covered = components.map(({ weight, evidence }) => weight * Math.min(1, evidence.of / evidence.minimum));
  return rounded(
    covered.reduce((sum, part) => sum + part, 0),
    1,
  );
}

/** What a component lost, for what, and how to appeal against it. What was lost adds up to 100 less the score. */
export type Loss<Id extends string = string> = {
  code: Id;
  lost: number;
  n: number;
  of: number;
  basis: Basis;
  appeal: AppealWay;
};

/** Where to turn with an objection: to the desk for a review, a complaint, an inspection, or a fact that is wrong. */
export type AppealWay = 'review_check' | 'complaint_appeal' | 'inspection_recheck' | 'fact_correction';

/** Who lost how much for what, most first. */
export function lossesOf<Id extends string>(
  components: readonly Component<Id>[],
  appeals: Readonly<Record<Id, AppealWay>>,
): Loss<Id>[] {
  return components
    .map(({ id, weight, contribution, evidence: { n, of }, basis }) => {
      return { code: id, lost: rounded(weight - contribution, 4), n, of, basis, appeal: appeals[id] };
    })
    .filter(({ lost }) => lost > 0)
    .sort((a, b) => b.lost - a.lost);
}

/** The mean mark of the inspections that had one, or undefined. */
export function meanMark(hundredths: number, count: number): number | undefined {
  return count > 0 ? rounded(hundredths / 100 / count, 2) : undefined;
}
