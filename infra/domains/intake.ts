import { andAttention, bus, type DomainSpec, policies, sealing, table } from '../constructs/wiring.ts';

export const intake: DomainSpec = {
  domain: 'intake',
  http: {
    name: 'intake-http',
    entry: 'functions/intake/http.ts',
    routes: [
      { method: 'POST', path: '/v1/events' },
      { method: 'GET', path: '/v1/desk/events' },
    ],
    binds: [andAttention(table('inbox', 'PutItem', 'BatchGetItem')), bus, policies(), ...sealing],
  },
  relays: [
    {
      name: 'intake-unsealed',
      entry: 'functions/intake/on-unsealed.ts',
      binds: [table('inbox', 'PutItem'), bus, policies(), ...sealing],
    },
  ],
};
