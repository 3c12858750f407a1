import { chaosTest } from '../../support/chaos-runs.ts';

// Tables and bus at once, for a storefront that does not give up.
chaosTest({
  runs: 1,
  firstSeed: 20_261_132,
  timeoutMs: 200_000,
  misfortunes: { failed: 0.05, lostAnswer: 0.03, outage: 0.002, entryFailed: 0.5, busDown: 0.3 },
  throughTheDoor: true,
});
