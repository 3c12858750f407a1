/** What the policy's variety does to lists: how alike the products of one are, how often it hits, how much of the catalogue is seen. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ItemIds, readSessions } from '../../infra/evaluation/read-sessions.ts';
import { readExport } from '../../infra/importers/read-export.ts';
import { arrange } from '../../shared/domain/recommend/arrange.ts';
import { ContentIndex } from '../../shared/domain/recommend/content.ts';
import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import type { Candidate, Happened, Question } from '../../shared/domain/recommend/features.ts';
import { buildItemNeighbours, neighboursFeature } from '../../shared/domain/recommend/item-neighbours.ts';
import { listFigures } from '../../shared/domain/recommend/list-figures.ts';
import { LiveCatalogue } from '../../shared/domain/recommend/live-catalogue.ts';
import type { Similarity } from '../../shared/domain/recommend/re-rank.ts';
import { createScorer } from '../../shared/domain/recommend/scorer.ts';
import { buildSessionIndex, sessionFeature } from '../../shared/domain/recommend/session-index.ts';
import type { SessionLog } from '../../shared/domain/recommend/training-log.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import type { RecommendationPolicy } from '../../shared/policy/recommend-schema.ts';
import { DATA_FOLDER } from './data-folder.ts';
import { oneOf, readShop } from './recommend-quality.ts';

/** Of lists of one length, without and with what the policy says of variety. */
export type VarietyRow = {
  /** Which likeness of products was used and measured. */
  likeness: 'visited together' | 'category';
  length: number;
  predictions: number;
  before: ListsAre;
  after: ListsAre;
};
export type ListsAre = { hitRate: number; mrr: number; inListSimilarity: number; coverage: number };

type Shop = {
  likeness: VarietyRow['likeness'];
  log: SessionLog;
  test: Pick<SessionLog, 'from' | 'items'>;
  catalogue: LiveCatalogue;
  similarity: Similarity;
};

const LENGTHS = [10, 20];
/** Of the sessions with categories, which all come after each other, the last are predicted. */
const TEST_SHARE = 0.15;

/** @param every of so many test sessions one is predicted; a string says why nothing was measured */
export async function measureVariety(
  every: number,
  policy = currentPolicy.recommendations,
): Promise<VarietyRow[] | string> {
  const sessions = await readShop('retailrocket');
  if (typeof sessions === 'string') return sessions;
  const { log } = sessions;
  const plain = new LiveCatalogue({
    ids: Array.from({ length: log.itemCount }, (_, item) => `sku-${item}`),
    products: [],
  });
  const test = oneOf(sessions.test, every);
  const rows = varietyOf(policy, {
    likeness: 'visited together',
    log,
    test,
    catalogue: plain,
    similarity: togetherIn(log),
  });
  const described = await readDescribed(every);
  return described === undefined ? rows : [...rows, ...varietyOf(policy, described)];
}

function varietyOf(policy: RecommendationPolicy, { likeness, log, test, catalogue, similarity }: Shop): VarietyRow[] {
  const features = [sessionFeature(buildSessionIndex(log)), neighboursFeature(buildItemNeighbours(log))];
  const scorer = createScorer(features, log.itemCount);
  const lists = LENGTHS.map((length) => ({ length, before: new Lists(), after: new Lists() }));
  for (let session = 0; session + 1 < test.from.length; session += 1) {
    const items = test.items.subarray(test.from[session], test.from[session + 1]);
    for (let next = 1; next < items.length; next += 1) {
      const target = items[next] as number;
      const question = questionOf(items.subarray(0, next));
      const candidates = scorer.score(question, { weights: defaultWeights.product, limit: policy.candidates });
      for (const { length, before, after } of lists) {
        before.add(itemsOf(candidates.slice(0, length)), target);
        const around = { catalogue, question, policy, filters: {}, limit: length, similarity, seed: session };
        after.add(itemsOf(arrange(candidates, around).items), target);
      }
    }
  }
  const { itemCount } = log;
  return lists.map(({ length, before, after }) => ({
    likeness,
    length,
    predictions: before.count,
    before: before.are(itemCount, similarity),
    after: after.are(itemCount, similarity),
  }));
}

