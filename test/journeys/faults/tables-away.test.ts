import { chaosTest } from '../../support/chaos-runs.ts';

// The tables break connections off, before they have done anything and after, and are not available for a while, again and again.
chaosTest({
  runs: 1,
  firstSeed: 20_261_131,
  timeoutMs: 200_000,
  misfortunes: { brokenOff: 0.05, outage: 0.005 },
});
