import { defineConfig } from 'vitest/config';

/** What takes too long for every change: many more seeds of the same runs. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
  },
});
