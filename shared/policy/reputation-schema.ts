import * as z from 'zod/mini';
import { factor, issue, name } from './policy-parts.ts';

/** A part of a whole: 0.05 is 5 %. */
const share = z.number().check(z.gte(0), z.lte(1));
const points = z.number().check(z.gte(0), z.lte(100));
const evidence = z.int().check(z.gte(1), z.lte(1_000_000));
const days = z.int().check(z.gte(1), z.lte(36_500));

/** Values for rates of what went wrong, straight lines in between, and past the last point its value. */
const curve = z
  .array(z.strictObject({ rate: share, value: points }))
  .check(z.minLength(2), z.maxLength(20), (context) => {
    const list = context.value;
    if (list[0]?.rate !== 0) context.issues.push(issue([0, 'rate'], list[0]?.rate, 'A curve begins at a rate of 0.'));
    list.forEach((point, index) => {
      const before = list[index - 1];
      if (before === undefined) return;
      if (point.rate <= before.rate) context.issues.push(issue([index, 'rate'], point.rate, 'Rates rise.'));
      // Else a shop could be better off for one more thing gone wrong.
      if (point.value > before.value) context.issues.push(issue([index, 'value'], point.value, 'Values never rise.'));
    });
  });

const component = {
  /** What a value of 100 adds to the score. */
  weight: points,
  curve,
  /** The evidence (reviews, orders, pieces) from which on the rate is what was seen alone. */
  minimum: evidence,
  /** The rate that evidence below the minimum is filled up with. */
  assumed: share,
  /** How many things gone wrong in the window are forgiven. */
  grace: z.int().check(z.gte(0), z.lte(10_000)),
};

const plain = z.strictObject(component);

/** The weights of a score come to 100, so that its components add up to it. */
const adding = <Shape extends Record<string, z.ZodMiniType<{ weight: number }>>>(shape: Shape) =>
  z.strictObject(shape).check((context) => {
    const all = Object.values(context.value) as { weight: number }[];
    const sum = all.reduce((total, { weight }) => total + weight, 0);
    if (Math.abs(sum - 100) > 1e-9) context.issues.push(issue([], sum, 'The weights add up to 100.'));
  });

/** The least score or credit of each step, highest first; the last begins at 0 so that everybody is on one. */
const falling = (steps: readonly { id: string; from: number }[], report: (problem: z.core.$ZodRawIssue) => void) => {
  steps.forEach((step, index) => {
    const above = steps[index - 1];
    if (above !== undefined && step.from >= above.from) {
      report(issue([index, 'from'], step.from, 'Levels stand from the highest down.'));
    }
    if (steps.findIndex(({ id }) => id === step.id) !== index) {
      report(issue([index, 'id'], step.id, 'Two levels share an id.'));
    }
  });
  const last = steps.at(-1);
  if (last === undefined || last.from === 0) return;
  report(issue([steps.length - 1, 'from'], last.from, 'The last level begins at 0.'));
};

const scoreLevels = z
  .array(z.strictObject({ id: name, from: points }))
  .check(z.minLength(1), z.maxLength(10), (context) => {
    falling(context.value, (problem) => context.issues.push(problem));
  });

const creditLevels = z
  .array(
    z.strictObject({
      id: name,
      from: points,
      /** What the reviewer's reviews weigh, beside others. */
      weight: factor(2, 10),
      privileges: z.array(name).check(z.maxLength(20)),
    }),
  )
  .check(z.minLength(1), z.maxLength(10), (context) => {
    falling(context.value, (problem) => context.issues.push(problem));
  });

/** Something that credit grows with towards `most`, half of it at `half`. */
const growing = z.strictObject({ most: points, half: z.number().check(z.gt(0), z.lte(10_000)) });

