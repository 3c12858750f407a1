import { seeded, shuffle } from '../text/seeded.ts';
import {
  type FeatureName,
  featureNames,
  type RecommendContext,
  type Weights,
  type WeightsByContext,
} from './features.ts';
import { fitLogistic } from './logistic.ts';

/**
 * A question that was held out: what each candidate has of each feature, scaled as the scorer scales it (by `featureNames`, without weights), and
 * whether it is what came next.
 */
export type WeightExample = {
  context: RecommendContext;
  candidates: readonly { values: Float64Array; hit: boolean }[];
};

export type LearntWeights = {
  weights: WeightsByContext;
  /**
   * For each context how many questions there were, and the mean reciprocal rank that the prior and what was learnt reach on those that
   * were kept apart. `kept`: the prior stays, because there was too little to learn from or nothing was won.
   */
  evidence: Partial<Record<RecommendContext, { questions: number; prior: number; learnt: number; kept: boolean }>>;
};

/** With fewer questions a context keeps the weights it had. */
const LEAST_QUESTIONS = 200;
/** More teach nothing new. */
const MOST_QUESTIONS = 4_000;
/** Of five questions one is kept apart to judge by. */
const JUDGED = 5;
/** Candidates that a hit is compared with, by chance. */
const COMPARED = 12;
/** The scale on which a difference of scores becomes odds, and how strongly odds are drawn to those of the prior. */
const SCALE = 5;
const PULL = 20;
/** What is won has to be more than chance would give. */
const BETTER = 1.002;

/**
 * Weights for the mixture R = sum of w_k x f_k, for each context: of each pair of a product that came next and one that did not, the first should score
 * higher. Pairwise logistic regression (Burges et al., RankNet, 2005) drawn towards the prior, no weight below 0, the greatest as great as the prior's; and the
 * prior where the outcome does not find what came next further up.
 * @param seed decides which candidates are compared
 */
export function learnWeights(examples: Iterable<WeightExample>, prior: WeightsByContext, seed: number): LearntWeights {
  const weights: Record<RecommendContext, Weights> = { ...prior };
  const evidence: LearntWeights['evidence'] = {};
  for (const [context, all = []] of Map.groupBy(examples, (example) => example.context)) {
    const useful = all.filter(({ candidates }) => candidates.some(({ hit }) => hit));
    const chosen = shuffle([...useful.keys()], seeded(seed))
      .slice(0, MOST_QUESTIONS)
      .flatMap((index) => useful[index] ?? []);
    const judged = chosen.filter((_, index) => index % JUDGED === 0);
    const before = reciprocalRank(judged, prior[context]);
    evidence[context] = { questions: chosen.length, prior: before, learnt: before, kept: true };
    if (chosen.length < LEAST_QUESTIONS) continue;
    const learnt = learntFrom(
      chosen.filter((_, index) => index % JUDGED !== 0),
      prior[context],
      seed,
    );
    const after = reciprocalRank(judged, learnt);
    const kept = !(after > before * BETTER);
    evidence[context] = { questions: chosen.length, prior: before, learnt: after, kept };
    if (!kept) weights[context] = learnt;
  }
  return { weights, evidence };
}

function learntFrom(examples: readonly WeightExample[], prior: Weights, seed: number): Weights {
  const width = featureNames.length;
  const random = seeded(seed + 1);
  const pairs: Float64Array[] = [];
  for (const { candidates } of examples) {
    const hits = candidates.filter(({ hit }) => hit);
    const others = candidates.filter(({ hit }) => !hit);
    for (const hit of hits) {
      for (let count = 0; count < Math.min(COMPARED, others.length); count += 1) {
        const other = others[Math.floor(random() * others.length)];
        if (other !== undefined) pairs.push(hit.values.map((value, at) => value - (other.values[at] as number)));
      }
    }
  }
  // Each pair both ways round: without, all labels would be 1 and greater weights always better.
  const inputs = new Float32Array(2 * pairs.length * width);
  const labels = new Uint8Array(2 * pairs.length);
  pairs.forEach((pair, index) => {
    inputs.set(pair, 2 * index * width);
    inputs.set(
      pair.map((difference) => -difference),
      (2 * index + 1) * width,
    );
    labels[2 * index] = 1;
  });
  const start = featureNames.map((name) => SCALE * (prior[name] ?? 0));
  const learnt = fitLogistic({ width, count: labels.length, inputs, labels }, start, PULL);
  const greatest = learnt.reduce((most, weight) => Math.max(most, weight), 0);
  if (!(greatest > 0) || learnt.some((weight) => !Number.isFinite(weight))) return prior;
  // The greatest weight of a prior without weights is 1.
  const scale = (Math.max(0, ...Object.values(prior)) || 1) / greatest;
  const named: Partial<Record<FeatureName, number>> = {};
  featureNames.forEach((name, at) => {
    // Whoever is never asked has nothing to learn from; what would count against a product is left out.
    const weight = Math.round(Math.max(0, (learnt[at] as number) * scale) * 1e4) / 1e4;
    if (weight > 0) named[name] = weight;
  });
  return named;
}

/** The mean over questions of 1 / the rank of the best hit; among equal scores the hit comes last. */
function reciprocalRank(examples: readonly WeightExample[], weights: Weights): number {
  const vector = featureNames.map((name) => weights[name] ?? 0);
  const scoreOf = (values: Float64Array): number =>
    values.reduce((sum, value, at) => sum + value * (vector[at] ?? 0), 0);
  let sum = 0;
  for (const { candidates } of examples) {
    const best = Math.max(...candidates.filter(({ hit }) => hit).map(({ values }) => scoreOf(values)));
    sum += 1 / (1 + candidates.filter(({ hit, values }) => !hit && scoreOf(values) >= best).length);
  }
  return examples.length === 0 ? 0 : sum / examples.length;
}
