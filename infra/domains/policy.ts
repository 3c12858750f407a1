import { type DomainSpec, policies } from '../constructs/wiring.ts';

export const policy: DomainSpec = {
  domain: 'policy',
  http: {
    name: 'policy-http',
    entry: 'functions/policy/http.ts',
    routes: [
      { method: 'GET', path: '/v1/policy' },
      { method: 'PUT', path: '/v1/policy' },
      { method: 'GET', path: '/v1/policy/versions' },
    ],
    binds: [policies('PutItem')],
  },
};
