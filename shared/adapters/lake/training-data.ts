import type { ProductFacts } from '../../domain/recommend/product-facts.ts';
import type { TrainingData } from '../../domain/recommend/train-model.ts';
import type { InteractionLog, PurchaseLog, SessionLog } from '../../domain/recommend/training-log.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import type { Cell, LakeEngine, Step } from './lake-engine.ts';
import { interactionsSql, itemsSql, newestSql, productsSql, purchasesSql, stepsOf } from './lake-sql.ts';

const DAY_MS = 86_400_000;
/** Clocks of storefronts may be this much ahead. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Reads what a model learns from: the window of days before the newest event. A shop that brought along an old history learns from that.
 * @param known what an earlier model knew of products, of which the lake may say nothing any more
 * @returns undefined where the lake holds nothing to learn from
 */
export async function readTrainingData(
  engine: LakeEngine,
  {
    nowMs,
    windowDays,
    gapMs,
    known = [],
  }: { nowMs: number; windowDays: number; gapMs: number; known?: readonly ProductFacts[] },
): Promise<TrainingData | undefined> {
  const toMs = nowMs + CLOCK_SKEW_MS;
  const [[newestMs]] = (await allRows(engine, newestSql(toMs))) as [[Cell]];
  if (typeof newestMs !== 'number') return undefined;
  const window = { fromMs: newestMs - windowDays * DAY_MS, toMs: newestMs };
  const steps = stepsOf(window);
  const ids = (await allRows(engine, itemsSql, steps)).map(([id]) => String(id));
  const { interactions, sessions } = await readInteractions(engine, steps, gapMs, ids.length);
  const purchases = await readPurchases(engine, steps, ids.length);
  const products = (await allRows(engine, productsSql(window.toMs))).flatMap((row) => productOf(row) ?? []);
  const told = new Set(products.map(({ productId }) => productId));
  const carried = known.filter(({ productId }) => !told.has(productId));
  const unlisted = carried.map(({ productId }) => productId).filter(notIn(ids));
  // What only an earlier model knew comes last, so that the numbers that the rows carry stay right.
  return {
    newestMs,
    ids: [...ids, ...unlisted],
    products: [...products, ...carried],
    interactions,
    sessions,
    purchases,
  };
}

function notIn(ids: readonly string[]): (id: string) => boolean {
  const set = new Set(ids);
  return (id) => !set.has(id);
}

async function readInteractions(
  engine: LakeEngine,
  steps: readonly Step[],
  gapMs: number,
  itemCount: number,
): Promise<{ interactions: InteractionLog; sessions: SessionLog }> {
  const items = new GrowingNumbers(Uint32Array);
  const kinds = new GrowingNumbers(Uint8Array);
  const at = new GrowingNumbers(Uint32Array);
  const starts = new GrowingNumbers(Uint32Array);
  for await (const [item = [], kind = [], second = [], begins = []] of engine.query(interactionsSql(gapMs), steps)) {
    for (let row = 0; row < item.length; row += 1) {
      if (begins[row] === 1) starts.push(items.length);
      items.push(item[row] as number);
      kinds.push(kind[row] as number);
      at.push(second[row] as number);
    }
  }
  const interactions = { itemCount, items: items.taken(), kinds: kinds.taken(), at: at.taken() };
  return { interactions, sessions: sessionsOf(interactions, starts.taken()) };
}

/** Sessions in the order in which they ended; the same product twice in a row is one look at it. */
function sessionsOf({ itemCount, items, at }: InteractionLog, starts: Uint32Array): SessionLog {
  const count = starts.length;
  const endOf = (session: number): number => (session + 1 < count ? (starts[session + 1] as number) : items.length);
  const order = Uint32Array.from({ length: count }, (_, session) => session);
  order.sort((one, other) => (at[endOf(one) - 1] as number) - (at[endOf(other) - 1] as number) || one - other);
  const from = new Uint32Array(count + 1);
  const kept = new GrowingNumbers(Uint32Array);
  const endedAt = new Uint32Array(count);
  order.forEach((session, place) => {
    let before = -1;
    for (let row = starts[session] as number; row < endOf(session); row += 1) {
      const item = items[row] as number;
      if (item !== before) kept.push(item);
      before = item;
    }
    endedAt[place] = at[endOf(session) - 1] as number;
    from[place + 1] = kept.length;
  });
  return { itemCount, from, items: kept.taken(), endedAt };
}

async function readPurchases(engine: LakeEngine, steps: readonly Step[], itemCount: number): Promise<PurchaseLog> {
  const from = new GrowingNumbers(Uint32Array);
  const lines = new GrowingNumbers(Uint32Array);
  const items = new GrowingNumbers(Uint32Array);
  const boughtAt = new GrowingNumbers(Uint32Array);
  for await (const [person = [], basket = [], item = [], second = []] of engine.query(purchasesSql, steps)) {
    for (let row = 0; row < item.length; row += 1) {
      if (person[row] === 1) from.push(boughtAt.length);
      if (basket[row] === 1) {
        lines.push(items.length);
        boughtAt.push(second[row] as number);
      }
      items.push(item[row] as number);
    }
  }
  from.push(boughtAt.length);
  lines.push(items.length);
  return { itemCount, from: from.taken(), lines: lines.taken(), items: items.taken(), boughtAt: boughtAt.taken() };
}

type SaidOfProduct = Partial<Omit<ProductFacts, 'asOf' | 'eventId'>>;

/** A product as the catalogue has it; undefined where what the lake holds is none. */
function productOf([atMs, eventId, data]: readonly (Cell | undefined)[]): ProductFacts | undefined {
  const said = parse(data);
  if (typeof said?.productId !== 'string' || typeof said.name !== 'string') return undefined;
  const { productId, name, brandId, supplierId, categories = [], price, currency, availability } = said;
  const asOf = new Date(Number(atMs)).toISOString();
  return {
    productId,
    name,
    brandId,
    supplierId,
    categories,
    price,
    currency,
    availability,
    asOf,
    eventId: String(eventId),
  };
}

function parse(data: Cell | undefined): SaidOfProduct | undefined {
  try {
    const said: unknown = JSON.parse(String(data));
    return typeof said === 'object' && said !== null ? (said as SaidOfProduct) : undefined;
  } catch {
    // Not JSON: a line that something else has written, and no product.
    return undefined;
  }
}

async function allRows(engine: LakeEngine, sql: string, steps: readonly Step[] = []): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for await (const columns of engine.query(sql, steps)) {
    const [first = []] = columns;
    first.forEach((_, row) => {
      rows.push(columns.map((column) => column[row] ?? null));
    });
  }
  return rows;
}
