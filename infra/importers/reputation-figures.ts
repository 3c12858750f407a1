import type { ShopConnection } from './shop-connection.ts';

/** The parts of `GET /v1/suppliers/{id}/reputation` that are shown and added up. */
export type SupplierView = {
  id: string;
  score: number;
  level: string;
  rated: boolean;
  components: { id: string; contribution: number }[];
  reasons: { code: string; lost: number; n: number; of: number; basis: string }[];
  complaints: { total: number; upheld: number };
  window: { orders: number };
};

/** The parts of a review at the desk that are shown. */
export type HeldReview = {
  reviewId: string;
  productId?: string;
  ratings?: { product: number };
  text?: string;
  suspicion?: number;
  reasons?: { code: string; contribution?: number }[];
};

export type ReputationFigures = {
  /** Those with enough evidence for a level, best first; then the others. */
  suppliers: readonly SupplierView[];
  held: readonly HeldReview[];
};

const PAGE = 100;
/** Ten thousand reviews: no demonstration holds as many. */
const PAGES_LIMIT = 100;

/** Asks for the score of every supplier, and for the reviews that wait for the desk. A supplier unknown to the shop is left out. */
export async function readReputationFigures(
  shop: ShopConnection,
  supplierIds: readonly string[],
): Promise<ReputationFigures> {
  const suppliers: SupplierView[] = [];
  for (const id of supplierIds) {
    const view = await shop.get<SupplierView>(`/v1/suppliers/${id}/reputation`);
    if (view !== undefined) suppliers.push(view);
  }
  suppliers.sort(
    (a, b) => Number(b.rated) - Number(a.rated) || b.score - a.score || (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
  return { suppliers, held: await readHeld(shop) };
}

async function readHeld(shop: ShopConnection): Promise<HeldReview[]> {
  const held: HeldReview[] = [];
  let cursor = '';
  for (let page = 0; page < PAGES_LIMIT; page += 1) {
    const path = `/v1/desk/reviews?state=held&limit=${PAGE}${cursor}`;
    const answer = await shop.get<{ items: HeldReview[]; nextCursor?: string }>(path);
    held.push(...(answer?.items ?? []));
    if (answer?.nextCursor === undefined) return held;
    cursor = `&cursor=${encodeURIComponent(answer.nextCursor)}`;
  }
  return held;
}

/** What speaks most against a review, strongest first. */
export function strongestAgainst({ reasons = [] }: HeldReview, count: number): string[] {
  return reasons
    .filter(({ code, contribution = 0 }) => contribution > 0 && code !== 'base')
    .sort((a, b) => (b.contribution ?? 0) - (a.contribution ?? 0))
    .slice(0, count)
    .map(({ code }) => code);
}

/** Suppliers whose components do not add up to their score. */
export function scoresThatDoNotAddUp({ suppliers }: ReputationFigures): string[] {
  return suppliers
    .filter(({ score, components }) => {
      const sum = components.reduce((total, { contribution }) => total + Math.round(contribution * 10), 0);
      return sum !== Math.round(score * 10);
    })
    .map(({ id }) => id);
}
