import { reviewRuns } from '../support/review-runs.ts';

reviewRuns({ runs: 1, firstSeed: 20_260_401, timeoutMs: 200_000, size: { orders: 14, reviews: 24 } });
