import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../events/order/order-returned.v1.ts';
import { andAttention, type Binding, bus, type DomainSpec, inboxClaims, table } from '../constructs/wiring.ts';

const ledger: Binding[] = [table('profile', 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'), inboxClaims];

export const loyalty: DomainSpec = {
  domain: 'loyalty',
  http: {
    name: 'loyalty-http',
    entry: 'functions/loyalty/http.ts',
    routes: [
      { method: 'GET', path: '/v1/members/{id}/ledger' },
      { method: 'GET', path: '/v1/shop' },
      { method: 'GET', path: '/v1/desk/orders' },
    ],
    binds: [andAttention(table('profile', 'GetItem', 'BatchGetItem'))],
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
  ],
  streamReactions: [
    {
      name: 'loyalty-publisher',
      entry: 'functions/loyalty/publish.ts',
      table: 'profile',
      // The journal's youngest entries, and so all there is to tell, are in the account's item.
      sortKey: 'ACCOUNT',
      binds: [bus, table('profile', 'GetItem')],
    },
  ],
  scheduledReactions: [
    {
      name: 'loyalty-waiting-report',
      entry: 'functions/loyalty/report-waiting.ts',
      everyHours: 1,
      binds: [andAttention(table('profile'))],
    },
  ],
};