function questionOf(items: Uint32Array): Question {
  const session = Array.from(items, (item): Happened => ({ item, kind: 'view', atMs: 0 }));
  return { context: 'product', session, recent: session, basket: [], purchases: [], nowMs: 0 };
}

const itemsOf = (list: readonly Pick<Candidate, 'item'>[]): number[] => list.map(({ item }) => item);

class Lists {
  readonly #lists: number[][] = [];
  #found = 0;
  #reciprocal = 0;

  get count(): number {
    return this.#lists.length;
  }

  add(list: number[], target: number): void {
    this.#lists.push(list);
    const place = list.indexOf(target) + 1;
    if (place === 0) return;
    this.#found += 1;
    this.#reciprocal += 1 / place;
  }

  are(itemCount: number, similarity: Similarity): ListsAre {
    const { coverage, inListSimilarity = 0 } = listFigures(this.#lists, { itemCount, similarity });
    return { hitRate: this.#found / this.count, mrr: this.#reciprocal / this.count, inListSimilarity, coverage };
  }
}

/** The cosine of two products over the sessions that have them. */
function togetherIn({ itemCount, from, items }: SessionLog): Similarity {
  const sessionsOf = Array.from({ length: itemCount }, (): number[] => []);
  for (let session = 0; session + 1 < from.length; session += 1) {
    for (const item of new Set(items.subarray(from[session], from[session + 1]))) sessionsOf[item]?.push(session);
  }
  const known = new Map<number, number>();
  return (one, other) => {
    const key = Math.min(one, other) * itemCount + Math.max(one, other);
    const likeness = known.get(key) ?? cosine(sessionsOf[one] ?? [], sessionsOf[other] ?? []);
    known.set(key, likeness);
    return likeness;
  };
}

function cosine(some: readonly number[], others: readonly number[]): number {
  let shared = 0;
  for (let at = 0, bt = 0; at < some.length && bt < others.length; ) {
    const difference = (some[at] as number) - (others[bt] as number);
    if (difference === 0) shared += 1;
    if (difference <= 0) at += 1;
    if (difference >= 0) bt += 1;
  }
  return shared === 0 ? 0 : shared / Math.sqrt(some.length * others.length);
}

/** The sessions of the same shop that say of each product in which category it is, with the likeness that serves. */
async function readDescribed(every: number): Promise<Shop | undefined> {
  const file = join(DATA_FOLDER, 'retailrocket/events.tsv.gz');
  if (!existsSync(file)) return undefined;
  const ids = new ItemIds();
  const { from, items, endedAt } = await readSessions(file, ids);
  const count = Math.floor(endedAt.length * (1 - TEST_SHARE));
  const end = from[count] as number;
  const log = {
    itemCount: ids.size,
    from: from.slice(0, count + 1),
    items: items.slice(0, end),
    endedAt: endedAt.slice(0, count),
  };
  const catalogue = new LiveCatalogue({ ids: [], products: [] });
  const content = new ContentIndex();
  for (const [productId, category] of await categoriesIn(file)) {
    const facts = { productId, name: '', categories: [category], asOf: '', eventId: '' };
    catalogue.applyProduct(facts);
    content.add(ids.of(productId), facts);
  }
  const test = { from: from.slice(count).map((at) => at - end), items: items.slice(end) };
  const similarity: Similarity = (one, other) => content.similarity(one, other);
  return { likeness: 'category', log, test: oneOf(test, Math.ceil(every / 4)), catalogue, similarity };
}

/** The category of each product, in the order in which the products are met. */
async function categoriesIn(file: string): Promise<Map<string, string>> {
  let text = '';
  for await (const chunk of readExport(file)) text += chunk;
  const [header = '', ...rows] = text.trim().split('\n');
  const names = header.split('\t').map((name) => name.trim());
  const categories = new Map<string, string>();
  for (const row of rows) {
    const fields = row.split('\t');
    categories.set(fields[names.indexOf('ItemId')]?.trim() ?? '', fields[names.indexOf('CatId')]?.trim() ?? '');
  }
  return categories;
}
