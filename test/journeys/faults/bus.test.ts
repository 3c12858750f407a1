import { chaosTest } from '../../support/chaos-runs.ts';

// The bus takes some entries and not others, or none at all: the relay and the publisher put each again until it is there.
chaosTest({ runs: 2, firstSeed: 20_261_124, timeoutMs: 200_000, misfortunes: { entryFailed: 0.2, busDown: 0.1 } });
