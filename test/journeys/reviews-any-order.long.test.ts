import { reviewRuns } from '../support/review-runs.ts';

reviewRuns({ runs: 12, firstSeed: 20_260_501, timeoutMs: 900_000, size: { orders: 20, reviews: 40 } });
