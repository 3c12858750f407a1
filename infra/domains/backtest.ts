import { type DomainSpec, table } from '../constructs/wiring.ts';

/** Apart from the policy's own function: it needs more room and time, and it alone reads a table from end to end. */
export const backtest: DomainSpec = {
  domain: 'backtest',
  stack: 'loyalty',
  http: {
    name: 'backtest-http',
    entry: 'functions/backtest/http.ts',
    routes: [{ method: 'POST', path: '/v1/policy/backtests' }],
    binds: [table('profile', 'BatchGetItem', 'Scan')],
    size: 'longHttp',
  },
};
