import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import type { Happened, Question, RecommendContext } from './features.ts';
import type { History, Interaction } from './history.ts';
import { CLOCK_SKEW_MS } from './history-fold.ts';
import type { LiveCatalogue } from './live-catalogue.ts';

const MINUTE_MS = 60_000;

export type Asked = {
  context: RecommendContext;
  /** The product of the page, or the one that was just put in the basket. */
  productId?: string | undefined;
  /** False: only what belongs to the running session counts, and nothing that was bought. */
  personal: boolean;
  nowMs: number;
};

/** What a history says to a question, with products by index; products that nobody knows are left out. */
export function questionOf(
  history: History,
  catalogue: Pick<LiveCatalogue, 'indexOf'>,
  asked: Asked,
  policy: RecommendationPolicy,
): Question {
  const { context, nowMs, personal, productId } = asked;
  const gapMs = policy.sessionGapMinutes * MINUTE_MS;
  const interactions = happenedOf(history.interactions, catalogue, nowMs);
  const purchases = personal ? happenedOf(history.purchases, catalogue, nowMs) : [];
  const last = lastSession(interactions, gapMs);
  const runs = nowMs - (last.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) <= gapMs;
  // Who comes back after days goes on, in a way, where the last visit ended; who wants no profile begins anew.
  const session = runs || personal ? last : [];
  const page = productId === undefined ? undefined : catalogue.indexOf(productId);
  const here: Happened | undefined =
    page === undefined ? undefined : { item: page, kind: context === 'cart' ? 'cart' : 'view', atMs: nowMs };
  const withPage = (list: readonly Happened[]): readonly Happened[] =>
    here === undefined || list.at(-1)?.item === here.item ? list : [...list, here];
  const recent = personal ? inOrder([...interactions, ...purchases]) : session;
  const carted = session.filter(({ kind }) => kind === 'cart').map(({ item }) => item);
  const basket = context === 'cart' && page !== undefined ? [...carted, page] : carted;
  return {
    context,
    session: withPage(session),
    recent: withPage(recent),
    basket: [...new Set(basket)],
    purchases,
    nowMs,
  };
}

/** What has happened by now, oldest first. */
function happenedOf(
  interactions: readonly Interaction[],
  catalogue: Pick<LiveCatalogue, 'indexOf'>,
  nowMs: number,
): Happened[] {
  const happened: Happened[] = [];
  for (const { productId, kind, atMs } of interactions) {
    const item = catalogue.indexOf(productId);
    if (item !== undefined && atMs <= nowMs + CLOCK_SKEW_MS) happened.push({ item, kind, atMs: Math.min(atMs, nowMs) });
  }
  return inOrder(happened);
}

function inOrder(happened: Happened[]): Happened[] {
  return happened.sort((one, other) => one.atMs - other.atMs);
}

/** The end of what happened that belongs together. */
function lastSession(happened: readonly Happened[], gapMs: number): readonly Happened[] {
  let from = happened.length - 1;
  while (from > 0 && (happened[from]?.atMs ?? 0) - (happened[from - 1]?.atMs ?? 0) <= gapMs) from -= 1;
  return happened.slice(Math.max(from, 0));
}
