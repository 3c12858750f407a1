import { describeHostileRequests } from './hostile-suite.ts';

/** With HOSTILE_SEED others are made, with HOSTILE_PER_ROUTE more or fewer. */
await describeHostileRequests({ perRoute: Number(process.env.HOSTILE_PER_ROUTE ?? '10000'), timeoutMs: 3_600_000 });
