import { referralCompleted } from '../../events/loyalty/referral-completed.v1.ts';
import { referralWithdrawn } from '../../events/loyalty/referral-withdrawn.v1.ts';
import { memberCheckedIn } from '../../events/member/member-checked-in.v1.ts';
import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { memberUpdated } from '../../events/member/member-updated.v1.ts';
import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../events/order/order-returned.v1.ts';
import { reviewHeld } from '../../events/reputation/review-held.v1.ts';
import { reviewPublished } from '../../events/reputation/review-published.v1.ts';
import { reviewRejected } from '../../events/reputation/review-rejected.v1.ts';
import {
  andAttention,
  type Binding,
  bus,
  type DomainSpec,
  erasedMembers,
  inboxClaims,
  keeping,
  table,
} from '../constructs/wiring.ts';

const ledger: Binding[] = [table('profile', 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'), inboxClaims];

export const loyalty: DomainSpec = {
  domain: 'loyalty',
  stack: 'loyalty',
  http: {
    name: 'loyalty-http',
    entry: 'functions/loyalty/http.ts',
    routes: [
      { method: 'GET', path: '/v1/members/{id}/ledger' },
      { method: 'GET', path: '/v1/shop' },
      { method: 'GET', path: '/v1/desk/orders' },
      { method: 'POST', path: '/v1/members/{id}/redemptions' },
      { method: 'POST', path: '/v1/members/{id}/redemptions/{redemptionId}/release' },
      { method: 'POST', path: '/v1/members/{id}/adjustments' },
      { method: 'POST', path: '/v1/orders/{id}/return-preview' },
    ],
    binds: [andAttention(table('profile', 'GetItem', 'BatchGetItem', 'Query', 'PutItem')), ...keeping, erasedMembers],
  },
  reactions: [
    { name: 'loyalty-order-placed', entry: 'functions/loyalty/on-order-placed.ts', on: orderPlaced, binds: ledger },
    {
      name: 'loyalty-order-completed',
      entry: 'functions/loyalty/on-order-completed.ts',
      on: orderCompleted,
      binds: ledger,
    },
    {
      name: 'loyalty-order-cancelled',
      entry: 'functions/loyalty/on-order-cancelled.ts',
      on: orderCancelled,
      binds: ledger,
    },
    {
      name: 'loyalty-order-returned',
      entry: 'functions/loyalty/on-order-returned.ts',
      on: orderReturned,
      binds: ledger,
    },
    {
      name: 'loyalty-member-identified',
      entry: 'functions/loyalty/on-member-identified.ts',
      on: memberIdentified,
      binds: ledger,
    },
    {
      name: 'loyalty-member-registered',
      entry: 'functions/loyalty/on-member-registered.ts',
      on: memberRegistered,
      binds: ledger,
    },
    {
      name: 'loyalty-member-updated',
      entry: 'functions/loyalty/on-member-updated.ts',
      on: memberUpdated,
      binds: ledger,
    },
    {
      name: 'loyalty-member-checked-in',
      entry: 'functions/loyalty/on-member-checked-in.ts',
      on: memberCheckedIn,
      binds: ledger,
    },
    {
      name: 'loyalty-referral-completed',
      entry: 'functions/loyalty/on-referral-completed.ts',
      on: referralCompleted,
      binds: ledger,
    },
    {
      name: 'loyalty-referral-withdrawn',
      entry: 'functions/loyalty/on-referral-withdrawn.ts',
      on: referralWithdrawn,
      binds: ledger,
    },
    {
      name: 'loyalty-review-held',
      entry: 'functions/loyalty/on-review-held.ts',
      on: reviewHeld,
      binds: ledger,
    },
    {
      name: 'loyalty-review-published',
      entry: 'functions/loyalty/on-review-published.ts',
      on: reviewPublished,
      binds: ledger,
    },
    {
      name: 'loyalty-review-rejected',
      entry: 'functions/loyalty/on-review-rejected.ts',
      on: reviewRejected,
      binds: ledger,
    },
  ],
  streamReactions: [
    {
      name: 'loyalty-publisher',
      entry: 'functions/loyalty/publish.ts',
      table: 'profile',
      // The journal's youngest entries, and so all there is to tell, are in the account's item.
      changes: [{ sortKeys: ['ACCOUNT'] }],
      binds: [bus, table('profile', 'GetItem', 'BatchGetItem', 'PutItem'), table('inbox', 'BatchGetItem')],
    },
  ],
  scheduledReactions: [
    {
      name: 'loyalty-due',
      entry: 'functions/loyalty/book-due.ts',
      everyHours: 1,
      binds: [table('profile', 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem')],
    },
    {
      name: 'loyalty-waiting-report',
      entry: 'functions/loyalty/report-waiting.ts',
      everyHours: 1,
      binds: [andAttention(table('profile'))],
    },
  ],
};
