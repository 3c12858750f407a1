import { andAttention, type DomainSpec, keeping, policies, table } from '../constructs/wiring.ts';

export const sanction: DomainSpec = {
  domain: 'sanction',
  stack: 'reputation',
  http: {
    name: 'sanction-http',
    entry: 'functions/sanction/http.ts',
    routes: [
      { method: 'POST', path: '/v1/sanctions' },
      { method: 'GET', path: '/v1/sanctions/{id}' },
      { method: 'POST', path: '/v1/sanctions/{id}/answers' },
      { method: 'POST', path: '/v1/sanctions/{id}/decision' },
      { method: 'POST', path: '/v1/sanctions/{id}/appeal' },
      { method: 'POST', path: '/v1/sanctions/{id}/appeal-decision' },
      { method: 'GET', path: '/v1/desk/sanctions' },
    ],
    binds: [andAttention(table('reputation', 'BatchGetItem', 'PutItem')), policies(), ...keeping],
  },
  scheduledReactions: [
    {
      name: 'sanction-due',
      entry: 'functions/sanction/tell-due.ts',
      everyHours: 1,
      binds: [table('reputation', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem')],
    },
  ],
};
