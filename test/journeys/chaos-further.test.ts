import { chaosTest } from '../support/chaos-runs.ts';

chaosTest({ runs: 10, firstSeed: 20_260_115, timeoutMs: 400_000 });
