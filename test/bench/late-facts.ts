/** What it costs when a fact comes late and everything of its member is folded anew. */
import type { MeteredShop } from './metered-shop.ts';
import { SampleOrders } from './sample-orders.ts';
import { median } from './statistics.ts';

export type LateFactRow = { orders: number; wru: number; rru: number; cpuMs: number; wallMs: number };

const LINES = 3;
const RHYTHM_DAYS = 3;

/** For each number of orders: a member with so many, and then one more that was placed before all of them. */
export async function measureLateFacts(
  shop: MeteredShop,
  { orderCounts, repetitions }: { orderCounts: readonly number[]; repetitions: number },
): Promise<LateFactRow[]> {
  const sample = new SampleOrders(11);
  const rows: LateFactRow[] = [];
  for (const orders of orderCounts) {
    const owner = { memberId: `mem-late-${orders}` };
    for (let number = 0; number < orders; number += 1) {
      const order = sample.order(LINES, owner, (number + 1) * RHYTHM_DAYS);
      // Straight to the reaction: what intake would do is measured elsewhere.
      await shop.react([sample.placed(order)]);
    }
    const measured = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      // Each later than the last late one, and still before everything else.
      const late = sample.placed(sample.order(LINES, owner, repetition / repetitions));
      measured.push(await shop.react([late]));
    }
    rows.push({
      orders,
      wru: median(measured.map(({ tableWrites }) => tableWrites)),
      rru: median(measured.map(({ tableReads }) => tableReads)),
      cpuMs: median(measured.map(({ cpuMs }) => cpuMs)),
      wallMs: median(measured.map(({ wallMs }) => wallMs)),
    });
  }
  return rows;
}
