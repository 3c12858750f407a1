import { chaosTest } from '../../support/chaos-runs.ts';

// Everything at once, over HTTP, again and again: tables that hang for longer than anybody waits, too.
chaosTest({
  runs: 12,
  firstSeed: 20_261_200,
  timeoutMs: 3_000_000,
  misfortunes: {
    duplicate: 0.1,
    reorder: 0.3,
    delay: 0.05,
    crashBefore: 0.04,
    crashAfter: 0.04,
    throttle: 0.02,
    conflict: 0.03,
    lostAnswer: 0.02,
    slow: 0.02,
    failed: 0.04,
    brokenOff: 0.02,
    hung: 0.002,
    outage: 0.001,
    entryFailed: 0.3,
    busDown: 0.1,
  },
  throughTheDoor: true,
});
