import { buildBasketNeighbours, togetherFeature } from '../../shared/domain/recommend/basket-neighbours.ts';
import {
  type BasketQuestion,
  type HeldOutBaskets,
  holdOutLastBaskets,
  holdOutLastDays,
  questionOfBasket,
} from '../../shared/domain/recommend/basket-questions.ts';
import type { FindingFeature, Weights } from '../../shared/domain/recommend/features.ts';
import { basketFigures, learnBasketWeights } from '../../shared/domain/recommend/learn-basket-weights.ts';
import { listFigures } from '../../shared/domain/recommend/list-figures.ts';
import { buildMemberNeighbours, similarMembersFeature } from '../../shared/domain/recommend/member-neighbours.ts';
import { buildRepeatTable, repeatFeature } from '../../shared/domain/recommend/repeat.ts';
import { createScorer } from '../../shared/domain/recommend/scorer.ts';
import type { PurchaseLog, Section } from '../../shared/domain/recommend/training-log.ts';
import type { Evaluation } from '../commands/evaluation.ts';
import { UsageError } from '../commands/usage-error.ts';
import { ImportProblem } from '../importers/importer.ts';
import {
  type Baseline,
  basketsOf,
  globalTop,
  personalThenGlobal,
  personalTop,
  popularItems,
  tifuKnn,
} from './basket-baselines.ts';
import { type BasketForm, readBaskets } from './read-baskets.ts';

const help = `npm run evaluate -- baskets --data FILE [--seed N]

Predicts baskets from what their members bought before, with the features that serve and weights learnt on baskets that are held
out of the training part, and prints {ours, globalTop, personalTop, personalThenGlobal, tifuKnn} and more as one line of JSON.
Which baskets are predicted is up to the file, .csv or .csv.gz, whose header says which form it has:

  user_id,order_number,product_id   a product a row. The last basket of every member who has two or more is predicted; all the
                                    others are learnt from. Without times, baskets count for days.
  an Online Retail export           Each basket of the last 30 days of a member who had bought before them is predicted, from all
                                    that the member had bought until then; what came before the 30 days is learnt from. What
                                    counts is what members bought: no cancellations, adjustments, postage, fees or guests.

  --data FILE   the baskets
  --seed N      which held-out baskets the weights are learnt on where there are more than 3,000 (default: 1)
  --help        this text

Means over the predicted baskets, of lists of 10: recall10 (share of the basket that the list has), ndcg10 (by the gain of a list that
has the whole basket in front, not cut off at 10), phr10 (share of baskets of which the list has anything). repeats and newItems are the
same for lists of nothing but what the member had bought before, and of nothing but what not, over the baskets that have such
items; sameList is the list of all kinds, measured against either part. tifuKnn has its authors' settings for Ta-Feng.
`;

export const basketsEvaluation: Evaluation = {
  help,
  options: { data: { type: 'string' }, seed: { type: 'string', default: '1' } },
  async run({ data, seed }) {
    if (typeof data !== 'string' || data === '') throw new UsageError('Which baskets are to be predicted? --data FILE');
    if (typeof seed !== 'string' || !/^\d{1,9}$/.test(seed))
      throw new UsageError(`--seed takes a whole number, not "${seed}".`);
    try {
      const { form, log, leftOut } = await readBaskets(data);
      const held = holdOut(log, form);
      if (held.questions.length === 0) {
        throw new UsageError(`${data} has no basket of a member who had bought before: there is nothing to predict.`);
      }
      return { form, rowsLeftOut: leftOut, ...measureBaskets(held, form, Number(seed)) };
    } catch (error) {
      throw error instanceof ImportProblem ? new UsageError(error.message) : error;
    }
  },
};

const LENGTH = 10;
const TEST_DAYS = 30;

/** Holds out what is predicted, by the protocol of a form; of what is left the same way what weights are learnt on. */
export function holdOut(log: PurchaseLog, form: BasketForm): HeldOutBaskets {
  return form === 'baskets' ? holdOutLastBaskets(log) : holdOutLastDays(log, TEST_DAYS);
}

type Reached = { recall10: number; ndcg10: number; phr10: number };
export type BasketFigures = Reached & {
  repeats: Reached;
  newItems: Reached;
  sameList: { repeats: Reached; newItems: Reached };
  coverage10: number;
  gini10: number;
  novelty10: number;
};

/** Learns from the training part and predicts the baskets that were held out, as the served scorer would, beside the methods to compare with. */
export function measureBaskets(held: HeldOutBaskets, form: BasketForm, seed: number) {
  const { whole, train, questions } = held;
  const startedMs = performance.now();
  const inner = holdOut(train, form);
  const learnt = learnBasketWeights(inner, featuresOf(inner.train).features, seed);
  const weightedMs = performance.now();
  const { features, sections } = featuresOf(train);
  const trainedMs = performance.now();

  const popular = popularItems(train);
  const ours = new Ours(features, whole, learnt.weights, popular);
  const counts = new Uint32Array(train.itemCount);
  for (const item of train.items) counts[item] = (counts[item] as number) + 1;
  const judged = (method: Method) => judge(method, whole, questions, counts);
  const figures = judged(ours.method);
  const members = new Set(questions.map(({ member }) => member));
  return {
    users: members.size,
    baskets: questions.length,
    items: whole.itemCount,
    seed,
    weights: learnt.weights,
    ours: figures,
    globalTop: judged(compared(globalTop(popular), whole)),
    personalTop: judged(compared(personalTop, whole)),
    personalThenGlobal: judged(compared(personalThenGlobal(popular), whole)),
    tifuKnn: judged(compared(tifuKnn(train), whole)),
    heldOut: {
      recall10: rounded(learnt.recall10, 4),
      ndcg10: rounded(learnt.ndcg10, 4),
      baskets: learnt.questions,
    },
    trainSeconds: rounded((trainedMs - weightedMs) / 1000, 2),
    weightSeconds: rounded((weightedMs - startedMs) / 1000, 2),
    modelBytes: sections.reduce((bytes, section) => bytes + bytesOf(section), 0),
    predictMs: ours.predictMs(),
  };
}

