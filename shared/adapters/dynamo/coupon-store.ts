import {
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type CouponRecord, expiresAtMs, type IssuedCoupon } from '../../domain/coupon/coupon.ts';
import type { OrderCoupons } from '../../domain/coupon/order-coupons.ts';
import type { Wallet, WalletPage } from '../../domain/coupon/wallet.ts';
import type { OrderRecord } from '../../domain/loyalty/order-facts.ts';
import type { Beside } from '../vault/words.ts';
import { batchGet } from './batch-get.ts';
import { expiryPut } from './coupon-calendar-store.ts';
import { couponKeys, type Key, profileKeys } from './keys.ts';
import { type Item, keyItem, putRecord, readRecord, writeFailure } from './profile-records.ts';

export type CouponStore = {
  /** Coupons by their ids, as they are at this moment; those that are not there are left out. */
  loadCoupons(couponIds: readonly string[]): Promise<Map<string, CouponRecord>>;
  /** A coupon with the wallet it is in or is to be put into, and whether the shop knows the member at all. */
  loadWithWallet(
    couponId: string,
    memberId: string,
  ): Promise<{ coupon?: CouponRecord; wallet?: Wallet; memberKnown: boolean }>;
  loadWallet(memberId: string): Promise<{ wallet?: Wallet; memberKnown: boolean }>;
  loadWalletPages(memberId: string, pages: readonly number[]): Promise<Map<number, string[]>>;
  loadOrder(orderId: string): Promise<OrderCoupons | undefined>;
  /** The same with all that is known of the order, in one request. */
  loadWholeOrder(orderId: string): Promise<{ named?: OrderCoupons; order?: OrderRecord }>;
  /** How many units of a definition are out. */
  unitsOut(definitionId: string): Promise<number>;
  /**
   * Writes a new unit, its wallet and the count of units that are out, all or nothing. `budget_exhausted` where no unit
   * was left; throws WriteConflict where a record has changed since it was read.
   */
  saveIssue(issue: {
    coupon: IssuedCoupon;
    wallet: Wallet;
    page?: WalletPage | undefined;
    budget?: number | undefined;
  }): Promise<'saved' | 'budget_exhausted'>;
  /** Writes a coupon; where its unit goes back to the pool, the count with it, the wallet where it changes, and what is to stand beside them. */
  saveCoupon(
    change: { coupon: CouponRecord; unitBack: boolean; wallet?: Wallet | undefined },
    beside?: Beside,
  ): Promise<void>;
  saveOrder(order: OrderCoupons): Promise<void>;
};

