import { type DomainSpec, erasedMembers, table } from '../constructs/wiring.ts';

export const quote: DomainSpec = {
  domain: 'quote',
  stack: 'offers',
  http: {
    name: 'quote-http',
    entry: 'functions/quote/http.ts',
    routes: [{ method: 'POST', path: '/v1/quotes' }],
    binds: [table('profile', 'BatchGetItem'), erasedMembers],
  },
};
