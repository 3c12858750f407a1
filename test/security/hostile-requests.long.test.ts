import { describeHostileRequests } from './hostile-suite.ts';

/** With HOSTILE_SEED another ten thousand are made. */
await describeHostileRequests({ perRoute: 10_000, timeoutMs: 3_600_000 });
