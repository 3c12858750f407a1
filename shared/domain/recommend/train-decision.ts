import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import { seeded } from '../text/seeded.ts';
import { defaultWeights } from './default-weights.ts';
import { type FeatureName, featureNames, type Question, type Weights, type WeightsByContext } from './features.ts';
import { type HeldOutQuestion, heldOutQuestions } from './held-out.ts';
import { learnWeights, type WeightExample } from './learn-weights.ts';
import type { Model } from './model.ts';
import { Recommender } from './recommender.ts';
import { dataBefore, type TrainingData, trainModel } from './train-model.ts';

/** `figures`: what the model reached on the days that were held out, and how it compares with the one that serves. */
export type TrainingDecision =
  | {
      kind: 'publish';
      model: Model;
      reason: 'first' | 'not_worse' | 'nothing_to_compare';
      figures: Readonly<Record<string, number>>;
    }
  | { kind: 'keep'; model: Model; reason: 'worse'; figures: Readonly<Record<string, number>> }
  | { kind: 'keep'; model?: undefined; reason: 'unchanged' };

/** One seed for all trainings: the same data gives the same model. */
const SEED = 1;
/** A list as long as this is judged; so many candidates are looked at to learn from. */
const LENGTH = 20;
const CANDIDATES = 100;
/** With fewer questions chance alone would decide. */
const LEAST_QUESTIONS = 100;
/** Of a young shop's history no more than this share is held out. */
const HELD_OUT_SHARE = 0.2;

/**
 * Trains a model on all that is known, with weights that the last days have taught, and decides whether it is to serve. It is compared with
 * the one that serves on what happened since that one was trained: there a model trained on just what that one could know must find what came
 * next about as often. Where too little has happened since, both are asked what both have seen: a model that has lost what it knew shows there.
 * @param serving the model that serves now
 */
export function decideTraining(
  data: TrainingData,
  { shop, serving, policy }: { shop: string; serving: Model | undefined; policy: RecommendationPolicy },
): TrainingDecision {
  const { weights, figures } = learnOnHeldOut(data, shop, policy);
  const model = trainModel(data, { shop, weights, figures });
  if (serving === undefined) return { kind: 'publish', model, reason: 'first', figures };
  if (serving.header.version === model.header.version) return { kind: 'keep', reason: 'unchanged' };
  const compared = compare(model, serving, data, { shop, weights, heldOutFromMs: heldOutFrom(data, policy) });
  if (compared === undefined) return { kind: 'publish', model, reason: 'nothing_to_compare', figures };
  const { ours, theirs } = compared;
  // Beside the figures of the model and not among them: they would give the same model another version.
  const told = {
    ...figures,
    comparedQuestions: ours.questions,
    newHr20: ours.hr20,
    servingHr20: theirs.hr20,
    newMrr20: ours.mrr20,
    servingMrr20: theirs.mrr20,
  };
  const isWorse = ours.hr20 < theirs.hr20 * (1 - policy.training.tolerance);
  return isWorse
    ? { kind: 'keep', model, reason: 'worse', figures: told }
    : { kind: 'publish', model, reason: 'not_worse', figures: told };
}

function compare(
  model: Model,
  serving: Model,
  data: TrainingData,
  { shop, weights, heldOutFromMs }: { shop: string; weights: WeightsByContext; heldOutFromMs: number },
): { ours: Judgement; theirs: Judgement } | undefined {
  const since = serving.header.trainedAtMs + 1;
  const fresh = heldOutQuestions(data, since, SEED);
  if (fresh.length >= LEAST_QUESTIONS) {
    const rival = trainModel(dataBefore(data, since), { shop, weights, figures: {} });
    return { ours: judge(rival, data.ids, fresh), theirs: judge(serving, data.ids, fresh) };
  }
  const seen = heldOutQuestions(data, heldOutFromMs, SEED);
  if (seen.length < LEAST_QUESTIONS) return undefined;
  return { ours: judge(model, data.ids, seen), theirs: judge(serving, data.ids, seen) };
}

/** From when on days are held out: the policy's last days, and of a young shop's history no more than a share. */
function heldOutFrom({ interactions, newestMs }: TrainingData, policy: RecommendationPolicy): number {
  const oldest = interactions.at.reduce((least, second) => Math.min(least, second), newestMs / 1_000);
  const span = newestMs - oldest * 1_000;
  return newestMs - Math.min(policy.training.heldOutDays * DAY_MS, span * HELD_OUT_SHARE);
}

/** What weights the held-out days teach, and what a model without those days reaches on questions that taught nothing. */
function learnOnHeldOut(
  data: TrainingData,
  shop: string,
  policy: RecommendationPolicy,
): { weights: WeightsByContext; figures: Record<string, number> } {
  const nothing = { weights: defaultWeights, figures: {} };
  const from = heldOutFrom(data, policy);
  const questions = heldOutQuestions(data, from, SEED);
  if (questions.length < LEAST_QUESTIONS) return nothing;
  const before = trainModel(dataBefore(data, from), { shop, ...nothing });
  const random = seeded(SEED);
  const { teaches = [], judges = [] } = Object.groupBy(questions, () => (random() < 0.5 ? 'teaches' : 'judges'));
  const { weights } = learnWeights(examplesOf(before, teaches), defaultWeights, SEED);
  const figures = judge({ ...before, header: { ...before.header, weights } }, data.ids, judges);
  return { weights, figures: { ...figures } };
}

const everything: Weights = Object.fromEntries(featureNames.map((name): [FeatureName, number] => [name, 1]));

function* examplesOf(model: Model, questions: readonly HeldOutQuestion[]): Iterable<WeightExample> {
  const recommender = new Recommender(model);
  for (const { question, hits } of questions) {
    const candidates = recommender
      .score(question, { weights: everything, limit: CANDIDATES })
      .map(({ item, contributions }) => ({ values: contributions, hit: hits.has(item) }));
    yield { context: question.context, candidates };
  }
}

export type Judgement = { hr20: number; mrr20: number; questions: number };

/** How often one of the things that came next is among twenty, and how far up: the mean over questions. Items of questions are indexes into `ids`. */
export function judge(model: Model, ids: readonly string[], questions: readonly HeldOutQuestion[]): Judgement {
  const recommender = new Recommender(model);
  const isSame = model.ids === ids;
  const translated = (item: number): number | undefined =>
    isSame ? item : recommender.catalogue.indexOf(ids[item] ?? '');
  let found = 0;
  let reciprocal = 0;
  for (const { question, hits } of questions) {
    const wanted = new Set([...hits].map(translated));
    const asked = isSame ? question : inItemsOf(question, translated);
    const list = recommender.score(asked, { weights: model.header.weights[question.context], limit: LENGTH });
    const place = list.findIndex(({ item }) => wanted.has(item));
    if (place >= 0) {
      found += 1;
      reciprocal += 1 / (place + 1);
    }
  }
  const { length } = questions;
  return { hr20: found / length, mrr20: reciprocal / length, questions: length };
}

/** The same question in the items of another model; what that one does not know is left out. */
function inItemsOf(question: Question, translated: (item: number) => number | undefined): Question {
  const happened = (list: Question['recent']) =>
    list.flatMap((it) => {
      const item = translated(it.item);
      return item === undefined ? [] : [{ ...it, item }];
    });
  return {
    ...question,
    session: happened(question.session),
    recent: happened(question.recent),
    purchases: happened(question.purchases),
    basket: question.basket.flatMap((item) => translated(item) ?? []),
  };
}
