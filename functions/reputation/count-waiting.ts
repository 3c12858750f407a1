import type { Key } from '../../shared/adapters/dynamo/keys.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { FollowProducts } from './follow-products.ts';
import type { FollowedProduct } from './touch-reviews-of.ts';

/** Orders counted in one go. */
const ORDERS_AT_ONCE = 50;

type Stores = Pick<FollowProducts, 'makers' | 'orders' | 'sources'>;
type Waiting = { product: FollowedProduct; sources: Key[] };

/**
 * Has everything counted anew that waited for products: orders here, the rest by who follows the table that it stands in. An order
 * that waited for several of the products is counted once.
 */
export async function countWaiting(products: readonly FollowedProduct[], nowMs: number, stores: Stores): Promise<void> {
  let pages = products.map((product) => ({ product, sources: stores.makers.awaiting(product.productId) }));
  while (pages.length > 0) {
    const read = await Promise.all(
      pages.map(async (page) => {
        const { done, value } = await page.sources.next();
        return done ? undefined : { page, waiting: { product: page.product, sources: value } };
      }),
    );
    const found = read.filter((it) => it !== undefined);
    await countPage(
      found.map(({ waiting }) => waiting).filter(({ sources }) => sources.length > 0),
      nowMs,
      stores,
    );
    pages = found.map(({ page }) => page);
  }
}

async function countPage(
  waiting: readonly Waiting[],
  nowMs: number,
  { makers, orders, sources }: Stores,
): Promise<void> {
  const counted = waiting.flatMap((it) => it.sources).filter(({ sk }) => sk === 'COUNTED');
  const orderIds = [...new Set(counted.map(({ pk }) => pk.slice('ORDER#'.length)))];
  for (let from = 0; from < orderIds.length; from += ORDERS_AT_ONCE) {
    const some = orderIds.slice(from, from + ORDERS_AT_ONCE);
    await retryConflicts(WriteConflict, async () => orders.count(await orders.loadOrders(some), nowMs));
  }
  for (const { product, sources: keys } of waiting) {
    await sources.touch(
      keys.filter(({ sk }) => sk !== 'COUNTED'),
      product.mark,
    );
    await makers.counted(product.productId, keys);
  }
}
