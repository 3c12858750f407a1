import { getLiability } from './get-liability.ts';
import { getLiabilityDay } from './get-liability-day.ts';
import { getLiabilityRuns } from './get-liability-runs.ts';

export const routes = [getLiability, getLiabilityRuns, getLiabilityDay];
