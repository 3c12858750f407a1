import { chaosTest } from '../support/chaos-runs.ts';

chaosTest({ runs: 200, firstSeed: 1, timeoutMs: 3_600_000 });
