import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { FollowProducts } from './follow-products.ts';

/** Has everything counted anew that waited for a product: orders here, the rest by who follows the table that it stands in. */
export async function countWaiting(
  { productId, mark, nowMs }: { productId: string; mark: string; nowMs: number },
  { makers, orders, sources }: Pick<FollowProducts, 'makers' | 'orders' | 'sources'>,
): Promise<void> {
  for await (const waiting of makers.awaiting(productId)) {
    const orderIds = waiting.filter(({ sk }) => sk === 'COUNTED').map(({ pk }) => pk.slice('ORDER#'.length));
    await retryConflicts(WriteConflict, async () => orders.count(await orders.loadOrders(orderIds), nowMs));
    await sources.touch(
      waiting.filter(({ sk }) => sk !== 'COUNTED'),
      mark,
    );
    await makers.counted(productId, waiting);
  }
}
