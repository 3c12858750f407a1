import type { ReputationPolicy } from '../../policy/reputation-schema.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import { rounded } from './rounding.ts';

/** One of a member's reviews, as far as the member's credit goes. */
export type CreditEntry = {
  reviewId: string;
  atMs: number;
  /** Characters of the text, pictures and films, and how many things it rates (1 to 3). */
  length: number;
  mediaCount: number;
  kinds: number;
  verified: boolean;
  /** Under the author's own name. */
  named: boolean;
  state: 'published' | 'held' | 'rejected' | 'removed' | 'replaced';
  /** When it was rejected; an appeal that restores the review takes this away again. */
  rejectedAtMs?: number | undefined;
  helpful: number;
  unhelpful: number;
};

export type CreditCode =
  | 'start'
  | 'tenure'
  | 'depth'
  | 'frequency'
  | 'verified'
  | 'named'
  | 'helpful'
  | 'rejected'
  | 'limit';

/** What a contribution goes by (`value`, with four decimals), what it comes to, with one decimal, and how. */
export type CreditReason = { code: CreditCode; value: number; contribution: number; arithmetic: string };

/** Loyalty points taken for a rejected review, beside those that had been paid for it. */
export type CreditPenalty = {
  atMs: number;
  code: 'fake_review' | 'repeated_fake_review';
  points: number;
  reviewId: string;
};

export type Credit = {
  /** 0 to 100 with one decimal: the sum of the reasons' contributions. */
  credit: number;
  level: string;
  /** The factor for `reviewWeight`. */
  weight: number;
  /** What the level gives; nothing while reviewing is forbidden. */
  privileges: string[];
  /** Until when the member may not review, where that lies ahead. */
  banUntilMs?: number;
  penalties: CreditPenalty[];
  reasons: CreditReason[];
  formulaVersion: string;
  formula: string;
};

export const CREDIT_FORMULA = {
  version: '1',
  text: 'credit = sum(contribution); of a published review counts 0.5 ^ (age / half-life); depth and frequency: most x value / (value + half); verified and named: most x value, the share of reviews with `half` more that are not; helpful: most x value, (helpful - unhelpful) / (votes + half); rejected: -points x value, the rejections by age; limit: what keeps it from 0 to 100',
} as const;

/** Parts of a review's depth: its text, pictures, and ratings of service and delivery. */
const DEPTH = { length: 0.5, media: 0.25, kinds: 0.25 };

/**
 * The credit of a reviewer from all of the member's reviews: a start, and what depth, frequency, honesty and helpful
 * votes add to it, each towards a limit of its own so that no one of them can be farmed; less what rejected reviews take.
 * Shares stand under a Beta prior, so that one verified review does not make an honest reviewer. All of it fades with time, and what
 * happened after `nowMs` is not known yet. The order of the entries is of no account.
 */
export function creditOf(
  entries: readonly CreditEntry[],
  { nowMs, policy, registeredAtMs }: { nowMs: number; policy: ReputationPolicy; registeredAtMs?: number | undefined },
): Credit {
  const { credit: rules } = policy;
  // Sums of fractions depend on their order in the last digit, so there is but one.
  const ordered = [...entries].sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1));
  const fading = (atMs: number) => 0.5 ** (Math.max(0, nowMs - atMs) / DAY_MS / rules.halfLifeDays);
  const published = ordered
    .filter(({ state, atMs }) => state === 'published' && atMs <= nowMs)
    .map((entry) => ({ entry, fresh: fading(entry.atMs) }));
  const sum = (of: (entry: CreditEntry) => number) =>
    published.reduce((total, { entry, fresh }) => total + fresh * of(entry), 0);
  const rejections = rejectionsOf(ordered, nowMs);
  const [count, helpful, unhelpful] = [sum(() => 1), sum((it) => it.helpful), sum((it) => it.unhelpful)];
  const share = (sumOfThose: number, { half }: { half: number }) => sumOfThose / (count + half);
  const verified = share(
    sum((it) => Number(it.verified)),
    rules.verified,
  );
  const named = share(
    sum((it) => Number(it.named)),
    rules.named,
  );
  const balance = (helpful - unhelpful) / (helpful + unhelpful + rules.helpful.half);
  const gone = rejections.reduce((total, { atMs }) => total + fading(atMs), 0);
  const counted = [
    reason('start', rules.start, 1),
    reason('tenure', tenure(registeredAtMs, nowMs, rules), rules.tenure.most),
    towards(
      'depth',
      sum((it) => depthOf(it, rules)),
      rules.depth,
    ),
    towards('frequency', count, rules.frequency),
    reason('verified', verified, rules.verified.most),
    reason('named', named, rules.named.most),
    reason('helpful', balance, rules.helpful.most),
    reason('rejected', gone, -rules.rejected),
  ];
  const reasons = limited(counted.filter(({ code, contribution }) => code === 'start' || contribution !== 0));
  const credit = totalOf(reasons);
  const level = rules.levels.find(({ from }) => credit >= from);
  const banUntilMs = banOf(rejections, rules);
  const banned = banUntilMs !== undefined && banUntilMs > nowMs;
  return {
    credit,
    level: level?.id ?? '',
    weight: level?.weight ?? 1,
    privileges: banned ? [] : (level?.privileges ?? []),
    ...(banned && { banUntilMs }),
    penalties: penaltiesOf(rejections, rules),
    reasons,
    formulaVersion: CREDIT_FORMULA.version,
    formula: CREDIT_FORMULA.text,
  };
}

