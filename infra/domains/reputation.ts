import { bus, type DomainSpec, policies, table } from '../constructs/wiring.ts';

export const reputation: DomainSpec = {
  domain: 'reputation',
  stack: 'reputation',
  http: {
    name: 'reputation-http',
    entry: 'functions/reputation/http.ts',
    routes: [
      { method: 'GET', path: '/v1/products/{id}/reputation', public: true },
      { method: 'GET', path: '/v1/brands/{id}/reputation', public: true },
      { method: 'GET', path: '/v1/suppliers/{id}/reputation', public: true },
      { method: 'GET', path: '/v1/brands/{id}/scorecard' },
      { method: 'GET', path: '/v1/suppliers/{id}/scorecard' },
      { method: 'GET', path: '/v1/desk/support' },
    ],
    binds: [table('reputation', 'BatchGetItem'), table('catalog', 'BatchGetItem'), policies()],
  },
  streamReactions: [
    {
      name: 'reputation-fold',
      entry: 'functions/reputation/fold.ts',
      table: 'reputation',
      changes: [
        { sortKeys: ['REVIEW', 'TALLY', 'COMPLAINT', 'INSPECTION', { prefix: 'VOTE#' }] },
        {
          sortKeys: ['REVIEWER', 'BAND', { prefix: 'WINDOW#' }],
          having: { attribute: 'touch', type: 'SS' },
        },
      ],
      binds: [
        table('reputation', 'BatchGetItem', 'BatchWriteItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
        table('profile', 'GetItem', 'BatchGetItem', 'Query'),
        table('catalog', 'BatchGetItem'),
      ],
    },
    {
      name: 'reputation-publisher',
      entry: 'functions/reputation/publish.ts',
      table: 'reputation',
      changes: [{ sortKeys: ['REVIEW', 'REVIEWER', 'SCORE', 'COMPLAINT', 'SANCTION'] }],
      binds: [bus, table('reputation', 'PutItem'), table('inbox', 'BatchGetItem')],
    },
    {
      name: 'reputation-orders',
      entry: 'functions/reputation/follow-orders.ts',
      table: 'profile',
      changes: [{ sortKeys: ['ORDER'], having: { attribute: 'done', type: 'N' } }, { sortKeys: ['REGISTRATION'] }],
      binds: [
        table('reputation', 'BatchGetItem', 'BatchWriteItem', 'PutItem', 'UpdateItem'),
        table('catalog', 'BatchGetItem'),
        table('profile', 'BatchGetItem'),
      ],
    },
    {
      name: 'reputation-products',
      entry: 'functions/reputation/follow-products.ts',
      table: 'catalog',
      changes: [{ sortKeys: ['PRODUCT'] }],
      binds: [
        table('reputation', 'BatchGetItem', 'BatchWriteItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
        table('catalog', 'BatchGetItem'),
        table('profile', 'BatchGetItem'),
      ],
    },
  ],
};
