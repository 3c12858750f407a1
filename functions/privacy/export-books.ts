import { isIssued } from '../../shared/domain/coupon/coupon.ts';
import { couponView } from '../../shared/domain/coupon/coupon-view.ts';
import { memberView } from '../../shared/domain/member/member-view.ts';
import { ledgerLines, plainCause, plainOrder, said } from '../../shared/domain/privacy/export.ts';
import { byIds, type Exporting, type Part, whole } from './export-parts.ts';
import type { ExportStores } from './export-stores.ts';

const RECORDS = ['account', 'registration', 'person'] as const;

/** Who the member is, and what stands in their account. */
export async function bookParts(exporting: Exporting, stores: ExportStores): Promise<Part[]> {
  const { memberId, all, policies, nowMs } = exporting;
  const { account, registration, person } = await stores.members.load(memberId, RECORDS, true);
  const history = account && (await stores.profile.loadHistory(memberId)).history;
  const orders = new Map(history?.orders.map((order) => [order.orderId, order]));
  const records = { account: account?.account, registration, person };
  const lines = account === undefined ? [] : ledgerLines(account, history?.entries ?? [], policies, nowMs);
  return [
    whole('member', [memberView(memberId, records, nowMs, policies)]),
    whole('person', said(person)),
    whole('registration', said(registration)),
    whole('ledger', lines),
    whole(
      'orders',
      all.orders.flatMap((id) => plainOrder(orders.get(id))),
    ),
    whole('causes', (history?.causes ?? []).map(plainCause)),
    byIds('coupons', all.coupons, async (ids) => {
      const coupons = await stores.coupons.loadCoupons(ids);
      return [...coupons.values()].filter(isIssued).map((it) => couponView(it, nowMs));
    }),
  ];
}