/** The Profile table, as the coupon domain sees it. */
export function couponStore(client: DynamoDBClient, table: string): CouponStore {
  const read = (...keys: Key[]) => batchGet(client, table, keys, { consistent: true });
  const find = (items: readonly Item[], { pk, sk }: Key) => items.find((it) => it.pk?.S === pk && it.sk?.S === sk);
  const put = (key: Key, record: { version: number }): TransactWriteItem => ({ Put: putRecord(table, key, record) });
  const write = async (writes: readonly TransactWriteItem[]) => {
    const [only] = writes;
    if (writes.length === 1 && only?.Put !== undefined) await client.send(new PutItemCommand(only.Put));
    else await client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
  };
  return {
    async loadCoupons(couponIds) {
      const items = await read(...couponIds.map((couponId) => couponKeys.coupon(couponId)));
      const records = items.map((item) => readRecord<CouponRecord>(item)).filter((it) => it !== undefined);
      return new Map(records.map((record) => [record.couponId, record]));
    },

    async loadWithWallet(couponId, memberId) {
      const key = couponKeys.coupon(couponId);
      const items = await read(key, ...memberKeys(memberId));
      const coupon = readRecord<CouponRecord>(find(items, key));
      const wallet = readRecord<Wallet>(find(items, couponKeys.wallet(memberId)));
      const memberKnown = items.some((item) => item.pk?.S !== key.pk);
      return { ...(coupon && { coupon }), ...(wallet && { wallet }), memberKnown };
    },

    async loadWallet(memberId) {
      const items = await read(...memberKeys(memberId));
      const wallet = readRecord<Wallet>(find(items, couponKeys.wallet(memberId)));
      return { ...(wallet && { wallet }), memberKnown: items.length > 0 };
    },

    async loadWalletPages(memberId, pages) {
      const items = await read(...pages.map((page) => couponKeys.walletPage(memberId, page)));
      const found = items.map((item) => readRecord<WalletPage>(item)).filter((it) => it !== undefined);
      return new Map(found.map(({ page, couponIds }) => [page, couponIds]));
    },

    async loadOrder(orderId) {
      const [item] = await read(couponKeys.order(orderId));
      return readRecord<OrderCoupons>(item);
    },

    async loadWholeOrder(orderId) {
      const keys = [couponKeys.order(orderId), profileKeys.order(orderId)] as const;
      const items = await read(...keys);
      const named = readRecord<OrderCoupons>(find(items, keys[0]));
      const order = readRecord<OrderRecord>(find(items, keys[1]));
      return { ...(named && { named }), ...(order && { order }) };
    },

    async unitsOut(definitionId) {
      const [item] = await read(couponKeys.budget(definitionId));
      return Number(item?.unitsOut?.N ?? 0);
    },

    async saveIssue({ coupon, wallet, page, budget }) {
      const { definition, memberId } = coupon.issued;
      const endMs = expiresAtMs(coupon.issued);
      const writes: TransactWriteItem[] = [
        takeUnit(table, definition.id, budget),
        put(couponKeys.coupon(coupon.couponId), coupon),
        put(couponKeys.wallet(memberId), wallet),
        ...(page === undefined ? [] : [put(couponKeys.walletPage(memberId, page.page), { version: 1, ...page })]),
        ...(endMs === undefined ? [] : [{ Put: expiryPut(table, coupon.couponId, endMs) }]),
      ];
      try {
        await write(writes);
        return 'saved';
      } catch (error) {
        if (onlyFirstRefused(error)) return 'budget_exhausted';
        throw writeFailure(error);
      }
    },

    async saveCoupon({ coupon, unitBack, wallet }, beside = []) {
      const writes = [put(couponKeys.coupon(coupon.couponId), coupon), ...beside];
      if (wallet !== undefined) writes.push(put(couponKeys.wallet(wallet.memberId), wallet));
      const definitionId = coupon.issued?.definition.id;
      if (unitBack && definitionId !== undefined) writes.push(giveUnitBack(table, definitionId));
      try {
        await write(writes);
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async saveOrder(order) {
      try {
        await write([put(couponKeys.order(order.orderId), order)]);
      } catch (error) {
        throw writeFailure(error);
      }
    },
  };
}

/** Each of these says that the shop has heard of the member. */
function memberKeys(memberId: string): Key[] {
  const { account, registration } = profileKeys;
  return [couponKeys.wallet(memberId), account(memberId), registration(memberId)];
}

/** One more unit that is out, if the budget has one left: the table itself compares, so no two can take the last. */
function takeUnit(table: string, definitionId: string, budget: number | undefined): TransactWriteItem {
  const update = {
    TableName: table,
    Key: keyItem(couponKeys.budget(definitionId)),
    UpdateExpression: 'ADD unitsOut :one',
  };
  if (budget === undefined) return { Update: { ...update, ExpressionAttributeValues: { ':one': { N: '1' } } } };
  return {
    Update: {
      ...update,
      ConditionExpression: 'attribute_not_exists(unitsOut) OR unitsOut < :budget',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':budget': { N: String(budget) } },
    },
  };
}

/** The condition on the coupon's version, in the same transaction, is what makes it once. */
function giveUnitBack(table: string, definitionId: string): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: keyItem(couponKeys.budget(definitionId)),
      UpdateExpression: 'ADD unitsOut :one',
      ExpressionAttributeValues: { ':one': { N: '-1' } },
    },
  };
}

/** Whether a transaction failed for the condition of its first write and nothing else. */
function onlyFirstRefused(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const [first, ...others] = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
  return first === 'ConditionalCheckFailed' && others.every((code) => code === 'None');
}
