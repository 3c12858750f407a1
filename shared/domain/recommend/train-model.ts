import { buildBasketNeighbours } from './basket-neighbours.ts';
import type { WeightsByContext } from './features.ts';
import { buildItemNeighbours } from './item-neighbours.ts';
import { buildMemberNeighbours } from './member-neighbours.ts';
import type { Model } from './model.ts';
import { versionOf } from './model-format.ts';
import { buildPopularity } from './popularity.ts';
import type { ProductFacts } from './product-facts.ts';
import { buildRepeatTable } from './repeat.ts';
import { buildSessionIndex } from './session-index.ts';
import type { InteractionLog, PurchaseLog, SessionLog } from './training-log.ts';

/** All that a model learns from. Items are indexes into `ids`. */
export type TrainingData = {
  ids: readonly string[];
  /** What is known of products, in any order; of ids that are not listed nothing is used. */
  products: readonly ProductFacts[];
  interactions: InteractionLog;
  sessions: SessionLog;
  purchases: PurchaseLog;
  /** The instant of the newest event. */
  newestMs: number;
};

/** What the model of a shop says of itself beside what it has learnt. */
export type ModelNotes = { shop: string; weights: WeightsByContext; figures: Readonly<Record<string, number>> };

/** A function may be this much behind when it takes over a change of the catalogue: so much is read again. */
const CATALOGUE_OVERLAP_MS = 2 * 3_600_000;

/**
 * Learns a model from all of the data. The same data gives the same model and so the same version, whenever it is learnt: every date in it is one of
 * the data.
 */
export function trainModel(data: TrainingData, { shop, weights, figures }: ModelNotes): Model {
  const { ids, interactions, newestMs } = data;
  const itemCount = ids.length;
  const sessions = { ...data.sessions, itemCount };
  const purchases = { ...data.purchases, itemCount };
  const index = new Map(ids.map((id, item) => [id, item]));
  const products: (ProductFacts | undefined)[] = ids.map(() => undefined);
  for (const facts of data.products) {
    const item = index.get(facts.productId);
    if (item !== undefined) products[item] = facts;
  }
  const model: Model = {
    header: {
      version: '',
      shop,
      trainedAtMs: newestMs,
      catalogueUpToMs: newestMs - CATALOGUE_OVERLAP_MS,
      counts: {
        items: itemCount,
        sessions: Math.max(0, sessions.from.length - 1),
        interactions: interactions.items.length,
        purchases: purchases.items.length,
      },
      weights,
      figures,
    },
    ids,
    products,
    sessions: buildSessionIndex(sessions),
    neighbours: buildItemNeighbours(sessions),
    repeat: buildRepeatTable(purchases),
    together: buildBasketNeighbours(purchases),
    members: buildMemberNeighbours(purchases),
    popularity: buildPopularity({ ...interactions, itemCount }, Math.floor(newestMs / 1_000)),
  };
  return { ...model, header: { ...model.header, version: versionOf(model) } };
}

/** What was known before an instant: whole sessions and baskets that ended before it. */
export function dataBefore(data: TrainingData, beforeMs: number): TrainingData {
  const before = beforeMs / 1_000;
  return {
    ...data,
    interactions: interactionsBefore(data.interactions, before),
    sessions: sessionsBefore(data.sessions, before),
    purchases: purchasesBefore(data.purchases, before),
    newestMs: Math.min(data.newestMs, beforeMs),
  };
}

function interactionsBefore({ itemCount, items, kinds, at }: InteractionLog, before: number): InteractionLog {
  let count = 0;
  for (let row = 0; row < at.length; row += 1) if ((at[row] as number) < before) count += 1;
  const kept = { itemCount, items: new Uint32Array(count), kinds: new Uint8Array(count), at: new Uint32Array(count) };
  for (let row = 0, place = 0; row < at.length; row += 1) {
    if ((at[row] as number) >= before) continue;
    kept.items[place] = items[row] as number;
    kept.kinds[place] = kinds[row] as number;
    kept.at[place] = at[row] as number;
    place += 1;
  }
  return kept;
}

function sessionsBefore({ itemCount, from, items, endedAt }: SessionLog, before: number): SessionLog {
  const found = endedAt.findIndex((second) => second >= before);
  const count = found === -1 ? endedAt.length : found;
  const end = from[count] ?? 0;
  return {
    itemCount,
    from: from.slice(0, count + 1),
    items: items.slice(0, end),
    endedAt: endedAt.slice(0, count),
  };
}

function purchasesBefore({ itemCount, from, lines, items, boughtAt }: PurchaseLog, before: number): PurchaseLog {
  const newFrom = [0];
  const newLines = [0];
  const newItems: number[] = [];
  const newBoughtAt: number[] = [];
  for (let member = 0; member + 1 < from.length; member += 1) {
    for (let basket = from[member] as number; basket < (from[member + 1] as number); basket += 1) {
      if ((boughtAt[basket] as number) >= before) break;
      for (let line = lines[basket] as number; line < (lines[basket + 1] as number); line += 1) {
        newItems.push(items[line] as number);
      }
      newLines.push(newItems.length);
      newBoughtAt.push(boughtAt[basket] as number);
    }
    if (newBoughtAt.length > (newFrom.at(-1) ?? 0)) newFrom.push(newBoughtAt.length);
  }
  return {
    itemCount,
    from: Uint32Array.from(newFrom),
    lines: Uint32Array.from(newLines),
    items: Uint32Array.from(newItems),
    boughtAt: Uint32Array.from(newBoughtAt),
  };
}
