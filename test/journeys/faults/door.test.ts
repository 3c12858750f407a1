import { chaosTest } from '../../support/chaos-runs.ts';

// Of what comes over HTTP the bus takes some and not others, or nothing: that is said of each event, and what was said to be taken is there.
chaosTest({
  runs: 1,
  firstSeed: 20_261_130,
  timeoutMs: 200_000,
  misfortunes: { entryFailed: 0.5, busDown: 0.2 },
  throughTheDoor: true,
});
