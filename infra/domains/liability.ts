import { type DomainSpec, LIABILITY_PARTITION, policies, table } from '../constructs/wiring.ts';

export const liability: DomainSpec = {
  domain: 'liability',
  stack: 'loyalty',
  http: {
    name: 'liability-http',
    entry: 'functions/liability/http.ts',
    routes: [
      { method: 'GET', path: '/v1/liability' },
      { method: 'GET', path: '/v1/liability/runs' },
      { method: 'GET', path: '/v1/liability/{day}' },
    ],
    binds: [{ ...table('profile', 'GetItem', 'Query'), partition: LIABILITY_PARTITION }, policies()],
  },
  scheduledReactions: [
    {
      name: 'liability-close-days',
      entry: 'functions/liability/close-days.ts',
      // A day has ended at another hour in every zone; a run that finds none that has ended since the last does nothing.
      everyHours: 1,
      size: 'longSchedule',
      binds: [
        table('profile', 'Scan', 'GetItem', 'BatchGetItem', 'Query'),
        { ...table('profile', 'PutItem', 'DeleteItem'), partition: LIABILITY_PARTITION },
      ],
    },
  ],
};
