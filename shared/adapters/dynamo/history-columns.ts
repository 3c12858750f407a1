import { happenedKinds } from '../../domain/recommend/features.ts';
import type { Interaction } from '../../domain/recommend/history.ts';
import type { HistoryFacts } from '../../domain/recommend/history-fold.ts';

/**
 * Lists of facts, newest first, as columns: what is alike stands side by side and is compressed well, a product that comes again is
 * a number, and a time is how long it was before the one above it. A history so takes half of what it takes as a list of objects.
 */
export type HappenedColumns = { products: string[]; rows: number[]; kinds: string; times: number[] };

export type HistoryColumns = {
  interactions?: HappenedColumns & { ids: string };
  purchases?: HappenedColumns & { ids: string; counts: number[] };
  /** Of the counts 0 is all that was bought. */
  withdrawals?: { ids: string; targets: string; counts: number[]; times: number[] };
  shown?: { ids: string; products: string[]; lists: number[][]; times: number[] };
};

type Happened = Pick<Interaction, 'productId' | 'kind' | 'atMs'>;

/** Ids are hashes, and have no commas. */
const SEPARATOR = ',';

export function happenedColumns(happened: readonly Happened[]): HappenedColumns {
  return {
    ...numbered(happened.map(({ productId }) => productId)),
    kinds: happened.map(({ kind }) => happenedKinds.indexOf(kind)).join(''),
    times: differences(happened),
  };
}

export function happenedIn({ products, rows, kinds, times }: HappenedColumns): Happened[] {
  const instants = instantsOf(times);
  return rows.map((row, at) => ({
    productId: products[row] ?? '',
    kind: happenedKinds[Number(kinds[at])] ?? 'view',
    atMs: instants[at] ?? 0,
  }));
}

export function toColumns({ interactions, purchases, withdrawals, shown }: HistoryFacts): HistoryColumns {
  const shownProducts = numbered(shown.flatMap(({ productIds }) => productIds));
  const rows = [...shownProducts.rows];
  return {
    ...(interactions.length > 0 && { interactions: { ...happenedColumns(interactions), ids: idsOf(interactions) } }),
    ...(purchases.length > 0 && {
      purchases: {
        ...happenedColumns(purchases),
        ids: idsOf(purchases),
        counts: purchases.map(({ quantity }) => quantity),
      },
    }),
    ...(withdrawals.length > 0 && {
      withdrawals: {
        ids: idsOf(withdrawals),
        targets: withdrawals.map(({ target }) => target).join(SEPARATOR),
        counts: withdrawals.map(({ quantity }) => quantity ?? 0),
        times: differences(withdrawals),
      },
    }),
    ...(shown.length > 0 && {
      shown: {
        ids: shown.map(({ recommendationId }) => recommendationId).join(SEPARATOR),
        products: shownProducts.products,
        lists: shown.map(({ productIds }) => rows.splice(0, productIds.length)),
        times: differences(shown),
      },
    }),
  };
}

export function fromColumns({ interactions, purchases, withdrawals, shown }: HistoryColumns): HistoryFacts {
  const ids = (column: { ids: string } | undefined) => column?.ids.split(SEPARATOR) ?? [];
  const [interactionIds, purchaseIds, withdrawalIds] = [ids(interactions), ids(purchases), ids(withdrawals)];
  const targets = withdrawals?.targets.split(SEPARATOR) ?? [];
  const withdrawnAt = instantsOf(withdrawals?.times ?? []);
  const shownAt = instantsOf(shown?.times ?? []);
  return {
    interactions: (interactions === undefined ? [] : happenedIn(interactions)).map((it, at) => ({
      eventId: interactionIds[at] ?? '',
      ...it,
    })),
    purchases: (purchases === undefined ? [] : happenedIn(purchases)).map((it, at) => ({
      eventId: purchaseIds[at] ?? '',
      ...it,
      quantity: purchases?.counts[at] ?? 1,
    })),
    withdrawals: withdrawalIds.map((eventId, at) => {
      const quantity = withdrawals?.counts[at] ?? 0;
      return { eventId, target: targets[at] ?? '', ...(quantity > 0 && { quantity }), atMs: withdrawnAt[at] ?? 0 };
    }),
    shown: ids(shown).map((recommendationId, at) => {
      const productIds = (shown?.lists[at] ?? []).map((number) => shown?.products[number] ?? '');
      return { recommendationId, productIds, atMs: shownAt[at] ?? 0 };
    }),
  };
}

function idsOf(facts: readonly { eventId: string }[]): string {
  return facts.map(({ eventId }) => eventId).join(SEPARATOR);
}

/** Each product once, and the number of each row's. */
function numbered(productIds: readonly string[]): { products: string[]; rows: number[] } {
  const numbers = new Map<string, number>();
  for (const productId of productIds) if (!numbers.has(productId)) numbers.set(productId, numbers.size);
  return { products: [...numbers.keys()], rows: productIds.map((productId) => numbers.get(productId) ?? 0) };
}

/** The first instant, and how much earlier than the one before it each other is. */
function differences(facts: readonly { atMs: number }[]): number[] {
  return facts.map(({ atMs }, at) => (at === 0 ? atMs : (facts[at - 1]?.atMs ?? 0) - atMs));
}

function instantsOf(times: readonly number[]): number[] {
  let atMs = 0;
  return times.map((time, at) => {
    atMs = at === 0 ? time : atMs - time;
    return atMs;
  });
}
