import { getPolicy } from './get-policy.ts';
import { getPolicyVersions } from './get-policy-versions.ts';
import { putPolicy } from './put-policy.ts';

export const routes = [getPolicy, putPolicy, getPolicyVersions];
