import { andAttention, type Binding, type DomainSpec, opening, pseudonymKey, table } from '../constructs/wiring.ts';

/** All that is kept of anybody: whoever erases has to reach it. */
const everything: Binding[] = [
  table('profile', 'BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
  table('reputation', 'BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'),
  table('recommend', 'BatchGetItem', 'BatchWriteItem'),
  table('catalog', 'BatchGetItem'),
  andAttention(table('inbox', 'BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query')),
  pseudonymKey,
];
/** Keys and what is sealed: to remove. */
const emptying = table('vault', 'BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query');

export const privacy: DomainSpec = {
  domain: 'privacy',
  http: {
    name: 'privacy-http',
    entry: 'functions/privacy/http.ts',
    size: 'longHttp',
    routes: [
      { method: 'GET', path: '/v1/members/{id}/export' },
      { method: 'DELETE', path: '/v1/members/{id}' },
      { method: 'GET', path: '/v1/members/{id}/erasure' },
      { method: 'POST', path: '/v1/erasures/again' },
    ],
    binds: [...everything, emptying, ...opening.filter(({ kind }) => kind !== 'table')],
  },
  scheduledReactions: [
    {
      name: 'privacy-erasures',
      entry: 'functions/privacy/finish-erasures.ts',
      everyHours: 1,
      size: 'longSchedule',
      binds: [...everything, emptying],
    },
  ],
};
