import { chaosTest } from '../../support/chaos-runs.ts';

// The tables are slow, fail without having done anything, ask for patience, and lose answers: far more of it than the SDK's own attempts mend.
chaosTest({
  runs: 1,
  firstSeed: 20_261_123,
  timeoutMs: 200_000,
  misfortunes: { slow: 0.02, failed: 0.08, throttle: 0.08, lostAnswer: 0.02 },
});
