import { reviewRuns } from '../support/review-runs.ts';

reviewRuns({ runs: 1, firstSeed: 20_260_401, timeoutMs: 200_000, size: { orders: 10, reviews: 18 } });
