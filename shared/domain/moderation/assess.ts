import type { Policy } from '../../policy/policy.ts';
import { SIGNALS, type SignalName, type Signals } from './signals.ts';

export type AssessmentContext = {
  verified: boolean;
  /** Points, money or goods were given for the review, so that it may be shown as such. */
  incentivised: boolean;
  accountAgeDays?: number | undefined;
};

export type AssessmentReason = {
  /** Stable. */
  code: string;
  value: number;
  /** What it adds to the logit, to a thousandth: weight times value. */
  contribution: number;
  text: string;
};

export type Assessment = {
  /** The probability that the review is no honest one, to four decimals: 1 / (1 + e^-logit). */
  score: number;
  verdict: 'publish' | 'hold' | 'reject';
  /** What speaks loudest first; the contributions add up to the logit. */
  reasons: AssessmentReason[];
};

/** What each signal is called where it is a reason, and what it says. */
const REASONS: Readonly<Record<SignalName, { code: string; text: string }>> = {
  burst: { code: 'burst', text: 'More reviews of the product at the same time than usual.' },
  burstSameStars: { code: 'burst_same_stars', text: 'Unusually many reviews around it give the same extreme stars.' },
  burstUnverified: { code: 'burst_unverified', text: 'Unusually many reviews around it come without a purchase.' },
  burstNewAccounts: { code: 'burst_new_accounts', text: 'Unusually many reviews around it come from new accounts.' },
  copiesAround: { code: 'copies_around', text: 'Reviews around it that are of its opinion have copied texts.' },
  deviation: { code: 'deviation', text: 'Its stars lie far from those of the other reviews.' },
  companions: { code: 'companions', text: 'Others reviewed the same several products at the same time.' },
  rate: { code: 'rate', text: 'The member writes more reviews in a short time than one person is likely to.' },
  extremes: { code: 'extremes', text: 'The member gives little but ones and fives.' },
  sameStars: { code: 'same_stars', text: 'The member gives all products the same stars.' },
  oneBrand: { code: 'one_brand', text: 'The member reviews the products of one brand alone.' },
  sleeper: { code: 'sleeper', text: 'The account was silent for long and then became active.' },
  closeness: { code: 'close_copy', text: 'Its text is close to one that another member wrote earlier.' },
  copies: { code: 'copies', text: 'Its text is close to several that others wrote earlier.' },
  ownCopies: { code: 'own_copies', text: 'The member used nearly the same text for other products.' },
  shallow: { code: 'shallow', text: 'Its text says next to nothing.' },
  templated: { code: 'templated', text: 'Its text is made of stock phrases.' },
  shouting: { code: 'shouting', text: 'Its text shouts.' },
  unverified: { code: 'unverified', text: 'No purchase of the product is known.' },
  incentivised: { code: 'incentivised', text: 'Something was given for the review.' },
  newAccount: { code: 'new_account', text: 'The account had just been opened.' },
};

/**
 * Judges a review by its signals. The score is a logistic regression over small whole numbers with the policy's weights, so that
 * anybody can work it out from the reasons: add up the contributions, take 1 / (1 + e^-sum).
 */
export function assess(
  signals: Signals,
  context: AssessmentContext,
  { moderation }: Pick<Policy, 'moderation'>,
): Assessment {
  const { base, weights, holdFrom, rejectFrom, newAccountDays } = moderation;
  const values: Signals = {
    ...signals,
    unverified: context.verified ? 0 : 1,
    incentivised: context.incentivised ? 1 : 0,
    newAccount: context.accountAgeDays !== undefined && context.accountAgeDays < newAccountDays ? 1 : 0,
  };
  const found = SIGNALS.map((name): AssessmentReason => {
    const value = values[name] ?? 0;
    const { code, text } = REASONS[name];
    return { code, value, contribution: thousandths(weights[name] * value), text };
  }).filter(({ contribution }) => contribution !== 0);
  const reasons = [
    { code: 'base', value: 1, contribution: thousandths(base), text: 'What any review starts from.' },
    ...found.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || (a.code < b.code ? -1 : 1)),
  ];
  const logit = thousandths(reasons.reduce((sum, { contribution }) => sum + contribution, 0));
  const score = Math.round(10_000 / (1 + Math.exp(-logit))) / 10_000;
  return { score, verdict: score >= rejectFrom ? 'reject' : score >= holdFrom ? 'hold' : 'publish', reasons };
}

function thousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
