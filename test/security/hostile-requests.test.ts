import { describeHostileRequests } from './hostile-suite.ts';

await describeHostileRequests({ perRoute: 120, timeoutMs: 120_000 });
