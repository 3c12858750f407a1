import { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { memberUpdated } from '../../events/member/member-updated.v1.ts';
import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import {
  type Binding,
  type DomainSpec,
  erasedMembers,
  inboxClaims,
  keeping,
  opening,
  pseudonymKey,
  table,
} from '../constructs/wiring.ts';

const units: Binding[] = [table('profile', 'BatchGetItem', 'PutItem', 'UpdateItem'), inboxClaims];
const birthdays: Binding[] = [table('profile', 'PutItem'), inboxClaims, ...opening, pseudonymKey];
const calendar: Binding[] = [
  table('profile', 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
  ...opening,
  pseudonymKey,
];
const expiries: Binding[] = [table('profile', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem')];

export const coupon: DomainSpec = {
  domain: 'coupon',
  stack: 'offers',
  http: {
    name: 'coupon-http',
    entry: 'functions/coupon/http.ts',
    routes: [
      { method: 'POST', path: '/v1/members/{id}/coupons' },
      { method: 'GET', path: '/v1/members/{id}/coupons' },
      { method: 'POST', path: '/v1/members/{id}/coupons/{couponId}/hold' },
      { method: 'POST', path: '/v1/members/{id}/coupons/{couponId}/release' },
      { method: 'POST', path: '/v1/members/{id}/coupons/{couponId}/revoke' },
      { method: 'GET', path: '/v1/orders/{id}/coupons' },
    ],
    binds: [table('profile', 'BatchGetItem', 'PutItem', 'UpdateItem'), ...keeping, erasedMembers],
  },
  reactions: [
    {
      name: 'coupon-order-placed',
      entry: 'functions/coupon/on-order-placed.ts',
      on: orderPlaced,
      having: { couponIds: [{ exists: true }] },
      binds: units,
    },
    {
      name: 'coupon-order-cancelled',
      entry: 'functions/coupon/on-order-cancelled.ts',
      on: orderCancelled,
      binds: units,
    },
    {
      name: 'coupon-member-registered',
      entry: 'functions/coupon/on-member-registered.ts',
      on: memberRegistered,
      binds: birthdays,
    },
    {
      name: 'coupon-member-updated',
      entry: 'functions/coupon/on-member-updated.ts',
      on: memberUpdated,
      binds: birthdays,
    },
  ],
  scheduledReactions: [
    {
      name: 'coupon-birthdays',
      entry: 'functions/coupon/give-birthday-coupons.ts',
      everyHours: 1,
      binds: calendar,
    },
    { name: 'coupon-expiries', entry: 'functions/coupon/give-back-expired.ts', everyHours: 1, binds: expiries },
  ],
};
