import { chaosTest } from '../support/chaos-runs.ts';

chaosTest({ runs: 20, firstSeed: 20_260_105, timeoutMs: 170_000 });
