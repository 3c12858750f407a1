import { reputationKeys } from '../../shared/adapters/dynamo/keys.ts';
import { LISTED_SHARDS } from '../../shared/adapters/dynamo/listed-writes.ts';
import type { ReviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import type { ListedReview } from '../../shared/domain/review/listed-review.ts';

type Part = 'helpful' | 'newest';
type Position = { part: Part; after: (string | null)[] };
type Question = { sort: Part; limit: number; position?: Position | undefined };

const { helpfulPrefix: helpful, newestPrefix: newest } = reputationKeys;
/** What the keys of each part of a listing begin with. */
export const LISTED_PREFIX: Record<Part, string> = { helpful, newest };

/**
 * A page of a product's listing, over all its shards. Sorted by helpfulness, those come first that readers found more helpful
 * than not, and then all others from the newest.
 */
export async function listedPage(
  reviews: Pick<ReviewStore, 'loadListed'>,
  productId: string,
  { sort, limit, position }: Question,
): Promise<{ rows: ListedReview[]; next?: Position }> {
  const rows: ListedReview[] = [];
  let at: Position = position ?? { part: sort, after: beginning() };
  for (;;) {
    const { found, after, more } = await readPart(reviews, productId, at, limit - rows.length);
    // What is listed as helpful has been given already.
    const others =
      sort === 'helpful' && at.part === 'newest' ? found.filter((row) => row.helpful <= row.unhelpful) : found;
    rows.push(...others);
    at = { part: at.part, after };
    if (!more && at.part === 'helpful') at = { part: 'newest', after: beginning() };
    else if (!more) return { rows };
    if (rows.length >= limit) return { rows, next: at };
  }
}

const beginning = () => Array.from({ length: LISTED_SHARDS }, () => null);

async function readPart(
  reviews: Pick<ReviewStore, 'loadListed'>,
  productId: string,
  { part, after }: Position,
  limit: number,
) {
  const shards = await Promise.all(
    after.map(async (before, shard) => {
      const { pk } = reputationKeys.listed(productId, shard, { time: '', reviewId: '' });
      const question = { prefix: LISTED_PREFIX[part], before: before ?? undefined, limit: limit + 1 };
      const found = await reviews.loadListed(pk, question);
      return found.map(({ sk, row }) => ({ sk, row: row as ListedReview, shard }));
    }),
  );
  const merged = shards.flat().sort((a, b) => (a.sk < b.sk ? 1 : a.sk > b.sk ? -1 : 0));
  const taken = merged.slice(0, limit);
  const next = [...after];
  for (const { sk, shard } of taken) next[shard] = sk;
  return { found: taken.map(({ row }) => row), after: next, more: merged.length > taken.length };
}