const credit = z
  .strictObject({
    /** What a reviewer begins with. */
    start: points,
    /** For the age of the account, in full after so many days. */
    tenure: z.strictObject({ most: points, days }),
    /** For what published reviews say: their length, pictures, and how many things they rate. */
    depth: z.strictObject({
      most: points,
      half: z.number().check(z.gt(0), z.lte(10_000)),
      length: z.int().check(z.gte(1), z.lte(10_000)),
      media: z.int().check(z.gte(1), z.lte(100)),
      kinds: z.int().check(z.gte(2), z.lte(3)),
    }),
    /** For how many there are. */
    frequency: growing,
    /** For the share that is of verified purchases, and for the share under the author's own name. */
    verified: growing,
    named: growing,
    /** For helpful votes; as much can be lost by unhelpful ones. */
    helpful: growing,
    /** What one rejected review takes. */
    rejected: points,
    /** Everything but start and tenure counts half after so many days. */
    halfLifeDays: days,
    levels: creditLevels,
    /** So many rejections within so many days take the right to review for so many days from the last of them. */
    bans: z
      .array(z.strictObject({ rejections: z.int().check(z.gte(1), z.lte(100)), withinDays: days, days }))
      .check(z.maxLength(10)),
    /** Loyalty points taken for a rejected review beside those that had been paid for it. */
    penalty: z.strictObject({
      first: z.int().check(z.gte(0), z.lte(1_000_000)),
      repeated: z.int().check(z.gte(0), z.lte(1_000_000)),
      withinDays: days,
    }),
  })
  .check(
    z.refine(
      ({ start, tenure, depth, frequency, verified, named, helpful }) =>
        start + tenure.most + depth.most + frequency.most + verified.most + named.most + helpful.most <= 100 + 1e-9,
      { path: ['start'], message: 'All that credit is given for adds up to 100 at most.' },
    ),
  );

/** What is made of reviews, orders, complaints and inspections: the rating, scores, grades and the credit of reviewers. */
export const reputationSchema = z.strictObject({
  rating: z.strictObject({
    /** What a product is taken to be rated before anybody has, and how many reviews of weight 1 that stands for. */
    priorMean: z.number().check(z.gte(1), z.lte(5)),
    priorStrength: z.number().check(z.gte(0), z.lte(10_000)),
    /** A review counts half after so many quarters, and never less than the floor. */
    halfLifeQuarters: z.number().check(z.gt(0), z.lte(400)),
    recencyFloor: share,
  }),
  reviewWeight: z.strictObject({
    unverified: factor(2, 1),
    incentivised: factor(2, 1),
    /** Votes move the weight up or down by at most `span`; half of that takes as many votes of one mind as `votes`. */
    helpful: z.strictObject({
      span: z.number().check(z.gte(0), z.lt(1)),
      votes: z.number().check(z.gt(0), z.lte(10_000)),
    }),
    /** A text of at least so many characters. */
    detailed: z.strictObject({ length: z.int().check(z.gte(1), z.lte(10_000)), factor: factor(2, 10) }),
    /** Any picture or film. */
    media: factor(2, 10),
  }),
  /**
   * What scores and grades look back on: so many quarters up to the last one with an order, or more of them where these
   * had fewer orders than `orders`.
   */
  window: z
    .strictObject({
      quarters: z.int().check(z.gte(1), z.lte(400)),
      sparseQuarters: z.int().check(z.gte(1), z.lte(400)),
      orders: z.int().check(z.gte(0), z.lte(1_000_000)),
    })
    .check(
      z.refine((it) => it.quarters <= it.sparseQuarters, {
        path: ['sparseQuarters'],
        message: 'Fewer orders take a longer look.',
      }),
    ),
  /** Of brands and suppliers. */
  score: z.strictObject({
    components: adding({
      /** Of reviews, those that are not positive. */
      satisfaction: plain,
      /** Complaints per order: upheld ones, and of those not yet decided at most `openLimit` per order. */
      complaints: z.strictObject({ ...component, openLimit: share }),
      /** Of orders, those of which something came back. */
      returns: plain,
      /** Of pieces inspected, those that failed. */
      inspections: plain,
      /** Complaints answered late, and those that a deadline passed unmet, per order. */
      response: plain,
      resolution: plain,
    }),
    levels: scoreLevels,
    /** How much of the score, in percent, has to rest on evidence for there to be a level. */
    coverage: points,
  }),
  /** Of products. */
  grade: z.strictObject({
    components: adding({ inspections: plain, returns: plain, satisfaction: plain }),
    grades: z
      .strictObject({ AAA: points, AA: points, A: points })
      .check(z.refine((it) => it.AAA > it.AA && it.AA > it.A, 'AAA stands above AA, and AA above A.')),
    /** How much of the score, in percent, has to rest on evidence for there to be a grade. */
    coverage: points,
  }),
  credit,
  scorecard: z.strictObject({
    /** Beside those of the desk that handles complaints. */
    goals: z.strictObject({
      passRate: share,
      returnRate: share,
      satisfaction: share,
      answeredInTime: share,
      decidedInTime: share,
    }),
    /** What each stage of the service weighs in the satisfaction score. */
    stages: z.strictObject({ product: points, service: points, logistics: points, complaints: points }),
  }),
});

export type ReputationPolicy = z.output<typeof reputationSchema>;
