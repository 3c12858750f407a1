import type { KeptReceipt } from '../../shared/adapters/dynamo/erasure-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type AskedBy, newReceipt, UNDER_WAY_MS } from '../../shared/domain/privacy/erasure.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { goThrough } from './erase-member.ts';
import { findMember, foundOf } from './find-member.ts';
import type { ErasureStores } from './stores.ts';

export type Running = { nowMs: number; isTime: () => boolean };

/** Begins the erasure of a member: the receipt that stands from then on; undefined where the shop knows no such member. */
export async function beginErasure(
  memberId: string,
  { receiptId, by, nowMs }: { receiptId: string; by: AskedBy; nowMs: number },
  stores: ErasureStores,
): Promise<KeptReceipt | undefined> {
  return retryConflicts(WriteConflict, async () => {
    const all = await findMember(memberId, stores, nowMs);
    const found = foundOf(all);
    if (found === undefined) return undefined;
    await stores.erasures.begin(memberId, newReceipt(receiptId, by, found, nowMs), all.reviews);
    return stores.erasures.load(memberId);
  });
}

/**
 * Goes on with an erasure from wherever it stands. It is done when all has been gone through; and is taken off the list of those to be
 * gone through again once that has been done after everything has ended that was under way when it began.
 */
export async function goOn(
  memberId: string,
  receipt: KeptReceipt,
  { nowMs, isTime }: Running,
  stores: ErasureStores,
): Promise<KeptReceipt> {
  const { receiptId } = receipt;
  if (!(await goThrough(memberId, { receiptId, nowMs, isTime }, stores))) return receipt;
  const at = new Date(nowMs).toISOString();
  const checked = nowMs - Date.parse(receipt.requestedAt) >= UNDER_WAY_MS;
  const after = await retryConflicts(WriteConflict, async () => {
    const before = (await stores.erasures.load(memberId)) ?? receipt;
    const next: KeptReceipt = {
      ...before,
      state: 'done',
      completedAt: before.completedAt ?? at,
      ...(checked && { checkedAt: at }),
    };
    if (before.state !== 'done' || checked) await stores.erasures.save(memberId, next);
    return next;
  });
  if (checked) await stores.erasures.close(memberId);
  return after;
}
