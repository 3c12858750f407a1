import { accountTest } from '../support/account-run.ts';

accountTest({ runs: 500, usual: 50, longest: 200, seed: 20_260_120, timeoutMs: 170_000 });
