import { accountTest } from '../support/account-run.ts';

accountTest({ runs: 10_000, usual: 200, longest: 200, seed: 1, timeoutMs: 3_600_000 });
