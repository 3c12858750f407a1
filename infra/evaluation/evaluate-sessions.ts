import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import type { Happened, Question, Weights } from '../../shared/domain/recommend/features.ts';
import { buildItemNeighbours, neighboursFeature } from '../../shared/domain/recommend/item-neighbours.ts';
import { listFigures } from '../../shared/domain/recommend/list-figures.ts';
import { createScorer } from '../../shared/domain/recommend/scorer.ts';
import { buildSessionIndex, sessionFeature } from '../../shared/domain/recommend/session-index.ts';
import type { Section, SessionLog } from '../../shared/domain/recommend/training-log.ts';
import type { Evaluation } from '../commands/evaluation.ts';
import { UsageError } from '../commands/usage-error.ts';
import { ImportProblem } from '../importers/importer.ts';
import { ItemIds, readSessions, type SessionForm, sessionForms } from './read-sessions.ts';

const help = `npm run evaluate -- sessions --train FILE (--test FILE | --held-out PERCENT) [--form sequences|events]

Learns from the sessions of one file and predicts, for every prefix of every session of the other, the item that comes next,
with the features and weights that serve a shop of which only sessions are known. The catalogue is the items of the training
file; items of the prefix may be recommended again. Prints {hr20, mrr20, hr10, mrr10, coverage20, popularity20, predictions,
trainSeconds, modelBytes, predictMs {p50, p90, p99}} and more as one line of JSON.

  --train FILE  sessions to learn from, .gz or not
  --test FILE   sessions to predict; an item that the training file does not have cannot be predicted, and counts as not found
  --held-out N  in place of a test file: of the training file learn from all but the last N percent of its sessions, and predict those;
                what is to be chosen is chosen like this, never on sessions that a method is judged by
  --form FORM   sequences: a session a line, ids of items between spaces, oldest first, the earliest session first
                events: fields between tabs, with a header that names SessionId, ItemId and Time
                (default: events where the first line has a tab)
  --help        this text

hr20 is the share of predictions with the item among the first 20, mrr20 the mean of 1 / its place, 0 beyond 20. coverage20 is
the share of the catalogue that came among 20 at all, gini20 how unevenly, popularity20 the mean popularity of what did, 1 for
the most popular item, and novelty20 its mean surprise in bits.
`;

export const sessionsEvaluation: Evaluation = {
  help,
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    'held-out': { type: 'string' },
    form: { type: 'string' },
  },
  async run({ train, test, 'held-out': heldOut, form }) {
    if (typeof train !== 'string' || train === '')
      throw new UsageError('Which sessions are to be learnt from? --train FILE');
    const percent = typeof heldOut === 'string' ? Number(heldOut) : undefined;
    if (percent !== undefined && !(percent > 0 && percent < 100))
      throw new UsageError(`--held-out takes a number between 0 and 100, not "${heldOut}".`);
    if ((typeof test !== 'string' || test === '') === (percent === undefined))
      throw new UsageError('Which sessions are to be predicted? Either --test FILE or --held-out PERCENT');
    if (form !== undefined && !isForm(form))
      throw new UsageError(`--form takes ${sessionForms.join(' or ')}, not "${form}".`);
    try {
      const ids = new ItemIds();
      const trained = await readSessions(train, ids, form);
      const log: SessionLog = { itemCount: ids.size, ...trained };
      const parts =
        percent === undefined ? { log, test: await readSessions(String(test), ids, form) } : heldOutOf(log, percent);
      if (parts.log.items.length === 0)
        throw new ImportProblem(
          `But for the last ${percent} % ${train} has no session: there is nothing to learn from.`,
        );
      if (parts.test.items.length === parts.test.from.length - 1) {
        const path = percent === undefined ? test : `The last ${percent} % of ${train}`;
        throw new ImportProblem(`${path} has no session of two items or more: there is nothing to predict.`);
      }
      return measureSessions(parts.log, parts.test);
    } catch (error) {
      throw error instanceof ImportProblem ? new UsageError(error.message) : error;
    }
  },
};

/** The sessions but for the last ones, and those; items are numbered anew in the order of the sessions, so that the catalogue is what was met before. */
function heldOutOf({ from, items, endedAt }: SessionLog, percent: number): { log: SessionLog; test: TestSessions } {
  const cut = Math.floor((from.length - 1) * (1 - percent / 100));
  const end = from[cut] ?? 0;
  const order = new ItemIds();
  const numbered = items.map((item) => order.of(String(item)));
  const met = numbered.subarray(0, end);
  return {
    log: {
      itemCount: met.reduce((most, item) => Math.max(most, item + 1), 0),
      from: from.slice(0, cut + 1),
      items: met,
      endedAt: endedAt.subarray(0, cut),
    },
    test: { from: from.slice(cut).map((start) => start - end), items: numbered.subarray(end) },
  };
}

const isForm = (form: unknown): form is SessionForm => sessionForms.some((known) => known === form);