type CreditRules = ReputationPolicy['credit'];
type Rejection = { reviewId: string; atMs: number };

/** What is known to have been rejected by now, earliest first. */
function rejectionsOf(entries: readonly CreditEntry[], nowMs: number): Rejection[] {
  return entries
    .filter(({ state }) => state === 'rejected')
    .map(({ reviewId, atMs, rejectedAtMs }) => ({ reviewId, atMs: rejectedAtMs ?? atMs }))
    .filter(({ atMs }) => atMs <= nowMs)
    .sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1));
}

function tenure(registeredAtMs: number | undefined, nowMs: number, rules: CreditRules): number {
  if (registeredAtMs === undefined) return 0;
  return Math.min(1, Math.max(0, nowMs - registeredAtMs) / DAY_MS / rules.tenure.days);
}

/** How much a review says, 0 to 1. */
function depthOf({ length, mediaCount, kinds }: CreditEntry, { depth }: CreditRules): number {
  const text = Math.min(1, length / depth.length);
  const media = Math.min(1, mediaCount / depth.media);
  const rated = Math.min(1, Math.max(0, kinds - 1) / (depth.kinds - 1));
  return DEPTH.length * text + DEPTH.media * media + DEPTH.kinds * rated;
}

function reason(code: CreditCode, exact: number, most: number): CreditReason {
  const value = rounded(exact, 4);
  return { code, value, contribution: rounded(most * value, 1) + 0, arithmetic: `${most} x ${value}` };
}

/** Half of the most at `half`, and never all of it. */
function towards(code: CreditCode, exact: number, { most, half }: { most: number; half: number }): CreditReason {
  const value = rounded(exact, 4);
  const contribution = rounded((most * value) / (value + half), 1);
  return { code, value, contribution, arithmetic: `${most} x ${value} / (${value} + ${half})` };
}

function totalOf(reasons: readonly CreditReason[]): number {
  return rounded(
    reasons.reduce((sum, { contribution }) => sum + contribution, 0),
    1,
  );
}

/** Keeps the sum from 0 to 100, and says so. */
function limited(reasons: CreditReason[]): CreditReason[] {
  const total = totalOf(reasons);
  const within = Math.min(100, Math.max(0, total));
  if (within === total) return reasons;
  const arithmetic = `${within} - ${total}`;
  return [...reasons, { code: 'limit', value: within, contribution: rounded(within - total, 1), arithmetic }];
}

/** The end of the last ban that the rejections have come to. */
function banOf(rejections: readonly Rejection[], { bans }: CreditRules): number | undefined {
  const ends = bans.flatMap(({ rejections: count, withinDays, days }) =>
    rejections.flatMap(({ atMs }, index) => {
      const first = rejections[index - count + 1];
      return first !== undefined && atMs - first.atMs <= withinDays * DAY_MS ? [atMs + days * DAY_MS] : [];
    }),
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** One for each rejected review; a repeated one is the dearer. */
function penaltiesOf(rejections: readonly Rejection[], { penalty }: CreditRules): CreditPenalty[] {
  return rejections.map(({ reviewId, atMs }, index) => {
    const before = rejections[index - 1];
    const repeated = before !== undefined && atMs - before.atMs <= penalty.withinDays * DAY_MS;
    const points = repeated ? penalty.repeated : penalty.first;
    return { atMs, code: repeated ? 'repeated_fake_review' : 'fake_review', points, reviewId };
  });
}