function featuresOf(log: PurchaseLog): { features: FindingFeature[]; sections: Section[] } {
  const repeat = buildRepeatTable(log);
  const together = buildBasketNeighbours(log);
  const members = buildMemberNeighbours(log);
  return {
    features: [repeatFeature(repeat), similarMembersFeature(members), togetherFeature(together)],
    sections: [repeat, together, members],
  };
}

/** Lists for a question, one for each that says which products it accepts. */
type Method = (question: BasketQuestion, accepted: readonly Accepts[]) => number[][];
type Accepts = (item: number) => boolean;

/** The served features, joined by the served scorer; what is popular takes the places that nothing else has. */
class Ours {
  readonly #tookMs: number[] = [];
  readonly method: Method;

  constructor(features: readonly FindingFeature[], whole: PurchaseLog, weights: Weights, popular: Uint32Array) {
    const scorer = createScorer(features, whole.itemCount);
    this.method = (asked, accepted) => {
      const question = questionOfBasket(whole, asked);
      return accepted.map((accepts) => {
        const startedMs = performance.now();
        const list = scorer.score(question, { weights, limit: LENGTH, accepts }).map(({ item }) => item);
        this.#tookMs.push(performance.now() - startedMs);
        const listed = new Set(list);
        return [...list, ...firstOf(popular, LENGTH - list.length, (item) => accepts(item) && !listed.has(item))];
      });
    };
  }

  predictMs(): { p50: number; p90: number; p99: number } {
    const sorted = Float64Array.from(this.#tookMs).sort();
    const at = (share: number) => rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? 0, 3);
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
  }
}

function compared(baseline: Baseline, whole: PurchaseLog): Method {
  return ({ member, basket }, accepted) => {
    const ranked = baseline({ row: member, baskets: basketsOf(whole, member, basket) });
    return accepted.map((accepts) => firstOf(ranked, LENGTH, accepts));
  };
}

function firstOf(ranked: Iterable<number>, limit: number, accepts: Accepts): number[] {
  const list: number[] = [];
  if (limit <= 0) return list;
  for (const item of ranked) {
    if (!accepts(item)) continue;
    list.push(item);
    if (list.length === limit) break;
  }
  return list;
}

function judge(
  method: Method,
  whole: PurchaseLog,
  questions: readonly BasketQuestion[],
  popularity: Uint32Array,
): BasketFigures {
  const tallies = {
    all: new Tally(),
    repeats: new Tally(),
    newItems: new Tally(),
    sameRepeats: new Tally(),
    sameNew: new Tally(),
  };
  const lists: number[][] = [];
  for (const question of questions) {
    const basket = new Set(whole.items.subarray(whole.lines[question.basket], whole.lines[question.basket + 1]));
    const before = new Set(basketsOf(whole, question.member, question.basket).flatMap((items) => [...items]));
    const repeats = new Set([...basket].filter((item) => before.has(item)));
    const newItems = new Set([...basket].filter((item) => !before.has(item)));
    const isBought = (item: number) => before.has(item);
    const [list = [], again = [], fresh = []] = method(question, [() => true, isBought, (item) => !isBought(item)]);
    lists.push(list);
    tallies.all.add(list, basket);
    tallies.sameRepeats.add(list, repeats);
    tallies.sameNew.add(list, newItems);
    tallies.repeats.add(again, repeats);
    tallies.newItems.add(fresh, newItems);
  }
  const beyond = listFigures(lists, { itemCount: whole.itemCount, popularity });
  return {
    ...tallies.all.reached(),
    repeats: tallies.repeats.reached(),
    newItems: tallies.newItems.reached(),
    sameList: { repeats: tallies.sameRepeats.reached(), newItems: tallies.sameNew.reached() },
    coverage10: rounded(beyond.coverage, 4),
    gini10: rounded(beyond.gini, 4),
    novelty10: rounded(beyond.novelty ?? 0, 2),
  };
}

class Tally {
  #baskets = 0;
  #recall = 0;
  #ndcg = 0;
  #hits = 0;

  /** A basket without anything to find tells nothing. */
  add(list: readonly number[], basket: ReadonlySet<number>): void {
    if (basket.size === 0) return;
    const { recall, ndcg } = basketFigures(list, basket);
    this.#baskets += 1;
    this.#recall += recall;
    this.#ndcg += ndcg;
    if (recall > 0) this.#hits += 1;
  }

  reached(): Reached {
    const mean = (sum: number) => (this.#baskets === 0 ? 0 : rounded(sum / this.#baskets, 4));
    return { recall10: mean(this.#recall), ndcg10: mean(this.#ndcg), phr10: mean(this.#hits) };
  }
}

function bytesOf(section: Section): number {
  return Object.values(section).reduce((bytes, column) => bytes + column.byteLength, 0);
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
