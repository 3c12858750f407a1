import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { CouponRecord } from '../../shared/domain/coupon/coupon.ts';
import type { OrderCoupons } from '../../shared/domain/coupon/order-coupons.ts';
import type { Wallet } from '../../shared/domain/coupon/wallet.ts';

export type MemoryCoupons = CouponStore & {
  coupons: Map<string, CouponRecord>;
  wallets: Map<string, Wallet>;
  orders: Map<string, OrderCoupons>;
  units: Map<string, number>;
};

/**
 * The coupons of the Profile table in memory, with the conditions of the real one: all of a change is written or none
 * of it, and only over the versions it was decided on. Every operation gives way to the others first, as a wire would.
 */
export function memoryCouponStore(): MemoryCoupons {
  const coupons = new Map<string, CouponRecord>();
  const wallets = new Map<string, Wallet>();
  const orders = new Map<string, OrderCoupons>();
  const pages = new Map<string, string[]>();
  const units = new Map<string, number>();
  const check = (stored: { version: number } | undefined, next: { version: number } | undefined) => {
    if (next !== undefined && (stored?.version ?? 0) !== next.version - 1)
      throw new WriteConflict(new Error('version'));
  };
  const count = (definitionId: string, change: number) =>
    units.set(definitionId, (units.get(definitionId) ?? 0) + change);
  return {
    coupons,
    wallets,
    orders,
    units,
    async loadCoupons(ids) {
      await giveWay();
      const found = ids.map((id) => [id, copy(coupons.get(id))] as const);
      return new Map(found.filter((it): it is [string, CouponRecord] => it[1] !== undefined));
    },
    async loadWithWallet(couponId, memberId) {
      await giveWay();
      const [coupon, wallet] = [copy(coupons.get(couponId)), copy(wallets.get(memberId))];
      return { ...(coupon && { coupon }), ...(wallet && { wallet }), memberKnown: true };
    },
    async loadWallet(memberId) {
      await giveWay();
      const wallet = copy(wallets.get(memberId));
      return { ...(wallet && { wallet }), memberKnown: true };
    },
    async loadWalletPages(memberId, numbers) {
      return new Map(numbers.map((page) => [page, pages.get(`${memberId}/${page}`) ?? []]));
    },
    async loadOrder(orderId) {
      await giveWay();
      return copy(orders.get(orderId));
    },
    async loadWholeOrder(orderId) {
      await giveWay();
      const named = copy(orders.get(orderId));
      return named === undefined ? {} : { named };
    },
    unitsOut: async (definitionId) => units.get(definitionId) ?? 0,
    async saveIssue({ coupon, wallet, page, budget }) {
      await giveWay();
      const { definition, memberId } = coupon.issued;
      check(coupons.get(coupon.couponId), coupon);
      check(wallets.get(memberId), wallet);
      if (budget !== undefined && (units.get(definition.id) ?? 0) >= budget) return 'budget_exhausted';
      coupons.set(coupon.couponId, copy(coupon));
      wallets.set(memberId, copy(wallet));
      if (page !== undefined) pages.set(`${memberId}/${page.page}`, page.couponIds);
      count(definition.id, 1);
      return 'saved';
    },
    async saveCoupon({ coupon, unitBack, wallet }) {
      await giveWay();
      check(coupons.get(coupon.couponId), coupon);
      if (wallet !== undefined) check(wallets.get(wallet.memberId), wallet);
      coupons.set(coupon.couponId, copy(coupon));
      if (wallet !== undefined) wallets.set(wallet.memberId, copy(wallet));
      if (unitBack && coupon.issued !== undefined) count(coupon.issued.definition.id, -1);
    },
    async saveOrder(order) {
      await giveWay();
      check(orders.get(order.orderId), order);
      orders.set(order.orderId, copy(order));
    },
  };
}

/** Lets whatever else is ready go first. */
const giveWay = () => new Promise<void>((done) => setImmediate(done));

function copy<Value>(value: Value): Value {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as Value);
}