/** The sessions to predict; an item beyond those of the log is unknown to it. */
export type TestSessions = Pick<SessionLog, 'from' | 'items'>;

export type SessionFigures = {
  hr20: number;
  mrr20: number;
  hr10: number;
  mrr10: number;
  coverage20: number;
  popularity20: number;
  gini20: number;
  novelty20: number;
  predictions: number;
  /** Predictions of an item that is not in the catalogue: they count, and are never right. */
  unknownTargets: number;
  trainSeconds: number;
  modelBytes: number;
  predictMs: { p50: number; p90: number; p99: number };
};

const LENGTH = 20;

/** Trains on a log and predicts every item of the test sessions but the first of each, as the served scorer would. */
export function measureSessions(
  log: SessionLog,
  test: TestSessions,
  weights: Weights = defaultWeights.product,
): SessionFigures {
  const startedMs = performance.now();
  const sessions = buildSessionIndex(log);
  const neighbours = buildItemNeighbours(log);
  const trainSeconds = (performance.now() - startedMs) / 1000;
  const scorer = createScorer([sessionFeature(sessions), neighboursFeature(neighbours)], log.itemCount);
  const { popularity, popular } = popularityOf(log);
  const tally = new Tally(log.itemCount, popularity);
  for (let session = 0; session + 1 < test.from.length; session += 1) {
    const items = test.items.subarray(test.from[session], test.from[session + 1]);
    const happened = Array.from(items, (item): Happened => ({ item, kind: 'view', atMs: 0 }));
    for (let next = 1; next < items.length; next += 1) {
      const askedMs = performance.now();
      const list = scorer
        .score(questionOf(happened.slice(0, next)), { weights, limit: LENGTH })
        .map(({ item }) => item);
      fillUp(list, popular);
      tally.add(list, items[next] ?? 0, performance.now() - askedMs);
    }
  }
  return {
    ...tally.figures(),
    trainSeconds: rounded(trainSeconds, 2),
    modelBytes: bytesOf(sessions) + bytesOf(neighbours),
    predictMs: tally.predictMs(),
  };
}

function questionOf(session: readonly Happened[]): Question {
  return { context: 'product', session, recent: session, basket: [], purchases: [], nowMs: 0 };
}

/** How often each item occurs, and the items, the most frequent first. */
function popularityOf({ itemCount, items }: SessionLog): { popularity: Uint32Array; popular: Uint32Array } {
  const popularity = new Uint32Array(itemCount);
  for (const item of items) popularity[item] = (popularity[item] ?? 0) + 1;
  const popular = Uint32Array.from({ length: itemCount }, (_, item) => item);
  popular.sort((one, other) => (popularity[other] ?? 0) - (popularity[one] ?? 0) || one - other);
  return { popularity, popular };
}

/** What is popular takes the places that nothing else has. */
function fillUp(list: number[], popular: Uint32Array): void {
  for (const item of popular) {
    if (list.length >= LENGTH) return;
    if (!list.includes(item)) list.push(item);
  }
}

class Tally {
  readonly #itemCount: number;
  readonly #popularity: Uint32Array;
  readonly #lists: (readonly number[])[] = [];
  readonly #tookMs: number[] = [];
  #found20 = 0;
  #found10 = 0;
  #reciprocal20 = 0;
  #reciprocal10 = 0;
  #unknownTargets = 0;

  constructor(itemCount: number, popularity: Uint32Array) {
    this.#itemCount = itemCount;
    this.#popularity = popularity;
  }

  add(list: readonly number[], target: number, tookMs: number): void {
    this.#lists.push(list);
    this.#tookMs.push(tookMs);
    if (target >= this.#itemCount) this.#unknownTargets += 1;
    const place = list.indexOf(target) + 1;
    if (place === 0) return;
    this.#found20 += 1;
    this.#reciprocal20 += 1 / place;
    if (place > 10) return;
    this.#found10 += 1;
    this.#reciprocal10 += 1 / place;
  }

  figures() {
    const predictions = this.#lists.length;
    const share = (sum: number) => rounded(predictions === 0 ? 0 : sum / predictions, 4);
    const lists = listFigures(this.#lists, { itemCount: this.#itemCount, popularity: this.#popularity });
    return {
      hr20: share(this.#found20),
      mrr20: share(this.#reciprocal20),
      hr10: share(this.#found10),
      mrr10: share(this.#reciprocal10),
      coverage20: rounded(lists.coverage, 4),
      popularity20: rounded(lists.popularity ?? 0, 4),
      gini20: rounded(lists.gini, 4),
      novelty20: rounded(lists.novelty ?? 0, 2),
      predictions,
      unknownTargets: this.#unknownTargets,
    };
  }

  predictMs(): SessionFigures['predictMs'] {
    const sorted = Float64Array.from(this.#tookMs).sort();
    const at = (share: number) =>
      rounded(sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0, 3);
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
  }
}

function bytesOf(section: Section): number {
  return Object.values(section).reduce((bytes, column) => bytes + column.byteLength, 0);
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
