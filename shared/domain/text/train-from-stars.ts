import { type Figures, figuresOf, heldOutDecisions, slopeOf, stratifiedFolds } from './cross-validation.ts';
import { featuresOf } from './features.ts';
import type { Language } from './language.ts';
import { normalise } from './normalise.ts';
import { decisionOn, type TextModel } from './text-model.ts';
import { type Sample, trainModel } from './train.ts';

/** A review as a shop has it: whole stars 1 to 5, and the language that it was found to be in. */
export type StarredReview = { text: string; stars: number; language: Language };

export type StarOptions = {
  language: 'zh' | 'en';
  seed: number;
  /** What to be better than. It must not have been trained on these reviews: it would be asked what it was told. */
  serving?: TextModel;
  minimum?: { reviews: number; perClass: number };
};

/** Why there is no model of a shop's own, in order of precedence. */
export type StarRefusal =
  | 'too_many_reviews'
  | 'too_few_reviews'
  | 'one_class_only'
  | 'too_few_of_a_class'
  | 'not_better';

export type StarTraining = {
  /** What was learnt from: clear stars, with text, each text once. */
  positive: number;
  negative: number;
  /** On the same reviews, each decided by a model that had not seen it. */
  own?: Figures;
  serving?: Figures;
  /** Reviews that only the one or only the other decides rightly. */
  onlyOwnRight?: number;
  onlyServingRight?: number;
};

export type StarDecision =
  | { kind: 'trained'; model: TextModel; evidence: StarTraining }
  | { kind: 'refused'; code: StarRefusal; detail: string; evidence: StarTraining };

export const STAR_MINIMUM = { reviews: 500, perClass: 100 } as const;

/** What a function can train on in its time; a shop with more passes on its latest. */
export const STAR_REVIEWS_LIMIT = 100_000;

const FOLDS = 5;

/** One-sided, 95 %: how far a difference must stand out from chance (McNemar, 1947, as a sign test of what only one decides rightly). */
const CLEAR_DEVIATIONS = 1.645;

/**
 * Trains a model on a shop's own reviews, 4 and 5 stars against 1 and 2. It is given only where there is enough to learn from and, where
 * a model serves already, where held-out reviews show beyond chance that the new one reads them better; else the decision says
 * what is missing, with the figures. Pass only reviews that stand: who may post freely could teach it otherwise.
 */
export function trainFromStars(reviews: readonly StarredReview[], options: StarOptions): StarDecision {
  const { language, seed, serving, minimum = STAR_MINIMUM } = options;
  if (reviews.length > STAR_REVIEWS_LIMIT) {
    const detail = `${reviews.length} reviews are more than the ${STAR_REVIEWS_LIMIT} that can be learnt from at once.`;
    return { kind: 'refused', code: 'too_many_reviews', detail, evidence: { positive: 0, negative: 0 } };
  }
  const samples = clearSamples(reviews, language);
  const positive = samples.filter((sample) => sample.positive).length;
  const negative = samples.length - positive;
  const counts = { positive, negative };
  const few = fewness(counts, minimum);
  if (few !== undefined) return { kind: 'refused', ...few, evidence: counts };
  const training = { language, seed };
  const folds = stratifiedFolds(
    Int32Array.from(samples, (sample) => (sample.positive ? 1 : -1)),
    FOLDS,
    seed,
  );
  const { decisions, labels } = heldOutDecisions(samples, folds, training);
  const own = figuresOf(decisions, labels);
  const evidence: StarTraining = { ...counts, own };
  if (serving !== undefined) {
    const served = Float64Array.from(samples, ({ text }) => decisionOn(featuresOf(text, serving.about.kind), serving));
    const { onlyOwnRight, onlyServingRight } = disagreement(decisions, served, labels);
    Object.assign(evidence, { serving: figuresOf(served, labels), onlyOwnRight, onlyServingRight });
    const clear = onlyOwnRight - onlyServingRight > CLEAR_DEVIATIONS * Math.sqrt(onlyOwnRight + onlyServingRight);
    if (!clear || own.macroF1 <= (evidence.serving?.macroF1 ?? 0)) {
      const detail =
        `On reviews that it had not seen it alone is right ${onlyOwnRight} times, the serving model alone ${onlyServingRight} times: ` +
        'that is not clearly better.';
      return { kind: 'refused', code: 'not_better', detail, evidence };
    }
  }
  const slope = slopeOf(decisions, labels);
  return { kind: 'trained', model: trainModel(samples, { ...training, slope }), evidence };
}

function clearSamples(reviews: readonly StarredReview[], language: Language): Sample[] {
  const seen = new Set<string>();
  return reviews.flatMap((review) => {
    if (review.language !== language || review.stars === 3) return [];
    const text = normalise(review.text);
    // The same text under many names teaches nothing twice, and would be held out and learnt from at once.
    if (text === '' || seen.has(text)) return [];
    seen.add(text);
    return [{ text: review.text, positive: review.stars > 3 }];
  });
}

function fewness(
  { positive, negative }: { positive: number; negative: number },
  minimum: { reviews: number; perClass: number },
): { code: StarRefusal; detail: string } | undefined {
  const reviews = positive + negative;
  if (reviews < minimum.reviews) {
    return {
      code: 'too_few_reviews',
      detail: `${reviews} reviews with text and clear stars, ${minimum.reviews} are needed.`,
    };
  }
  const rarer = Math.min(positive, negative);
  if (rarer === 0) {
    const which = positive === 0 ? 'negative' : 'positive';
    return {
      code: 'one_class_only',
      detail: `All of ${reviews} reviews are ${which}: there is nothing to tell apart.`,
    };
  }
  if (rarer < minimum.perClass) {
    const which = positive < negative ? 'positive' : 'negative';
    return { code: 'too_few_of_a_class', detail: `${rarer} ${which} reviews, ${minimum.perClass} are needed.` };
  }
  return undefined;
}

function disagreement(own: Float64Array, served: Float64Array, labels: Int32Array) {
  let onlyOwnRight = 0;
  let onlyServingRight = 0;
  for (const [row, label] of labels.entries()) {
    const isOwnRight = (own[row] ?? 0) > 0 === label > 0;
    const isServedRight = (served[row] ?? 0) > 0 === label > 0;
    if (isOwnRight && !isServedRight) onlyOwnRight += 1;
    if (isServedRight && !isOwnRight) onlyServingRight += 1;
  }
  return { onlyOwnRight, onlyServingRight };
}
