import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchGet } from '../../../shared/adapters/dynamo/batch-get.ts';
import { couponKeys, profileKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { accountOf, type Item, readRecord } from '../../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { type CouponRecord, newCoupon } from '../../../shared/domain/coupon/coupon.ts';
import { couponOrders, type OrderCoupons } from '../../../shared/domain/coupon/order-coupons.ts';
import { checkByFacts } from '../../../shared/domain/liability/check-member.ts';
import { FOLD } from '../../../shared/domain/loyalty/account.ts';
import { accountDifferences } from '../../../shared/domain/loyalty/account-difference.ts';
import type { AccountHistory } from '../../../shared/domain/loyalty/book-postings.ts';
import { causeEffect } from '../../../shared/domain/loyalty/cause-effect.ts';
import type { CauseRecord } from '../../../shared/domain/loyalty/cause-facts.ts';
import { orderEffect } from '../../../shared/domain/loyalty/order-effect.ts';
import type { OrderRecord } from '../../../shared/domain/loyalty/order-facts.ts';
import { newVisitor, resolveOwner, type Visitor } from '../../../shared/domain/loyalty/visitor.ts';
import type { Policies } from '../../../shared/policy/policies.ts';
import { type Contribution, type Difference, type ItemCheck, idIn, markOf, pkOf, skOf } from './difference.ts';

/** Members whose histories are read at once. */
const MEMBERS_AT_ONCE = 4;

export type AccountSurroundings = { client: DynamoDBClient; table: string; policies: Policies; nowMs: number };

/**
 * What stands of members' points, held against the orders and other causes that brought them.
 * @param onHistory told which orders the journal of a member lists
 */
export function accountChecks(
  { client, table, policies, nowMs }: AccountSurroundings,
  onHistory: (contributions: readonly Contribution[]) => void,
): ItemCheck[] {
  const profile = profileStore(client, table);
  const read = (keys: Parameters<typeof batchGet>[2]) => batchGet(client, table, keys, { consistent: true });
  const closedAccounts = async (memberIds: readonly string[]): Promise<Set<string>> => {
    const accounts = (await read(memberIds.map(profileKeys.account))).map(accountOf);
    return new Set(accounts.flatMap((it) => (it?.account.closedAtMs === undefined ? [] : [it.memberId])));
  };
  const checkMember = async (memberId: string): Promise<Difference[]> => {
    const { record, history } = await profile.loadHistory(memberId);
    onHistory(listedOrders(memberId, history));
    const { account, folded, drift } = checkByFacts(record, history, policies, nowMs);
    const subject = `account ${memberId}`;
    const differences: Difference[] = [];
    if (drift !== undefined) {
      const { facts, journal } = drift;
      const part = `balances (${drift.disagree.join(', ')})`;
      differences.push({ subject, part, stands: { account: drift.account, journal }, should: facts });
    }
    // An account that an earlier release folded is folded anew when it is next written: until then only its balances count.
    if (folded !== undefined && account.fold === FOLD) {
      differences.push(...accountDifferences(account, folded).map((it) => ({ subject, ...it })));
    }
    return differences;
  };
  return [
    {
      name: 'accounts',
      table: 'profile',
      concerns: (item) => skOf(item) === 'ACCOUNT',
      async check(items) {
        const results: Difference[][] = [];
        for (let from = 0; from < items.length; from += MEMBERS_AT_ONCE) {
          const some = items.slice(from, from + MEMBERS_AT_ONCE);
          results.push(...(await Promise.all(some.map((item) => checkMember(idIn(pkOf(item)))))));
        }
        return results;
      },
    },
    {
      name: 'orders',
      table: 'profile',
      concerns: (item) => skOf(item) === 'ORDER',
      async check(items) {
        const orders = items.map((item) => readRecord<OrderRecord>(item));
        const claimed = orders.map((order) => (order === undefined ? undefined : orderEffect(order).owner));
        const keys = claimed.flatMap((owner) =>
          owner?.kind === 'visitor' ? [profileKeys.visitor(owner.anonymousId)] : [],
        );
        const visitors = new Map(
          (await read(keys)).map((item) => [idIn(pkOf(item)), readRecord<Omit<Visitor, 'version'>>(item)]),
        );
        const owners = orders.flatMap((order) => (order?.bookedTo?.kind === 'member' ? [order.bookedTo.memberId] : []));
        const closed = await closedAccounts(owners);
        return orders.map((order, index): Difference[] => {
          if (order === undefined) return [unreadable(items[index])];
          // Which member a visitor was is forgotten with the member; where the order is booked stays.
          if (order.bookedTo?.kind === 'member' && closed.has(order.bookedTo.memberId)) return [];
          const owner = claimed[index];
          const visitor = owner?.kind === 'visitor' ? visitors.get(owner.anonymousId) : undefined;
          const should = resolveOwner(
            owner,
            visitor ?? (owner?.kind === 'visitor' ? newVisitor(owner.anonymousId) : undefined),
          );
          if (JSON.stringify(order.bookedTo ?? null) === JSON.stringify(should ?? null)) return [];
          return [{ subject: `order ${order.orderId}`, part: 'booked to', stands: order.bookedTo, should }];
        });
      },
    },
    {
      name: 'causes',
      table: 'profile',
      concerns: (item) => skOf(item).startsWith(profileKeys.causePrefix),
      async check(items) {
        const causes = items.map((item) => readRecord<CauseRecord>(item));
        const keys = items.map((item) => profileKeys.account(idIn(pkOf(item))));
        const known = new Set((await read(keys)).map(pkOf));
        return causes.map((cause, index): Difference[] => {
          const item = items[index];
          if (cause === undefined) return [unreadable(item)];
          if (known.has(pkOf(item ?? {})) || causeEffect(cause, policies).length === 0) return [];
          const subject = `account ${cause.memberId}`;
          return [{ subject, part: 'is not there', stands: undefined, should: `what ${cause.causeId} calls for` }];
        });
      },
    },
    {
      name: 'orders with coupons',
      table: 'profile',
      concerns: (item) => skOf(item) === 'COUPONS' && pkOf(item).startsWith('ORDER#'),
      async check(items) {
        const orders = items.map((item) => readRecord<Omit<OrderCoupons, 'version'>>(item));
        const keys = orders.flatMap((order) =>
          order === undefined ? [] : [...couponOrders(order).keys()].map(couponKeys.coupon),
        );
        const found = (await read(keys)).map((item) => readRecord<Omit<CouponRecord, 'version'>>(item));
        const coupons = new Map(found.flatMap((it) => (it === undefined ? [] : [[it.couponId, it] as const])));
        return orders.map((order, index) =>
          order === undefined ? [unreadable(items[index])] : untold(order, coupons),
        );
      },
    },
  ];
}

/** Coupons that do not know of an order what is known of it. */
function untold(order: OrderCoupons, coupons: ReadonlyMap<string, CouponRecord>): Difference[] {
  return [...couponOrders(order)].flatMap(([couponId, should]): Difference[] => {
    const coupon = coupons.get(couponId) ?? newCoupon(couponId);
    // Another member's order leaves no trace in a coupon that has been issued.
    if (coupon.issued !== undefined && coupon.issued.memberId !== should.memberId) return [];
    const stands = coupon.orders.find(({ orderId }) => orderId === order.orderId);
    if (stands !== undefined && stands.version >= should.version) return [];
    return [{ subject: `coupon ${couponId}`, part: `order ${order.orderId}`, stands, should }];
  });
}

function unreadable(item: Item | undefined): Difference {
  const subject = `${pkOf(item ?? {})} ${skOf(item ?? {})}`;
  return { subject, part: 'cannot be read', stands: undefined, should: 'a record' };
}

/** The orders of a member, as the journal lists those whose effect is the member's. */
export function listedOrders(memberId: string, { orders }: Pick<AccountHistory, 'orders'>): Contribution[] {
  const subject = memberSubject(memberId);
  const own = orders.filter((order) => ownerOf(order) === memberId);
  return own.flatMap(({ orderId }) => [
    { subject, part: 'orders', stands: 1 },
    { subject, part: 'which orders', stands: markOf(orderId) },
  ]);
}

/** What an order has to be listed for, and with whom. */
export function orderContributions(order: OrderRecord): Contribution[] {
  const memberId = ownerOf(order);
  if (memberId === undefined) return [];
  const subject = memberSubject(memberId);
  return [
    { subject, part: 'orders', should: 1 },
    { subject, part: 'which orders', should: markOf(order.orderId) },
  ];
}

export const memberSubject = (memberId: string): string => `account ${memberId}`;

function ownerOf(order: OrderRecord): string | undefined {
  if (order.bookedTo?.kind !== 'member' || orderEffect(order).postings.length === 0) return undefined;
  return order.bookedTo.memberId;
}
