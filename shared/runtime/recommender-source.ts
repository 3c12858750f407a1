import type { CatalogueFeedStore } from '../adapters/dynamo/catalogue-feed-store.ts';
import type { RecentSample } from '../domain/recommend/recent-sample.ts';
import { Recommender } from '../domain/recommend/recommender.ts';
import { nowMs } from './clock.ts';
import type { ModelSource } from './model-source.ts';

export type RecommenderSource = {
  /** The recommender to answer with: the model that should serve, as far as it can be had, and the catalogue as it is now. */
  current(known: { serving: string | undefined; recent: RecentSample }): Promise<Recommender>;
  refusal: ModelSource['refusal'];
};

/** Changes are in the index a moment after they were written, and clocks differ: so much of the time before the last look is read again. */
const OVERLAP_MS = 3_000;
/** Without a model so many of the newest products are known. */
const WITHOUT_MODEL = 20_000;
const PAGE = 5_000;
/** Grades and restrictions that are known, the newest. */
const STANDINGS = 20_000;
/** While the catalogue changes as much as this between two questions, it is looked at no more often than every so many milliseconds. */
const BUSY = { changes: 100, everyMs: 1_000 };
/** While more is asked than this in a second, the catalogue is looked at no more often than every so many milliseconds. */
const CROWDED = { questions: 100, everyMs: 250 };
const SECOND_MS = 1_000;

/** A recommender, and from which instant on changes of the catalogue are to be read; undefined: the newest of all. */
type Shelf = {
  recommender: Recommender;
  from: string | undefined;
  isNew: boolean;
  /** When changes were last read, and how long after that the next time may be. */
  readMs: number;
  waitMs: number;
  reading: Promise<void> | undefined;
};

/**
 * Keeps a recommender for the life of a process. Each question sees every change of the catalogue that was there when it came; only while
 * very much changes or is asked it may miss those of the last second.
 * @param clocks `elapsedMs` is a clock of this machine that never goes back, `clockMs` the one that changes are dated by
 */
export function recommenderSource(
  { models, feed }: { models: ModelSource; feed: CatalogueFeedStore },
  { elapsedMs = () => performance.now(), clockMs = nowMs }: { elapsedMs?: () => number; clockMs?: () => number } = {},
): RecommenderSource {
  let shelf: Shelf | undefined;
  let second = { fromMs: 0, questions: 0, before: 0 };

  /** Whether many questions come at this time: in this second, or in the one before. */
  const isCrowded = (atMs: number): boolean => {
    const age = atMs - second.fromMs;
    if (age >= SECOND_MS) second = { fromMs: atMs, questions: 0, before: age < 2 * SECOND_MS ? second.questions : 0 };
    second.questions += 1;
    return Math.max(second.questions, second.before) > CROWDED.questions;
  };

  const readChanges = async (shelf: Shelf): Promise<void> => {
    // What reputation says may be older than the model, and no model holds it.
    if (shelf.isNew) for (const standing of await feed.standings(STANDINGS)) shelf.recommender.applyStanding(standing);
    shelf.isNew = false;
    const lookedAt = new Date(clockMs() - OVERLAP_MS).toISOString();
    let { from } = shelf;
    for (let complete = false; !complete; ) {
      const changes = await feed.changedSince(from, from === undefined ? WITHOUT_MODEL : PAGE);
      for (const facts of changes.products) shelf.recommender.applyProduct(facts);
      for (const standing of changes.standings) shelf.recommender.applyStanding(standing);
      const read = changes.products.length + changes.standings.length;
      shelf.readMs = elapsedMs();
      shelf.waitMs = read > BUSY.changes ? BUSY.everyMs : 0;
      // All that was asked for is there, or nothing further: what is older than the newest is not waited for.
      complete = changes.complete || from === undefined || changes.upTo === undefined || changes.upTo <= from;
      from = changes.upTo;
    }
    shelf.from = lookedAt;
  };

  return {
    async current({ serving, recent }) {
      const model = await models.current(serving);
      if (shelf === undefined || shelf.recommender.model !== model) {
        const from = model === undefined ? undefined : new Date(model.header.catalogueUpToMs).toISOString();
        shelf = {
          recommender: new Recommender(model),
          from,
          isNew: true,
          readMs: Number.NEGATIVE_INFINITY,
          waitMs: 0,
          reading: undefined,
        };
      }
      const current = shelf;
      const atMs = elapsedMs();
      const waitMs = Math.max(current.waitMs, isCrowded(atMs) ? CROWDED.everyMs : 0);
      if (atMs - current.readMs >= waitMs) {
        current.reading ??= readChanges(current).finally(() => {
          current.reading = undefined;
        });
        await current.reading;
      }
      current.recommender.setLive(recent);
      return current.recommender;
    },
    refusal: () => models.refusal(),
  };
}
