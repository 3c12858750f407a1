import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { orderNamed, productsNamed, resolvedTargets } from '../../shared/domain/complaint/resolved-targets.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { FoldStores } from './fold-stores.ts';

/** Finds whose the products and orders are that complaints name, so that they count for the makers too. */
export async function resolveComplaints(
  complaintIds: readonly string[],
  { complaints, makers, orders, nowMs }: Pick<FoldStores, 'complaints' | 'makers' | 'orders'> & { nowMs: number },
): Promise<void> {
  await Promise.all(
    complaintIds.map((complaintId) =>
      retryConflicts(WriteConflict, async () => {
        const stored = await complaints.load(complaintId);
        const orderId = orderNamed(stored.record);
        const [order] = orderId === undefined ? [] : await orders.loadOrders([orderId]);
        const source = complaints.keyOf(complaintId);
        const wanted = productsNamed(stored.record, order).map((productId) => ({ productId, source }));
        const resolved = resolvedTargets(stored.record, order, await makers.makersOf(wanted, nowMs));
        if (resolved === undefined || JSON.stringify(resolved) === JSON.stringify(stored.record.resolved)) return;
        await complaints.save(stored, { ...stored.record, version: stored.record.version + 1, resolved });
      }),
    ),
  );
}
