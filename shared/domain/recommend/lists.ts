import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { type Arranged, type ArrangeSurroundings, arrange } from './arrange.ts';
import { type Candidate, featureNames, type Question, type Weights, type WeightsByContext } from './features.ts';
import type { ListFilters } from './filters.ts';
import type { Shown } from './history.ts';
import { likenessOf } from './likeness.ts';
import { type ExplainedItem, explainList, type SourceCode } from './reasons.ts';
import type { Recommender } from './recommender.ts';
import { rulesOf } from './sellable.ts';

/** What a list is made for: the question, and what else bears on it. */
export type ListRequest = {
  question: Question;
  /** The product of the page itself, which is not on its own list. */
  pageItem?: number | undefined;
  filters: ListFilters;
  limit: number;
  shown: readonly Shown[];
  locale?: string | undefined;
  timeZone: string;
  /** Decides what chance decides. */
  seed: number;
};

export type MadeList = { items: ExplainedItem[]; leftOut: Arranged['leftOut']; relaxed: Arranged['relaxed'] };

/** Why the shop's own model has no list to give. */
export type InHouseRefusal = { cause: 'no_model' | 'cold' };

/** The list of the shop's own model, or why it has none: it is not trained yet, or there is nothing to go by. */
export function inHouseList(
  recommender: Recommender,
  request: ListRequest,
  policy: RecommendationPolicy,
  defaults: WeightsByContext,
): MadeList | InHouseRefusal {
  const { model } = recommender;
  if (model === undefined) return { cause: 'no_model' };
  const { question } = request;
  if (question.recent.length === 0 && question.basket.length === 0) return { cause: 'cold' };
  const weights = weightsFor(question, { learnt: model.header.weights, defaults }, policy);
  return madeOf(recommender, request, policy, { weights, explores: true });
}

/** What is looked at and bought most these days. */
export function popularList(recommender: Recommender, request: ListRequest, policy: RecommendationPolicy): MadeList {
  return madeOf(recommender, request, policy, { weights: { trending: 1 }, explores: false });
}

/** The products that the catalogue was told of last; each counts the less the further down it stands. */
export function newestList(recommender: Recommender, request: ListRequest, policy: RecommendationPolicy): MadeList {
  const { catalogue } = recommender;
  const rules = rulesOf(surroundingsOf(recommender, request, policy));
  const items = Array.from({ length: catalogue.size }, (_, item) => item)
    .filter((item) => catalogue.factsOf(item) !== undefined && rules.refusalOf(item) === undefined)
    .map((item) => ({ item, asOf: catalogue.factsOf(item)?.asOf ?? '' }))
    .sort((one, other) => (one.asOf === other.asOf ? one.item - other.item : one.asOf < other.asOf ? 1 : -1))
    .slice(0, policy.candidates);
  const candidates = items.map(({ item }, place): Candidate => {
    const score = 1 - place / items.length;
    return { item, score, contributions: Float64Array.of(score) };
  });
  return listOf(candidates, recommender, request, policy, ['newest']);
}

/** What another engine has found, best first, under the same rules; products that the shop does not know are left out. */
export function foreignList(
  found: readonly { productId: string }[],
  recommender: Recommender,
  request: ListRequest,
  policy: RecommendationPolicy,
): MadeList {
  const items = found
    .map(({ productId }) => recommender.catalogue.indexOf(productId))
    .filter((item) => item !== undefined);
  const candidates = items.map((item, place): Candidate => {
    const score = 1 - place / items.length;
    return { item, score, contributions: Float64Array.of(score) };
  });
  return listOf(candidates, recommender, request, policy, ['personalize']);
}

/** Of its default weight, what content keeps whatever was learnt: nothing else finds products that nobody has looked at yet. */
const CONTENT_SHARE = 0.25;

/** The learnt weights of a page, replaced where the policy says so. */
function weightsFor(
  { context }: Question,
  { learnt, defaults }: { learnt: WeightsByContext; defaults: WeightsByContext },
  policy: RecommendationPolicy,
): Weights {
  const own = Object.entries(policy.weights[context]).filter(([, weight]) => weight !== undefined);
  const content = Math.max(learnt[context].content ?? 0, CONTENT_SHARE * (defaults[context].content ?? 0));
  return { ...learnt[context], content, ...Object.fromEntries(own) };
}

function madeOf(
  recommender: Recommender,
  request: ListRequest,
  policy: RecommendationPolicy,
  { weights, explores }: { weights: Weights; explores: boolean },
): MadeList {
  const rules = rulesOf(surroundingsOf(recommender, request, policy));
  const filtered = Object.values(request.filters).some((filter) => filter !== undefined);
  const refused: Arranged['leftOut'] = {};
  const candidates = recommender.score(request.question, {
    weights,
    limit: Math.max(policy.candidates, 2 * request.limit),
    // A list of one shelf is made of that shelf's products, and not of what is left of the best of the whole shop.
    ...(filtered && {
      accepts: (item) => {
        const code = rules.refusalOf(item);
        if (code !== undefined) refused[code] = (refused[code] ?? 0) + 1;
        return code === undefined;
      },
    }),
  });
  const list = listOf(candidates, recommender, request, policy, featureNames, explores);
  return { ...list, leftOut: { ...refused, ...list.leftOut } };
}

function surroundingsOf(
  recommender: Recommender,
  { question, pageItem, filters, shown, limit, seed }: ListRequest,
  policy: RecommendationPolicy,
): ArrangeSurroundings {
  return {
    catalogue: recommender.catalogue,
    question,
    policy,
    shown,
    filters,
    pageItem,
    limit,
    seed,
    repeatShareOf: (item) => recommender.repeatShareOf(item),
    similarity: likenessOf(recommender.catalogue, (one, other) => recommender.similarity(one, other)),
  };
}

function listOf(
  candidates: readonly Candidate[],
  recommender: Recommender,
  request: ListRequest,
  policy: RecommendationPolicy,
  sources: readonly SourceCode[],
  explores = false,
): MadeList {
  const { catalogue } = recommender;
  const { items, leftOut, relaxed } = arrange(candidates, {
    ...surroundingsOf(recommender, request, policy),
    sources,
    ...(explores && {
      newcomers: {
        isNew: (item) => recommender.isNew(item, request.question.nowMs, policy.exploration),
        items: recommender.newcomers(),
      },
    }),
  });
  const { question, locale, timeZone } = request;
  const happened = happenedOf(question, request.pageItem);
  const explained = explainList(items, {
    catalogue,
    question: happened,
    pageAlone: request.pageItem !== undefined && happened.recent.length === 0,
    locale,
    timeZone,
    anchorOf: (code, of) => recommender.anchorOf(question, code, of),
    intervalDaysOf: (of) => recommender.intervalDaysOf(of),
  });
  return { items: explained, leftOut, relaxed };
}

/** What really happened: the product of a page stands at the end of its own question, though nobody may have looked at it yet. */
function happenedOf(question: Question, pageItem: number | undefined): Question {
  const { nowMs } = question;
  const really = (list: Question['recent']): Question['recent'] => {
    const last = list.at(-1);
    return last !== undefined && last.item === pageItem && last.atMs === nowMs ? list.slice(0, -1) : list;
  };
  return { ...question, session: really(question.session), recent: really(question.recent) };
}
