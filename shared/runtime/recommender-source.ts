import type { CatalogueFeedStore } from '../adapters/dynamo/catalogue-feed-store.ts';
import type { RecentSample } from '../domain/recommend/recent-sample.ts';
import { Recommender } from '../domain/recommend/recommender.ts';
import type { ModelSource } from './model-source.ts';

export type RecommenderSource = {
  /** The recommender to answer with: the model that should serve, as far as it can be had, and the catalogue as it is now. */
  current(known: { serving: string | undefined; recent: RecentSample }): Promise<Recommender>;
  refusal: ModelSource['refusal'];
};

/** Changes are in the index a moment after they were written, and writers' clocks differ: so much is read again each time. */
const OVERLAP_MS = 10_000;
/** Without a model so many of the newest products are known. */
const WITHOUT_MODEL = 20_000;
const PAGE = 5_000;
/** Grades and restrictions that are known, the newest. */
const STANDINGS = 20_000;
/** While the catalogue changes as much as this between two questions, it is looked at no more often than every so many milliseconds. */
const BUSY = { changes: 100, everyMs: 1_000 };

/** A recommender, and up to which change of the catalogue it knows. */
type Shelf = {
  recommender: Recommender;
  upTo: string | undefined;
  isNew: boolean;
  notBeforeMs: number;
  reading: Promise<void> | undefined;
};

/**
 * Keeps a recommender for the life of a process. Each question sees every change of the catalogue that was there when it came; only while
 * very much changes it may miss those of the last second.
 * @param elapsedMs a clock of this machine that never goes back
 */
export function recommenderSource(
  { models, feed }: { models: ModelSource; feed: CatalogueFeedStore },
  elapsedMs: () => number = () => performance.now(),
): RecommenderSource {
  let shelf: Shelf | undefined;

  const readChanges = async (shelf: Shelf): Promise<void> => {
    // What reputation says may be older than the model, and no model holds it.
    if (shelf.isNew) for (const standing of await feed.standings(STANDINGS)) shelf.recommender.applyStanding(standing);
    shelf.isNew = false;
    let from = shelf.upTo === undefined ? undefined : new Date(Date.parse(shelf.upTo) - OVERLAP_MS).toISOString();
    for (let complete = false; !complete; from = shelf.upTo) {
      const before = from;
      const changes = await feed.changedSince(from, from === undefined ? WITHOUT_MODEL : PAGE);
      for (const facts of changes.products) shelf.recommender.applyProduct(facts);
      for (const standing of changes.standings) shelf.recommender.applyStanding(standing);
      const read = changes.products.length + changes.standings.length;
      shelf.notBeforeMs = read > BUSY.changes ? elapsedMs() + BUSY.everyMs : 0;
      // All that was asked for is there, or nothing further: what is older than the newest is not waited for.
      complete = changes.complete || before === undefined || changes.upTo === undefined || changes.upTo <= before;
      shelf.upTo = changes.upTo ?? shelf.upTo;
    }
  };

  return {
    async current({ serving, recent }) {
      const model = await models.current(serving);
      if (shelf === undefined || shelf.recommender.model !== model) {
        const upTo = model === undefined ? undefined : new Date(model.header.catalogueUpToMs).toISOString();
        shelf = { recommender: new Recommender(model), upTo, isNew: true, notBeforeMs: 0, reading: undefined };
      }
      const current = shelf;
      if (elapsedMs() >= current.notBeforeMs) {
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
