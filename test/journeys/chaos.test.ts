import { chaosTest } from '../support/chaos-runs.ts';

// In two files, so that two processors can share them.
chaosTest({ runs: 10, firstSeed: 20_260_105, timeoutMs: 400_000 });
