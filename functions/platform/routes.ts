import { getHealth } from './get-health.ts';

export const routes = [getHealth];
