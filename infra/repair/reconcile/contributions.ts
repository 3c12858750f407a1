import { listedWrites } from '../../../shared/adapters/dynamo/listed-writes.ts';
import { type Item, readRecord } from '../../../shared/adapters/dynamo/profile-records.ts';
import { countsOf, tallyOf } from '../../../shared/adapters/dynamo/tally-store.ts';
import type { CouponRecord } from '../../../shared/domain/coupon/coupon.ts';
import type { Wallet, WalletPage } from '../../../shared/domain/coupon/wallet.ts';
import { guestFigures } from '../../../shared/domain/loyalty/decide-order.ts';
import { orderEffect } from '../../../shared/domain/loyalty/order-effect.ts';
import type { OrderRecord } from '../../../shared/domain/loyalty/order-facts.ts';
import { ERASED } from '../../../shared/domain/privacy/erased.ts';
import type { Counts } from '../../../shared/domain/reputation/counts.ts';
import { newReview, type ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import { orderContributions } from './account-checks.ts';
import { type Contribution, idIn, markOf, pkOf, skOf } from './difference.ts';

const GUESTS = 'guests';

/** What an item of the Profile table adds to the sums of the shop: orders by member, guests, coupons. */
export function profileContributions(item: Item): Contribution[] {
  const [pk, sk] = [pkOf(item), skOf(item)];
  if (sk === 'ORDER') {
    const order = readRecord<OrderRecord>(item);
    return order === undefined ? [] : [...orderContributions(order), ...guestContributions(order)];
  }
  if (sk === 'GUESTS') return numbersOf(item).map(([part, stands]) => ({ subject: GUESTS, part, stands }));
  if (sk === 'BUDGET')
    return [{ subject: `coupons ${idIn(pk)}`, part: 'units out', stands: Number(item.unitsOut?.N ?? 0) }];
  if (sk === 'COUPON') return couponContributions(readRecord<CouponRecord>(item));
  if (pk.startsWith('MEMBER#') && sk === 'COUPONS') return walletContributions(readRecord<Wallet>(item));
  if (pk.startsWith('MEMBER#') && sk.startsWith('COUPONS#')) {
    return held(idIn(pk), readRecord<WalletPage>(item)?.couponIds ?? []);
  }
  return [];
}

/** What an item of the Reputation table adds: what sources have counted, counters, and what products list. */
export function reputationContributions(item: Item): Contribution[] {
  const [pk, sk] = [pkOf(item), skOf(item)];
  if (sk === 'TALLY') {
    const subject = targetName(pk.startsWith('SHOP#') ? 'SHOP' : pk);
    return Object.entries(tallyOf(item).counters).map(([part, stands]) => ({ subject, part, stands }));
  }
  if (pk.startsWith('LISTED#')) return listedContributions(item, 'stands');
  const counted = JSON.parse(countsOf(item).counted ?? '{}') as Counts;
  const sums = Object.entries(counted).flatMap(([target, counters = {}]) =>
    Object.entries(counters).map(([part, should]) => ({ subject: targetName(target), part, should })),
  );
  return sk === 'REVIEW' ? [...sums, ...shownContributions(idIn(pk), item)] : sums;
}

/** `PRODUCT#teapot` is `product teapot`. */
export function targetName(target: string): string {
  const at = target.indexOf('#');
  return at < 0 ? target.toLowerCase() : `${target.slice(0, at).toLowerCase()} ${target.slice(at + 1)}`;
}

function guestContributions(order: OrderRecord): Contribution[] {
  if (order.bookedTo?.kind !== 'guest') return [];
  const figures = Object.entries(guestFigures(orderEffect(order).postings));
  return figures.map(([part, should]) => ({ subject: GUESTS, part, should }));
}

function couponContributions(coupon: CouponRecord | undefined): Contribution[] {
  if (coupon?.issued === undefined) return [];
  const { couponId, ended, issued } = coupon;
  const { memberId, definition } = issued;
  const subject = `wallet ${memberId}`;
  const unit = { subject: `coupons ${definition.id}`, part: 'units out', should: ended === undefined ? 1 : 0 };
  // It is in nobody's wallet any more.
  if (memberId === ERASED) return [unit];
  return [
    unit,
    { subject, part: 'coupons', should: 1 },
    { subject, part: 'count', should: 1 },
    { subject, part: 'which coupons', should: markOf(couponId) },
    { subject, part: `given of ${definition.id}`, should: ended?.kind === 'revoked' ? 0 : 1 },
  ];
}

function walletContributions(wallet: Wallet | undefined): Contribution[] {
  if (wallet === undefined) return [];
  const subject = `wallet ${wallet.memberId}`;
  const given = Object.entries(wallet.given).map(([id, { ever }]) => ({
    subject,
    part: `given of ${id}`,
    stands: ever,
  }));
  return [...held(wallet.memberId, wallet.tail), { subject, part: 'count', stands: wallet.count }, ...given];
}

function held(memberId: string, couponIds: readonly string[]): Contribution[] {
  const subject = `wallet ${memberId}`;
  return couponIds.flatMap((couponId) => [
    { subject, part: 'coupons', stands: 1 },
    { subject, part: 'which coupons', stands: markOf(couponId) },
  ]);
}

/** The rows that a published review has to have on its product's page. */
function shownContributions(reviewId: string, item: Item): Contribution[] {
  const record = readRecord<Omit<ReviewRecord, 'version'>>(item);
  if (record === undefined) return [];
  const rows = listedWrites('', newReview(reviewId), record).flatMap(({ Put }) =>
    Put?.Item === undefined ? [] : [Put.Item],
  );
  return rows.flatMap((row) => listedContributions(row, 'should'));
}

function listedContributions(row: Item, side: 'stands' | 'should'): Contribution[] {
  const content = readRecord<{ reviewId: string }>(row);
  const subject = `review ${content?.reviewId ?? pkOf(row)}`;
  const mark = markOf(`${pkOf(row)} ${skOf(row)} ${JSON.stringify(content)}`);
  return [
    { subject, part: 'listed', [side]: 1 },
    { subject, part: 'as it is listed', [side]: mark },
  ];
}

function numbersOf(item: Item): [string, number][] {
  return Object.entries(item).flatMap(([name, { N }]) => (N === undefined ? [] : [[name, Number(N)]]));
}
